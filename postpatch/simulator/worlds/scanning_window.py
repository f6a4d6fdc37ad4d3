"""As `workshop`, but the window that already stands only scans: the console offers Scan first, and it was left so."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import INSTALL, register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window whose task looks every twelve hours and installs nothing."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window), parameters=INSTALL | aws.world.defect(Operation=["Scan"]))


WORLD = World(
    name="scanning-window",
    story="The window is right in all but one value: its task scans, and installs nothing.",
    red=frozenset({"TASK-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
