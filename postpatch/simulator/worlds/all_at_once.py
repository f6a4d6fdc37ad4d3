"""As `workshop`, but the window's task patches and reboots every host at the same time."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window whose task knows no caution."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window), **aws.world.defect(MaxConcurrency="100%"))


WORLD = World(
    name="all-at-once",
    story="The window's task patches all hosts at once: every web node would reboot together.",
    red=frozenset({"TASK-4"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
