"""As `workshop`, but there are two windows of one name: whoever ran the set-up twice got both."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and set its window up twice: names of windows are not unique."""
    workshop.deploy(aws)
    for _ in range(1 if aws.world.fixed else 2):
        window = set_up_window(aws)
        register_task(aws, window, register_target(aws, window))


WORLD = World(
    name="two-windows",
    story="The set-up was run twice: two windows of one name, both enabled, patch the same hosts.",
    red=frozenset({"MW-1"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
