"""As `workshop`, but in the night somebody switched Inspector off for EC2: nothing is scanned any more."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .resting_on import FINDINGS, WINDOW

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_switch_off(aws: "Simulator") -> None:
    """Patch as the tutorial says; then Inspector scans no EC2 instance of the account any more."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.client("inspector2").disable(resourceTypes=["EC2"])


WORLD = World(
    name="scanning-off",
    story="Inspector was switched off for EC2 after the baseline: no finding means nothing.",
    red=frozenset(),
    errors=frozenset({"SCAN-1", "SCAN-2"}) | FINDINGS | WINDOW,
    deploy=workshop.deploy,
    remediate=patch_then_switch_off,
)
