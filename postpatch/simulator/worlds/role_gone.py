"""As `workshop`, and the recurring window stands with the role that the policy names, but somebody deleted the role."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import make_role
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator

ROLE = "pww-patching"
ARN = f"arn:aws:iam::123456789012:role/{ROLE}"


def deploy(aws: "Simulator") -> None:
    """Build the workshop and its window, with a role that is deleted afterwards."""
    workshop.deploy(aws)
    make_role(aws, ROLE)
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window), ServiceRoleArn=ARN)
    if not aws.world.mended:
        aws.client("iam").delete_role(RoleName=ROLE)


WORLD = World(
    name="role-gone",
    story="The window's task has the role that the policy names, and that role no longer exists.",
    red=frozenset({"TASK-5"}),
    deploy=deploy,
    remediate=workshop.install_patches,
    policy={"task": {"service_role": ARN}},
)
