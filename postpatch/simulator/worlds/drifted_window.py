"""The patch round went well, but somebody had set up the recurring window, and nearly every value is wrong."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and the window as somebody once clicked it together."""
    workshop.deploy(aws)
    if not aws.world.fixed:
        set_up_window(aws)


def set_up_window(aws: "Simulator") -> None:
    """Create a window of the right name on a wrong schedule, for the wrong hosts, with the wrong task."""
    ssm = aws.client("ssm")
    window = ssm.create_maintenance_window(
        Name="pww_mw",
        # From 13 o'clock in steps of 12: the next step is 25 o'clock, so it runs once a day.
        Schedule="cron(0 0 13/12 * * ? *)",
        Duration=4,
        Cutoff=1,
        StartDate="2098-11-01T00:00:00Z",
        ScheduleTimezone="Europe/Dublin",
        AllowUnassociatedTargets=False,
    )["WindowId"]
    # By name, and so without the red team's host.
    ssm.register_target_with_maintenance_window(
        WindowId=window,
        ResourceType="INSTANCE",
        Name="pww_targets",
        Targets=[{"Key": "tag:Name", "Values": ["pww-node"]}],
    )
    nodes = [host.instance_id for host in aws.fleet.select([("tag:Name", ["pww-node"])])]
    ssm.register_task_with_maintenance_window(
        WindowId=window,
        Name="pww_task",
        TaskType="RUN_COMMAND",
        TaskArn="AWS-RunShellScript",
        Targets=[{"Key": "InstanceIds", "Values": nodes}],
        ServiceRoleArn=f"arn:aws:iam::{aws.account}:role/pww-operator",
        Priority=5,
        MaxConcurrency="100%",
        MaxErrors="50%",
        CutoffBehavior="CANCEL_TASK",
        TaskInvocationParameters={
            "RunCommand": {"Parameters": {"commands": ["dnf -y check-update"]}, "TimeoutSeconds": 3600}
        },
    )


WORLD = World(
    name="drifted-window",
    story="The hosts were patched, but the window pww_mw that already exists is wrong in nearly every value.",
    red=frozenset({"MW-1", "MW-2", "MW-3", "MW-4", "TGT-1", "TGT-2", "TASK-1", "TASK-2", "TASK-3", "TASK-4", "TASK-5"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
