"""Green: the recurring window opens two days after Patch Tuesday, as the policy says, by an offset in days."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator

SCHEDULE = "cron(0 2 ? * TUE#2 *)"
DAYS = 2


def deploy(aws: "Simulator") -> None:
    """Build the workshop and a window two days after each month's second Tuesday."""
    workshop.deploy(aws)
    window = set_up_window(aws, Schedule=SCHEDULE, ScheduleOffset=DAYS)
    register_task(aws, window, register_target(aws, window))


WORLD = World(
    name="offset",
    story="Green: the window opens two days after each month's second Tuesday, as the policy says.",
    red=frozenset(),
    deploy=deploy,
    remediate=workshop.install_patches,
    policy={"window": {"every_hours": None, "schedule": SCHEDULE, "schedule_offset": DAYS}},
)
