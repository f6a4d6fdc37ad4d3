"""What a maintenance window holds: its settings, its targets and its tasks, as they exist."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from postpatch.aws.session import Connection
from postpatch.aws.side_by_side import together
from postpatch.model import MaintenanceWindow, TaskAlarm, WindowTarget, WindowTask

Content = tuple[MaintenanceWindow, tuple[WindowTarget, ...], list[str]]


def window_content(connection: Connection, window_id: str) -> Content:
    """Return a window, its targets, and the ids of its tasks."""
    client = connection.client("ssm")
    window, targets, tasks = together(
        connection.at_once, *(partial(read, client, window_id) for read in (existing_window, _targets, _task_ids))
    )
    return window, targets, tasks


def existing_window(client: Any, window_id: str) -> MaintenanceWindow:
    """Return the settings of a window."""
    row = client.get_maintenance_window(WindowId=window_id)
    return MaintenanceWindow(
        id=row["WindowId"],
        name=row["Name"],
        schedule=row["Schedule"],
        duration=row["Duration"],
        cutoff=row["Cutoff"],
        enabled=row["Enabled"],
        allow_unassociated_targets=row["AllowUnassociatedTargets"],
        start_date=row.get("StartDate", ""),
        end_date=row.get("EndDate", ""),
        time_zone=row.get("ScheduleTimezone", ""),
        next_execution=row.get("NextExecutionTime", ""),
        schedule_offset=row.get("ScheduleOffset", 0),
        created_at=_in_utc(row.get("CreatedDate")),
        modified_at=_in_utc(row.get("ModifiedDate")),
    )


def window_task(client: Any, window_id: str, task_id: str) -> WindowTask:
    """Return a task of a window."""
    row = client.get_maintenance_window_task(WindowId=window_id, WindowTaskId=task_id)
    given = row.get("TaskInvocationParameters", {})
    command, runbook = given.get("RunCommand", {}), given.get("Automation", {})
    alarms = row.get("AlarmConfiguration") or {}
    return WindowTask(
        id=row["WindowTaskId"],
        name=row.get("Name", ""),
        type=row["TaskType"],
        document=row["TaskArn"],
        targets=_selectors(row.get("Targets", [])),
        max_concurrency=row.get("MaxConcurrency", ""),
        max_errors=row.get("MaxErrors", ""),
        priority=row.get("Priority", 0),
        cutoff_behavior=row.get("CutoffBehavior", ""),
        service_role=row.get("ServiceRoleArn", ""),
        parameters=_parameters(command.get("Parameters") or runbook.get("Parameters", {})),
        timeout_seconds=command.get("TimeoutSeconds"),
        document_version=(command or runbook).get("DocumentVersion", ""),
        deprecated=_parameters({name: one.get("Values", []) for name, one in row.get("TaskParameters", {}).items()}),
        alarms=tuple(TaskAlarm(alarm["Name"]) for alarm in alarms.get("Alarms", [])),
        ignores_unknown_alarms=alarms.get("IgnorePollAlarmFailure", False),
    )


def _targets(client: Any, window_id: str) -> tuple[WindowTarget, ...]:
    pages = client.get_paginator("describe_maintenance_window_targets").paginate(WindowId=window_id)
    return tuple(
        WindowTarget(row["WindowTargetId"], row.get("Name", ""), row["ResourceType"], _selectors(row["Targets"]))
        for page in pages
        for row in page["Targets"]
    )


def _task_ids(client: Any, window_id: str) -> list[str]:
    pages = client.get_paginator("describe_maintenance_window_tasks").paginate(WindowId=window_id)
    return [row["WindowTaskId"] for page in pages for row in page["Tasks"]]


def _parameters(given: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((name, tuple(values)) for name, values in given.items()))


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _selectors(targets: list[dict[str, Any]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((target["Key"], tuple(sorted(target["Values"]))) for target in targets))
