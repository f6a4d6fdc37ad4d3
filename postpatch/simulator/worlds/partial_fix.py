"""As `workshop`, but a flaw in two packages is fixed in one of them alone, and that one was held back.

Inspector says that the fix is PARTIAL: who reads that as "no fix" never installs the half that there is.
"""

from typing import TYPE_CHECKING

from ..disclosures import disclose
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop; the flaw is known, and its fix is there for one of the two packages."""
    workshop.deploy(aws)
    disclose(aws, "CVE-2099-30001", "HIGH", {"sudo": "0:1.9.15-1.p5.amzn2023.0.2", "openssh-clients": None})


def patch_all_but_sudo(aws: "Simulator") -> None:
    """Patch with a baseline that rejects sudo."""
    rejecting = aws.world.defect(RejectedPatches=["sudo*"], RejectedPatchesAction="BLOCK")
    workshop.approve_everything(aws, **rejecting)
    workshop.run_patch_baseline(aws, "Install")


WORLD = World(
    name="partial-fix",
    story="A flaw's fix is PARTIAL: one of its two packages could have been fixed, and was held back.",
    red=frozenset({"FIND-4"}),
    deploy=deploy,
    remediate=patch_all_but_sudo,
    policy={"patching": {"held_back": "fail"}},
)
