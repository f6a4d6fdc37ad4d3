"""As `workshop`, and the recurring window stands with the role that the policy names, which it cannot use.

In `role-gone` somebody deleted the role, in `role-untrusted` its trust policy was written for another service.
"""

import json
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
    _deploy_with_role(aws)
    if not aws.world.fixed:
        aws.client("iam").delete_role(RoleName=ROLE)


def deploy_untrusted(aws: "Simulator") -> None:
    """Build the same, with a role that EC2 may take on afterwards, and Systems Manager may not."""
    _deploy_with_role(aws)
    if not aws.world.fixed:
        trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        aws.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document)


def _deploy_with_role(aws: "Simulator") -> None:
    workshop.deploy(aws)
    make_role(aws, ROLE)
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window), ServiceRoleArn=ARN)


WORLDS = (
    World(
        name="role-gone",
        story="The window's task has the role that the policy names, and that role no longer exists.",
        red=frozenset({"TASK-5"}),
        deploy=deploy,
        remediate=workshop.install_patches,
        policy={"task": {"service_role": ARN}},
    ),
    World(
        name="role-untrusted",
        story="The window's task has the role that the policy names, and Systems Manager may not take it on.",
        red=frozenset({"TASK-5"}),
        deploy=deploy_untrusted,
        remediate=workshop.install_patches,
        policy={"task": {"service_role": ARN}},
    ),
)
