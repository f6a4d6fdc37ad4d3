"""As `workshop`, but Inspector lags: every inventory arrived after the patch round and lies unread.

Its list of findings is as it was before: nothing in it shows what the patch round did, or what came since.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_while_inspector_stands_still(aws: "Simulator") -> None:
    """Patch as the tutorial says; of no host Inspector evaluates anything from then on."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.scanner.behind |= {host.instance_id for host in aws.fleet.hosts()}


WORLD = World(
    name="stale-fleet",
    story="Inspector lags: no host was scanned since it was patched.",
    red=frozenset({"SCAN-1", "SCAN-2"}),
    errors=frozenset({*(f"FIND-{number}" for number in range(1, 7)), "FIND-8"}),
    deploy=workshop.deploy,
    remediate=patch_while_inspector_stands_still,
)
