"""As `workshop`, but the task of the window that stands does not use the registered target: it runs on one node."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop and its window, with a task that was tried on one node and left so."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    target = register_target(aws, window)
    node = workshop.nodes(aws)[0].instance_id
    register_task(aws, window, target, **aws.world.defect(Targets=[{"Key": "InstanceIds", "Values": [node]}]))


WORLD = World(
    name="task-on-ids",
    story="The target is registered with the window, but its task runs on one instance id.",
    red=frozenset({"TASK-3"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
