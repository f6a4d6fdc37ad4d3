"""As `workshop`, but in the morning Inspector cannot carry out CIS scans: the one that is started fails."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_before_the_outage(aws: "Simulator") -> None:
    """Patch as the tutorial says; then Inspector's CIS scans are out of order."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.cis.outage = True


WORLD = World(
    name="cis-failed",
    story="The CIS scan after the patch round failed: whether root may log in over SSH is not known.",
    red=frozenset({"SCAN-1", "SCAN-3"}),
    deploy=workshop.deploy,
    remediate=patch_before_the_outage,
)
