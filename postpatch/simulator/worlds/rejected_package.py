"""As `workshop`, but the patch baseline rejects nodejs, since an upgrade once broke the application.

Every host reports success, and none misses a patch: what is rejected is not missing.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def install_all_but_nodejs(aws: "Simulator") -> None:
    """Patch with a baseline in which somebody had put nodejs on the list of rejected patches."""
    rejecting = aws.world.defect(RejectedPatches=["nodejs*"], RejectedPatchesAction="BLOCK")
    workshop.approve_everything(aws, **rejecting)
    workshop.run_patch_baseline(aws, "Install")


WORLD = World(
    name="rejected-package",
    story="The patch baseline rejects nodejs: every host reports success, and the old version stays.",
    red=frozenset({"FIND-4"}),
    deploy=workshop.deploy,
    remediate=install_all_but_nodejs,
)
