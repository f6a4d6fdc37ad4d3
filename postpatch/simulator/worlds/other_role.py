"""As `workshop`, but the task of the window that stands runs under the role of an operator who has left."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop and its window, with a service role of somebody's own."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    role = f"arn:aws:iam::{aws.account}:role/pww-operator"
    register_task(aws, window, register_target(aws, window), **aws.world.defect(ServiceRoleArn=role))


WORLD = World(
    name="other-role",
    story="The window's task runs under a role that is not the policy's.",
    red=frozenset({"TASK-5"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
