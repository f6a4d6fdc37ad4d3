"""The operations on the tasks of maintenance windows."""

from typing import Any

from ...hosts.neighbours import Neighbours
from ...wire.errors import AwsError
from ...wire.front import Operations
from ...wire.pages import Pages
from ...wire.reading import Params
from ..paging import cut_page
from .window import Task, Window
from .windows import Windows

_SHARED = (
    "Targets",
    "TaskArn",
    "ServiceRoleArn",
    "TaskParameters",
    "Priority",
    "MaxConcurrency",
    "MaxErrors",
    "LoggingInfo",
    "Name",
    "Description",
    "CutoffBehavior",
    "AlarmConfiguration",
)
_CHANGEABLE = (*_SHARED, "TaskInvocationParameters")
_FILTERS = {"WindowTaskId": "WindowTaskId", "TaskArn": "TaskArn", "Priority": "Priority", "TaskType": "Type"}
_KINDS = {
    "RUN_COMMAND": "RunCommand",
    "AUTOMATION": "Automation",
    "STEP_FUNCTIONS": "StepFunctions",
    "LAMBDA": "Lambda",
}


class TaskOperations:
    """Answer what callers ask about tasks."""

    def __init__(self, windows: Windows, pages: Pages, neighbours: Neighbours, role: str) -> None:
        self._windows, self._pages, self._neighbours = windows, pages, neighbours
        # Used, and told, when no role is given (botocore: RegisterTaskWithMaintenanceWindow, ServiceRoleArn).
        self._role = role

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "RegisterTaskWithMaintenanceWindow": self.register,
            "DeregisterTaskFromMaintenanceWindow": self.deregister,
            "UpdateMaintenanceWindowTask": self.update,
            "GetMaintenanceWindowTask": self.get,
            "DescribeMaintenanceWindowTasks": self.describe,
        }

    def register(self, params: Params) -> dict[str, Any]:
        """Register a task with a window."""
        window = self._windows.find(params["WindowId"])
        self._check(window, params, params["TaskType"])
        if "ServiceRoleArn" not in params:
            self._neighbours.make_service_linked_role()
        return {"WindowTaskId": self._windows.register_task(params)}

    def deregister(self, params: Params) -> dict[str, Any]:
        """Take a task off a window."""
        window = self._windows.find(params["WindowId"])
        task = self._windows.task(window, params["WindowTaskId"])
        del window.tasks[task.id]
        return {"WindowId": window.id, "WindowTaskId": task.id}

    def update(self, params: Params) -> dict[str, Any]:
        """Change a task; with Replace, what is not given is cleared."""
        window = self._windows.find(params["WindowId"])
        task = self._windows.task(window, params["WindowTaskId"])
        given = {name: params[name] for name in _CHANGEABLE if name in params}
        if params.get("Replace") and "TaskArn" not in given:
            raise AwsError("ValidationException", "With Replace, TaskArn must be given")
        kind = task.params["TaskType"]
        changed = ({} if params.get("Replace") else task.params) | given | {"TaskType": kind}
        self._check(window, changed, kind)
        task.params = changed
        told = self._told(window, task)
        del told["TaskType"]
        return told

    def get(self, params: Params) -> dict[str, Any]:
        """Tell one task with its invocation parameters, which no list shows."""
        window = self._windows.find(params["WindowId"])
        return self._told(window, self._windows.task(window, params["WindowTaskId"]))

    def describe(self, params: Params) -> dict[str, Any]:
        """List the tasks of a window by WindowTaskId, TaskArn, Priority and TaskType; without their parameters."""
        window = self._windows.find(params["WindowId"])

        def rows() -> list[dict[str, Any]]:
            found = [self._row(window, task) for task in window.tasks.values()]
            for entry in params.get("Filters", []):
                if entry.get("Key") not in _FILTERS:
                    message = f"The filter key {entry.get('Key')} is not valid; valid keys are {', '.join(_FILTERS)}"
                    raise AwsError("ValidationException", message)
                name = _FILTERS[entry["Key"]]
                found = [row for row in found if str(row.get(name)) in entry.get("Values", [])]
            return found

        found, token = cut_page(self._pages, "DescribeMaintenanceWindowTasks", params, rows)
        return {"Tasks": found, "NextToken": token}

    def _row(self, window: Window, task: Task) -> dict[str, Any]:
        told = self._told(window, task)
        del told["TaskInvocationParameters"]
        told["Type"] = told.pop("TaskType")
        return told

    def _told(self, window: Window, task: Task) -> dict[str, Any]:
        # A task without a priority has 0, the highest (botocore: MaintenanceWindowTaskPriority).
        defaults = {"ServiceRoleArn": self._role, "Priority": 0, "TaskParameters": {}, "TaskInvocationParameters": {}}
        return {"WindowId": window.id, "WindowTaskId": task.id} | defaults | task.params

    def _check(self, window: Window, params: Params, kind: str) -> None:
        for name in params.get("TaskInvocationParameters", {}):
            if name != _KINDS[kind]:
                message = f"TaskInvocationParameters.{name} does not fit a task of type {kind}"
                raise AwsError("ValidationException", message)
        targets = params.get("Targets", [])
        if not targets and kind == "RUN_COMMAND":
            raise AwsError("ValidationException", "A task of type RUN_COMMAND needs Targets")
        for entry in targets:
            if entry.get("Key") not in ("WindowTargetIds", "InstanceIds") or not entry.get("Values"):
                raise AwsError("ValidationException", "The key of a task's target is WindowTargetIds or InstanceIds")
        if targets and not ("MaxConcurrency" in params and "MaxErrors" in params):
            raise AwsError("ValidationException", "A task with Targets needs MaxConcurrency and MaxErrors")
        for target_id in Task("", params).target_ids:
            self._windows.target(window, target_id)
        if "StepFunctions" in _KINDS[kind] and not params["TaskArn"].startswith("arn:"):
            raise AwsError("ValidationException", "TaskArn of a STEP_FUNCTIONS task must be an ARN")
