"""Green: after a good patch round the Auto Scaling group shrank by one; the policy says that hosts may change."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import scale

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_shrink(aws: "Simulator") -> None:
    """Patch as the tutorial says; then the group needs one node only."""
    workshop.install_patches(aws)
    scale(aws, 1)


WORLD = World(
    name="scale-in",
    story="Green: the Auto Scaling group shrank by one after the patch round, as it may.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=patch_then_shrink,
    policy={"scope": {"hosts_may_change": True}},
)
