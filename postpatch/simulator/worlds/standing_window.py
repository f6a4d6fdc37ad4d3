"""The recurring window as the tutorial sets it up, for worlds in which somebody did it before; no world itself."""

from typing import TYPE_CHECKING, Any

from .patched_by import stack_targets

if TYPE_CHECKING:
    from ..simulator import Simulator

INSTALL = {"Operation": ["Install"]}


def set_up_window(aws: "Simulator", **differently: Any) -> str:
    """Create the window pww_mw and return its id; `differently` are the values that are not the tutorial's."""
    window: dict[str, Any] = {
        "Name": "pww_mw",
        "Schedule": "cron(0 0/12 * * ? *)",
        "Duration": 1,
        "Cutoff": 0,
        "StartDate": "2099-12-01T00:00:00Z",
        "ScheduleTimezone": "Etc/UTC",
        "AllowUnassociatedTargets": True,
    }
    return str(aws.client("ssm").create_maintenance_window(**(window | differently))["WindowId"])


def register_target(aws: "Simulator", window: str, **differently: Any) -> str:
    """Register the target pww_targets, the stack's hosts by their tag, and return its id."""
    target: dict[str, Any] = {
        "WindowId": window,
        "ResourceType": "INSTANCE",
        "Name": "pww_targets",
        "Targets": stack_targets(aws),
    }
    answer = aws.client("ssm").register_target_with_maintenance_window(**(target | differently))
    return str(answer["WindowTargetId"])


def register_task(
    aws: "Simulator", window: str, target: str, parameters: dict[str, list[str]] | None = None, **differently: Any
) -> None:
    """Register the task pww_task: AWS-RunPatchBaseline on the target, one host after the other."""
    task: dict[str, Any] = {
        "WindowId": window,
        "Name": "pww_task",
        "TaskType": "RUN_COMMAND",
        "TaskArn": "AWS-RunPatchBaseline",
        "Targets": [{"Key": "WindowTargetIds", "Values": [target]}],
        "Priority": 1,
        "MaxConcurrency": "1",
        "MaxErrors": "1",
        "CutoffBehavior": "CONTINUE_TASK",
        "TaskInvocationParameters": {"RunCommand": {"Parameters": parameters or INSTALL, "TimeoutSeconds": 600}},
    }
    aws.client("ssm").register_task_with_maintenance_window(**(task | differently))
