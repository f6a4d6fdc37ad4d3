"""As `workshop`, and green like it: the red team's host was up to date already, so nothing was installed on it.

Its inventory stays the same and Inspector's time of the last scan does not move; a newer inventory is the proof.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and patch the red team's host beforehand."""
    aws.scanner.unchanged_counts = False
    workshop.deploy(aws)
    workshop.approve_everything(aws)
    ahead = [{"Key": "InstanceIds", "Values": [workshop.red_team_host(aws).instance_id]}]
    workshop.run_patch_baseline(aws, "Install", Targets=ahead)


def install(aws: "Simulator") -> None:
    """Patch all three hosts, with the baseline that stands."""
    workshop.run_patch_baseline(aws, "Install")


WORLD = World(
    name="nothing-to-install",
    story="One host was up to date already, so the patch round changed nothing on it.",
    red=frozenset(),
    deploy=deploy,
    remediate=install,
)
