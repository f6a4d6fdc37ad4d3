"""As `workshop`, and green like it: the right window was set up in the console, which writes everything differently.

Seven cron fields, another hour to begin at, another name of the zone, the document by its ARN, defaults spelled out.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import INSTALL, register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and the tutorial's window as the console would write it."""
    workshop.deploy(aws)
    window = set_up_window(aws, Schedule="cron(0 30 6/12 ? * * *)", ScheduleTimezone="UTC")
    register_task(
        aws,
        window,
        register_target(aws, window),
        parameters=INSTALL | {"RebootOption": ["RebootIfNeeded"], "InstallOverrideList": [""], "SnapshotId": [""]},
        TaskArn=f"arn:aws:ssm:{aws.region}::document/AWS-RunPatchBaseline",
        ServiceRoleArn=f"arn:aws:iam::{aws.account}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM",
    )


WORLD = World(
    name="console-window",
    story="The right window already exists, with every value written in another way.",
    red=frozenset(),
    deploy=deploy,
    remediate=workshop.install_patches,
)
