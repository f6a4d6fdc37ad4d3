"""As `workshop`, but the window's target names today's three hosts by id: one that is replaced tomorrow is not in."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window whose target lists instance ids."""
    workshop.deploy(aws)
    ids = [host.instance_id for host in (*workshop.nodes(aws), workshop.red_team_host(aws))]
    window = set_up_window(aws)
    target = register_target(aws, window, **aws.world.defect(Targets=[{"Key": "InstanceIds", "Values": ids}]))
    register_task(aws, window, target)


WORLD = World(
    name="named-hosts",
    story="The window's target lists today's hosts by id: all are selected, but not tomorrow's.",
    red=frozenset({"TGT-1"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
