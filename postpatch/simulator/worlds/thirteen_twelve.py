"""As `workshop`, but the window's schedule says `13/12`: from 13 o'clock in steps of 12 is once a day."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window that looks like twice a day."""
    workshop.deploy(aws)
    window = set_up_window(aws, **aws.world.defect(Schedule="cron(0 0 13/12 * * ? *)"))
    register_task(aws, window, register_target(aws, window))


WORLD = World(
    name="thirteen-twelve",
    story="The window's hours are 13/12, which reads like every twelve hours and is once a day.",
    red=frozenset({"MW-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
