"""As `workshop`, but the window's task is a shell script that says it patches."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window whose task is a script of somebody's own."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    script = {"RunCommand": {"Parameters": {"commands": ["dnf -y upgrade --security"]}, "TimeoutSeconds": 600}}
    other = aws.world.defect(TaskArn="AWS-RunShellScript", TaskInvocationParameters=script)
    register_task(aws, window, register_target(aws, window), **other)


WORLD = World(
    name="shell-task",
    story="The window's task is a shell script named pww_task: Patch Manager would never know.",
    red=frozenset({"TASK-1", "TASK-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
