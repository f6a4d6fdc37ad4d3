"""Nobody installed anything, and a suppression rule that hides every finding was made before the baseline was taken.

No finding is active, then or now. Without the defect the patches are installed, and what the rule still hides is
nothing that patching could remove.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import unpatched, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

EVERYTHING = {"resourceType": [{"comparison": "EQUALS", "value": "AWS_EC2_INSTANCE"}]}


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and hide all that Inspector finds on instances."""
    workshop.deploy(aws)
    aws.client("inspector2").create_filter(
        name="noise", action="SUPPRESS", reason="too many findings", filterCriteria=EVERYTHING
    )


WORLD = World(
    name="suppress-everything",
    story="Nothing was installed; a suppression rule older than the baseline hides every finding.",
    red=frozenset({"PATCH-1", "FIND-1", "FIND-6"}),
    deploy=deploy,
    remediate=unpatched.leave_unpatched,
)
