"""As `workshop`, but a second target is registered with the window, for hosts by name."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window with two targets."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window))
    if not aws.world.fixed:
        other = [{"Key": "tag:Name", "Values": ["billing-batch"]}]
        register_target(aws, window, Name="billing", Targets=other)


WORLD = World(
    name="second-target",
    story="A second target is registered with the window: another team's host, one task away from a patch.",
    red=frozenset({"TGT-1", "TGT-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
