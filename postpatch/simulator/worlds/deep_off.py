"""As `workshop`, but somebody switched deep inspection off: the findings about packages of languages vanished.

No patch run removes those; nobody updated them.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_and_switch_off(aws: "Simulator") -> None:
    """Patch as the tutorial says, and deactivate deep inspection."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.client("inspector2").update_ec2_deep_inspection_configuration(activateDeepInspection=False)


WORLD = World(
    name="deep-off",
    story="Deep inspection was switched off between the scans: findings about npm and Python packages vanished.",
    red=frozenset({"SCAN-3"}),
    deploy=workshop.deploy,
    remediate=patch_and_switch_off,
)
