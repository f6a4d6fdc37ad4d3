"""The executions of a maintenance window: which there were, and what the newest one that has ended did."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from postpatch.aws.gone import gone
from postpatch.aws.session import Connection, asking, to_the_second
from postpatch.model import MaintenanceWindow, TaskRun, WindowExecution, WindowHistory

_KEPT_FOR = timedelta(days=30)
_LARGEST_PAGE = 100  # botocore shape MaintenanceWindowMaxResults
_COMMANDS_A_PAGE = 50  # botocore shape CommandMaxResults
_SUCCESS = "Success"
# Statuses that say nothing of what an execution does: it goes on, or it never began.
UNDECIDED = frozenset({"PENDING", "IN_PROGRESS", "CANCELLING", "SKIPPED_OVERLAPPING"})


def window_history(connection: Connection, window: MaintenanceWindow) -> WindowHistory:
    """Return the window's executions since it was created or changed, newest first, and no more than 30 days back.

    It ends with the first whose status is decided; of that one alone, the tasks are read.
    """
    now = connection.clock()
    since = max(filter(None, (window.created_at, window.modified_at, now - _KEPT_FOR)))
    with asking(f"for the executions of maintenance window {window.id}"):
        found: list[WindowExecution] = []
        for row in sorted(_rows(connection, window.id, since), key=lambda row: row["StartTime"], reverse=True):
            decided = row["Status"] not in UNDECIDED
            found.append(_execution(connection, row, read_tasks=decided))
            if decided:
                break
    return WindowHistory(since, now, tuple(found))


def _rows(connection: Connection, window_id: str, since: datetime) -> Iterator[dict[str, Any]]:
    # AWS reads the bound to the second.
    pages = connection.client("ssm").get_paginator("describe_maintenance_window_executions")
    asked = [{"Key": "ExecutedAfter", "Values": [to_the_second(since)]}]
    for page in pages.paginate(WindowId=window_id, Filters=asked, PaginationConfig={"PageSize": _LARGEST_PAGE}):
        yield from (row for row in page["WindowExecutions"] if row["StartTime"] >= since)


def _execution(connection: Connection, row: dict[str, Any], *, read_tasks: bool) -> WindowExecution:
    return WindowExecution(
        id=row["WindowExecutionId"],
        status=row["Status"],
        started_at=row["StartTime"].astimezone(UTC),
        details=row.get("StatusDetails", ""),
        tasks=tuple(_tasks(connection, row["WindowExecutionId"])) if read_tasks else None,
    )


def _tasks(connection: Connection, execution: str) -> Iterator[TaskRun]:
    pages = connection.client("ssm").get_paginator("describe_maintenance_window_execution_tasks")
    for page in pages.paginate(WindowExecutionId=execution, PaginationConfig={"PageSize": _LARGEST_PAGE}):
        for row in page["WindowExecutionTaskIdentities"]:
            yield _task(connection, execution, row)


def _task(connection: Connection, execution: str, row: dict[str, Any]) -> TaskRun:
    invocations = list(_invocations(connection, execution, row["TaskExecutionId"]))
    # The id of what a Run Command task started is its command's. One that succeeded need not have run on every host,
    # nor on any: of five invocations "four of which return the status Undeliverable and one of which returns the status
    # Success, then the parent command's status is Success" (Systems Manager user guide, "Understanding command
    # statuses", which has No Instances In Tag too).
    ids = [one.get("ExecutionId") for one in invocations if row["TaskType"] == "RUN_COMMAND"]
    commands = [dict(_hosts(connection, command)) for command in ids if command]
    failed = {host: how for hosts in commands for host, how in hosts.items() if how != _SUCCESS}
    return TaskRun(
        document=row["TaskArn"],
        type=row["TaskType"],
        status=row["Status"],
        details=row.get("StatusDetails", ""),
        invocations=len(invocations) - sum(not hosts for hosts in commands),
        operations=tuple(sorted({operation for one in invocations for operation in _operations(one)})),
        failed=tuple(sorted(failed.items())),
        gone=gone(connection, failed),
        alarms=tuple(f"{alarm['Name']}: {alarm['State']}" for alarm in row.get("TriggeredAlarms", [])),
    )


def _invocations(connection: Connection, execution: str, task: str) -> Iterator[dict[str, Any]]:
    pages = connection.client("ssm").get_paginator("describe_maintenance_window_execution_task_invocations")
    asked = {"WindowExecutionId": execution, "TaskId": task}
    for page in pages.paginate(**asked, PaginationConfig={"PageSize": _LARGEST_PAGE}):
        yield from page["WindowExecutionTaskInvocationIdentities"]


def _operations(invocation: dict[str, Any]) -> list[str]:
    # JSON text with what was sent, as the AWS CLI's examples show it; the model promises no form.
    try:
        sent = json.loads(invocation.get("Parameters", ""))
        return [str(value) for value in sent["parameters"]["Operation"]]
    except (ValueError, TypeError, KeyError):
        return []


def _hosts(connection: Connection, command: str) -> Iterator[tuple[str, str]]:
    pages = connection.client("ssm").get_paginator("list_command_invocations")
    for page in pages.paginate(CommandId=command, MaxResults=_COMMANDS_A_PAGE):
        for row in page["CommandInvocations"]:
            succeeded = row["Status"] == _SUCCESS
            yield row["InstanceId"], _SUCCESS if succeeded else row.get("StatusDetails") or row["Status"]
