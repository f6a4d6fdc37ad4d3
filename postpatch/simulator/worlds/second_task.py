"""As `workshop`, but the window has a second task, which undoes what the first one did."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop and its window, with a task after the right one."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    target = register_target(aws, window)
    register_task(aws, window, target)
    if aws.world.fixed:
        return
    undo = {"RunCommand": {"Parameters": {"commands": ["dnf -y history undo last"]}, "TimeoutSeconds": 600}}
    register_task(
        aws,
        window,
        target,
        Name="pww_rollback",
        TaskArn="AWS-RunShellScript",
        Priority=2,
        TaskInvocationParameters=undo,
    )


WORLD = World(
    name="second-task",
    story="Beside the right task the window has another one, which rolls the packages back.",
    red=frozenset({"TASK-1"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
