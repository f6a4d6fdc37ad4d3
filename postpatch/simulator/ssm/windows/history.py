"""The history of maintenance windows: their executions, the tasks of each, and what each task started."""

import json
from datetime import datetime
from typing import Any

from ...wire.dates import moment
from ...wire.errors import AwsError
from ...wire.front import Operations
from ...wire.pages import Pages
from ...wire.reading import Params
from ..paging import cut_page
from .execution import TaskExecution, WindowExecution, told_alarms
from .runner import Runner
from .windows import Windows


class HistoryOperations:
    """Answer what callers ask about past and present executions."""

    def __init__(self, windows: Windows, runner: Runner, pages: Pages, role: str) -> None:
        self._windows, self._runner, self._pages, self._role = windows, runner, pages, role

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "DescribeMaintenanceWindowExecutions": self.describe_executions,
            "DescribeMaintenanceWindowExecutionTasks": self.describe_tasks,
            "DescribeMaintenanceWindowExecutionTaskInvocations": self.describe_invocations,
            "GetMaintenanceWindowExecution": self.get_execution,
            "GetMaintenanceWindowExecutionTask": self.get_task,
            "GetMaintenanceWindowExecutionTaskInvocation": self.get_invocation,
            "CancelMaintenanceWindowExecution": self.cancel,
        }

    def describe_executions(self, params: Params) -> dict[str, Any]:
        """List the executions of a window, newest first, by ExecutedBefore and ExecutedAfter."""
        self._windows.find(params["WindowId"])
        bounds = [_bound(entry, value) for entry in params.get("Filters", []) for value in entry.get("Values", [])]

        def rows() -> list[dict[str, Any]]:
            return [
                {"WindowId": execution.window_id} | _told(execution)
                for execution in self._runner.of_window(params["WindowId"])
                if all((execution.started_at > moment) is after for after, moment in bounds)
            ]

        found, token = cut_page(self._pages, "DescribeMaintenanceWindowExecutions", params, rows)
        return {"WindowExecutions": found, "NextToken": token}

    def describe_tasks(self, params: Params) -> dict[str, Any]:
        """List the tasks of one execution, by STATUS."""
        execution = self._execution(params)

        def rows() -> list[dict[str, Any]]:
            return [_row(execution, task) for task in execution.tasks if _passes(task, params)]

        found, token = cut_page(self._pages, "DescribeMaintenanceWindowExecutionTasks", params, rows)
        return {"WindowExecutionTaskIdentities": found, "NextToken": token}

    def describe_invocations(self, params: Params) -> dict[str, Any]:
        """List what one task started; ExecutionId is the command's."""
        execution, task = self._task(params)

        def rows() -> list[dict[str, Any]]:
            return [_invocation(execution, task)] if task.command and _passes(task, params) else []

        found, token = cut_page(self._pages, "DescribeMaintenanceWindowExecutionTaskInvocations", params, rows)
        return {"WindowExecutionTaskInvocationIdentities": found, "NextToken": token}

    def get_execution(self, params: Params) -> dict[str, Any]:
        """Tell one execution with the ids of its tasks."""
        execution = self._execution(params)
        return {"TaskIds": [task.id for task in execution.tasks]} | _told(execution)

    def get_task(self, params: Params) -> dict[str, Any]:
        """Tell one task of one execution."""
        execution, task = self._task(params)
        told = _row(execution, task)
        told["Type"] = told.pop("TaskType")
        return told | {
            "ServiceRole": task.params.get("ServiceRoleArn", self._role),
            "TaskParameters": [task.params.get("TaskParameters", {})],
            "Priority": task.params.get("Priority", 0),
            "MaxConcurrency": task.params.get("MaxConcurrency"),
            "MaxErrors": task.params.get("MaxErrors"),
        }

    def get_invocation(self, params: Params) -> dict[str, Any]:
        """Tell one invocation of one task."""
        execution, task = self._task(params)
        if not task.command or task.invocation_id != params["InvocationId"]:
            raise _unknown(f"invocation {params['InvocationId']}")
        return _invocation(execution, task)

    def cancel(self, params: Params) -> dict[str, Any]:
        """Start no further task of one execution."""
        self._runner.cancel(self._execution(params))
        return {"WindowExecutionId": params["WindowExecutionId"]}

    def _execution(self, params: Params) -> WindowExecution:
        execution = self._runner.executions.get(params["WindowExecutionId"])
        if execution is None:
            raise _unknown(params["WindowExecutionId"])
        return execution

    def _task(self, params: Params) -> tuple[WindowExecution, TaskExecution]:
        execution = self._execution(params)
        task = execution.task(params["TaskId"])
        if task is None:
            raise _unknown(f"task {params['TaskId']}")
        return execution, task


def _told(execution: WindowExecution) -> dict[str, Any]:
    return {
        "WindowExecutionId": execution.id,
        "Status": execution.status,
        "StatusDetails": execution.details,
        "StartTime": execution.started_at,
        "EndTime": execution.ended_at,
    }


def _row(execution: WindowExecution, task: TaskExecution) -> dict[str, Any]:
    return {
        "WindowExecutionId": execution.id,
        "TaskExecutionId": task.id,
        "Status": task.status,
        "StartTime": task.started_at,
        "EndTime": task.ended_at,
        "TaskArn": task.params["TaskArn"],
        "TaskType": task.params["TaskType"],
        **told_alarms(task),
    }


def _invocation(execution: WindowExecution, task: TaskExecution) -> dict[str, Any]:
    command = task.command
    sent = {"documentName": task.params["TaskArn"], "maxConcurrency": task.params.get("MaxConcurrency")}
    if command:
        sent |= {"instanceIds": command.params["InstanceIds"], "parameters": command.params["Parameters"]}
    return {
        "WindowExecutionId": execution.id,
        "TaskExecutionId": task.id,
        "InvocationId": task.invocation_id,
        "ExecutionId": command.id if command else None,
        "TaskType": task.params["TaskType"],
        "Parameters": json.dumps(sent | {"maxErrors": task.params.get("MaxErrors")}),
        "Status": task.status,
        "StatusDetails": command.detail if command else None,
        "StartTime": task.started_at,
        "EndTime": task.ended_at,
        "WindowTargetId": task.target_id,
    }


def _passes(task: TaskExecution, params: Params) -> bool:
    for entry in params.get("Filters", []):
        if entry.get("Key") != "STATUS":
            raise AwsError("ValidationException", f"The filter key {entry.get('Key')} is not valid")
        if task.status not in entry.get("Values", []):
            return False
    return True


def _bound(entry: dict[str, Any], text: str) -> tuple[bool, datetime]:
    if entry.get("Key") not in ("ExecutedBefore", "ExecutedAfter"):
        raise AwsError("ValidationException", f"The filter key {entry.get('Key')} is not valid")
    return entry["Key"] == "ExecutedAfter", moment(text)


def _unknown(wanted: str) -> AwsError:
    return AwsError("DoesNotExistException", f"Maintenance window execution {wanted} does not exist")
