"""As `workshop`, but the window that stands began years ago: it patches every twelve hours, whatever goes on."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window whose start date is past."""
    workshop.deploy(aws)
    window = set_up_window(aws, **aws.world.defect(StartDate="2019-12-01T00:00:00Z"))
    register_task(aws, window, register_target(aws, window))


WORLD = World(
    name="running-window",
    story="The window's start date is long past: it runs every twelve hours, also while a scan is on.",
    red=frozenset({"MW-4"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
