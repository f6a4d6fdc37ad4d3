"""The executions of a maintenance window: which there were, and what the newest one that has ended did."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from postpatch.aws.hosts import PRESENT, hosts_by_id
from postpatch.aws.session import Connection, asking, to_the_second
from postpatch.model import MaintenanceWindow, TaskRun, WindowExecution, WindowHistory

_KEPT_FOR = timedelta(days=30)
_LARGEST_PAGE = 100  # botocore shape MaintenanceWindowMaxResults
_COMMANDS_A_PAGE = 50  # botocore shape CommandMaxResults
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
    # The id of what a Run Command task started is its command's.
    commands = [one.get("ExecutionId") for one in invocations if one["Status"] != "SUCCESS"]
    is_command = row["TaskType"] == "RUN_COMMAND"
    failed = dict(pair for command in commands if command and is_command for pair in _failed(connection, command))
    return TaskRun(
        document=row["TaskArn"],
        type=row["TaskType"],
        status=row["Status"],
        details=row.get("StatusDetails", ""),
        invocations=len(invocations),
        operations=tuple(sorted({operation for one in invocations for operation in _operations(one)})),
        failed=tuple(sorted(failed.items())),
        gone=tuple(sorted(failed.keys() - _present(connection, failed.keys()))) if failed else (),
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


def _failed(connection: Connection, command: str) -> Iterator[tuple[str, str]]:
    pages = connection.client("ssm").get_paginator("list_command_invocations")
    for page in pages.paginate(CommandId=command, MaxResults=_COMMANDS_A_PAGE):
        for row in page["CommandInvocations"]:
            if row["Status"] != "Success":
                yield row["InstanceId"], row.get("StatusDetails") or row["Status"]


def _present(connection: Connection, ids: Iterable[str]) -> set[str]:
    return {host.id for host in hosts_by_id(connection, ids) if host.state in PRESENT}
