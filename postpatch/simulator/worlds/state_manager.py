"""A State Manager association installed at ten, and another one scanned at two and overwrote the patch state.

The command history knows of neither; the executions of the associations do.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import by_association

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, with one association that installs and one that scans."""
    workshop.deploy(aws)
    workshop.approve_everything(aws)
    by_association(aws, "Install", "cron(0 22 * * ? *)")
    by_association(aws, "Scan", "cron(0 2 * * ? *)")


WORLD = World(
    name="state-manager",
    story="State Manager installed in the evening, and its nightly scan overwrote the patch state.",
    red=frozenset(),
    deploy=deploy,
    remediate=lambda _: None,
)
