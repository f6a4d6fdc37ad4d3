"""As `workshop`, but the window that stands stops initiating tasks as soon as it has begun."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window of four hours of which the last three are cut off."""
    workshop.deploy(aws)
    window = set_up_window(aws, **aws.world.defect(Duration=4, Cutoff=3))
    register_task(aws, window, register_target(aws, window))


WORLD = World(
    name="early-cutoff",
    story="The window is open for four hours, and starts no task in the last three.",
    red=frozenset({"MW-3"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
