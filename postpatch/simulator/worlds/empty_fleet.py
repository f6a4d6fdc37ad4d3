"""As `workshop`, but the stack was deleted in the night: no host, no finding, nothing that could be wrong."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .resting_on import HOSTS, WINDOW

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_delete(aws: "Simulator") -> None:
    """Patch as the tutorial says, then delete the whole stack."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.client("cloudformation").delete_stack(StackName=aws.deployment.stack)


WORLD = World(
    name="empty-fleet",
    story="The stack was deleted overnight: there is no host left, and so not one finding.",
    red=frozenset(),
    errors=HOSTS | WINDOW,
    deploy=workshop.deploy,
    remediate=patch_then_delete,
)
