"""A suppression rule that is older than the baseline hides findings without a fix, and nothing else.

The team accepted that these wait for the vendor; patching could remove none of them.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

WITHOUT_A_FIX = {"fixAvailable": [{"comparison": "EQUALS", "value": "NO"}]}


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and hide what has no fix."""
    workshop.deploy(aws)
    aws.client("inspector2").create_filter(
        name="no-fix", action="SUPPRESS", reason="waits for the vendor", filterCriteria=WITHOUT_A_FIX
    )


WORLD = World(
    name="accepted-risks",
    story="A suppression rule older than the baseline hides only findings that have no fix.",
    red=frozenset(),
    deploy=deploy,
    remediate=workshop.install_patches,
)
