"""As `workshop`, but the window's task installs without ever rebooting: the old kernel would go on running."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import INSTALL, register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window whose task never reboots."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    parameters = INSTALL | aws.world.defect(RebootOption=["NoReboot"])
    register_task(aws, window, register_target(aws, window), parameters=parameters)


WORLD = World(
    name="no-reboot-task",
    story="The window's task installs with NoReboot: what it patches would not come into effect.",
    red=frozenset({"TASK-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
