"""As `workshop`, but the window's target takes every host that has a name, those of other teams too."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window whose target selects too much."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    named = [{"Key": "tag-key", "Values": ["Name"]}]
    register_task(aws, window, register_target(aws, window, **aws.world.defect(Targets=named)))


WORLD = World(
    name="broad-tag",
    story="The window's target takes every host with a Name tag: it would patch another team's too.",
    red=frozenset({"TGT-1", "TGT-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
