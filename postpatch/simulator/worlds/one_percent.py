"""As `workshop`, but the task of the window that stands says "1%" where "1" was meant: of three hosts that is none."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop and its window; in the console the error threshold was set in percent."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window), **aws.world.defect(MaxErrors="1%"))


WORLD = World(
    name="one-percent",
    story='The task\'s error threshold is "1%" and not "1": of three hosts that is none.',
    red=frozenset({"TASK-4"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
