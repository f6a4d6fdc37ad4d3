"""As `workshop`, but the window that stands runs once, on the day it starts, and never again."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window for one single run."""
    workshop.deploy(aws)
    window = set_up_window(aws, **aws.world.defect(Schedule="at(2099-12-01T00:00:00)"))
    register_task(aws, window, register_target(aws, window))


WORLD = World(
    name="fires-once",
    story="The window runs at one moment and never again; its next execution looks right.",
    red=frozenset({"MW-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
