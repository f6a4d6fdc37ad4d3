"""As `workshop`, but the window counts in a zone with summer time: twice a year its hours move."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window in Dublin's time, which is UTC in December."""
    workshop.deploy(aws)
    window = set_up_window(aws, **aws.world.defect(ScheduleTimezone="Europe/Dublin"))
    register_task(aws, window, register_target(aws, window))


WORLD = World(
    name="other-zone",
    story="The window counts in Dublin's time: the same moments in winter, an hour off in summer.",
    red=frozenset({"MW-4"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
