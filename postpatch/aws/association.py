"""State Manager associations that patch: find one by name or id, and read it with what its targets select."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from postpatch.aws.patch_manager import managed_hosts
from postpatch.aws.selection import selected_ids
from postpatch.aws.session import Connection, asking
from postpatch.aws.task_conditions import with_conditions
from postpatch.model import Association, ExistingWindow, TaskAlarm, WindowTarget, WindowTask

_A_PAGE = 50  # botocore shape MaxResults
_UNRESOLVED = ("TargetLocations", "TargetMaps")


def existing_association(
    connection: Connection, name: str, association_id: str, *, hybrid: bool = False
) -> ExistingWindow:
    """Return the association of that name or id, and what it selects; empty if there is none. Nothing is created.

    Of several of one name the first by id is read. `hybrid`: hybrid nodes count among what it selects.
    """
    client = connection.client("ssm")
    if association_id:
        found = described(client, association_id)
        return read_association(connection, found, (association_id,), hybrid=hybrid) if found else ExistingWindow(())
    with asking(f"for the associations named {name}"):
        ids = sorted(row["AssociationId"] for row in listed(client) if row.get("AssociationName") == name)
    found = described(client, ids[0]) if ids else None
    return read_association(connection, found, tuple(ids), hybrid=hybrid) if found else ExistingWindow(())


def listed(client: Any) -> Iterator[dict[str, Any]]:
    """Yield the account's associations, a row each."""
    for page in client.get_paginator("list_associations").paginate(MaxResults=_A_PAGE):
        yield from page["Associations"]


def described(client: Any, association_id: str) -> dict[str, Any] | None:
    """Return an association as AWS describes it, or None if there is none of that id."""
    with asking(f"for association {association_id}"):
        try:
            found: dict[str, Any] = client.describe_association(AssociationId=association_id)["AssociationDescription"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "AssociationDoesNotExist":
                return None
            raise
    return found


def read_association(
    connection: Connection, row: dict[str, Any], named: tuple[str, ...], *, hybrid: bool = False
) -> ExistingWindow:
    """Return what exists, from an association as it was described; `named` are the ids of all of its name.

    `hybrid`: hybrid nodes count among what its targets select.
    """
    selectors = tuple(sorted((one["Key"], tuple(sorted(one["Values"]))) for one in row.get("Targets", [])))
    selected = selected_ids(connection, [selectors], hybrid=hybrid)
    return ExistingWindow(
        named=named,
        targets=(WindowTarget(row["AssociationId"], "", "", selectors),),
        tasks=(with_conditions(connection, _task(row)),),
        selected=selected,
        managed=managed_hosts(connection, selected),
        association=_association(row),
    )


def _association(row: dict[str, Any]) -> Association:
    return Association(
        id=row["AssociationId"],
        name=row.get("AssociationName") or "",
        schedule=row.get("ScheduleExpression") or "",
        schedule_offset=row.get("ScheduleOffset") or 0,
        only_at_schedule=row.get("ApplyOnlyAtCronInterval", False),
        duration=row.get("Duration"),
        calendars=tuple(sorted(row.get("CalendarNames", []))),
        elsewhere=tuple(key for key in _UNRESOLVED if row.get(key)),
        created_at=_in_utc(row.get("Date")),
        changed_at=_in_utc(row.get("LastUpdateAssociationDate")),
    )


def _task(row: dict[str, Any]) -> WindowTask:
    alarms = row.get("AlarmConfiguration") or {}
    return WindowTask(
        id=row["AssociationId"],
        name=row.get("AssociationName") or "",
        type="RUN_COMMAND",
        document=row["Name"],
        targets=(),
        max_concurrency=row.get("MaxConcurrency", ""),
        max_errors=row.get("MaxErrors", ""),
        service_role=row.get("AssociationDispatchAssumeRole", ""),
        parameters=tuple(sorted((name, tuple(values)) for name, values in row.get("Parameters", {}).items())),
        document_version=row.get("DocumentVersion", ""),
        alarms=tuple(TaskAlarm(alarm["Name"]) for alarm in alarms.get("Alarms", [])),
        ignores_unknown_alarms=alarms.get("IgnorePollAlarmFailure", False),
    )


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
