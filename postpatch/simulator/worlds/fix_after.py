"""A vulnerability had no fix when the hosts were patched; it was released two hours after the night's run.

The hosts run Amazon Linux 2, of which AWS publishes when each patch was released.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..disclosures import disclose, release_fix
from ..world import World
from . import workshop, workshop_classic

if TYPE_CHECKING:
    from ..simulator import Simulator

CVE = "CVE-2099-60001"
FIX = {"chrony": "0:9.0-1.amzn2.0.1"}


def deploy(aws: "Simulator") -> None:
    """Launch the workshop's stack on Amazon Linux 2; a vulnerability in chrony is known, and has no fix."""
    aws.know_image(workshop_classic.IMAGE, workshop_classic.FACTS)
    aws.know_image(workshop.IMAGE)
    aws.fleet.prepare = workshop_classic.user_data
    workshop.create_stack(aws, ImageId=workshop_classic.IMAGE)
    workshop.launch_stranger(aws)
    disclose(aws, CVE, "HIGH", dict.fromkeys(FIX))


def patch_then_release(aws: "Simulator") -> None:
    """Patch the hosts; the fix is released two hours later."""
    workshop_classic.install_patches(aws)
    aws.clock.advance(timedelta(hours=2))
    release_fix(aws, CVE, FIX)


def release_then_patch(aws: "Simulator") -> None:
    """Release the fix, and patch the hosts two hours later; a node's package manager leaves chrony alone."""
    if aws.world.fixed:
        patch_then_release(aws)
        return
    release_fix(aws, CVE, FIX)
    workshop.nodes(aws)[0].excludes = frozenset(FIX)
    aws.clock.advance(timedelta(hours=2))
    workshop_classic.install_patches(aws)


WORLDS = (
    World(
        name="fix-after",
        story="The vendor released a fix two hours after the patch run; the next one installs it.",
        red=frozenset(),
        deploy=deploy,
        remediate=patch_then_release,
    ),
    World(
        name="fix-before",
        story="The vendor released a fix two hours before the patch run, which left it out on one host.",
        red=frozenset({"FIND-4", "FIND-5"}),
        deploy=deploy,
        remediate=release_then_patch,
    ),
)
