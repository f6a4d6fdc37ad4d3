"""As `workshop`, but the window refuses targets that are not registered with it."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window that allows no unassociated targets."""
    workshop.deploy(aws)
    window = set_up_window(aws, **aws.world.defect(AllowUnassociatedTargets=False))
    register_task(aws, window, register_target(aws, window))


WORLD = World(
    name="closed-window",
    story="The window allows no unassociated targets, which the policy wants allowed.",
    red=frozenset({"MW-1"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
