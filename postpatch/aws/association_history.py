"""The executions of an association: which there were, and on which hosts the newest that has ended failed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from postpatch.aws.gone import gone
from postpatch.aws.session import Connection, asking, to_the_second
from postpatch.model import Association, TaskRun, WindowExecution, WindowHistory

_LOOK_BACK = timedelta(days=30)
_A_PAGE = 50  # botocore shape MaxResults
_GOES_ON = frozenset({"Pending", "InProgress"})
# An execution that waits for a host that cannot be reached stays pending: after this long nobody waits for it.
_GIVES_UP = timedelta(days=1)


def association_history(connection: Connection, association: Association, document: str) -> WindowHistory:
    """Return the executions since the association was created or changed, newest first, and 30 days back at most.

    It ends with the first that has ended, or has been going on for a day; of that one alone, the hosts are read.
    """
    now = connection.clock()
    since = max(filter(None, (association.created_at, association.changed_at, now - _LOOK_BACK)))
    found: list[WindowExecution] = []
    with asking(f"for the executions of association {association.id}"):
        for row in sorted(_rows(connection, association.id, since), key=lambda row: row["CreatedTime"], reverse=True):
            decided = row["Status"] not in _GOES_ON or row["CreatedTime"] < now - _GIVES_UP
            found.append(_execution(connection, row, document, read_hosts=decided))
            if decided:
                break
    return WindowHistory(since, now, tuple(found))


def _rows(connection: Connection, association: str, since: datetime) -> Iterator[dict[str, Any]]:
    # AWS reads the bound to the second.
    after = {"Key": "CreatedTime", "Value": to_the_second(since - timedelta(seconds=1)), "Type": "GREATER_THAN"}
    pages = connection.client("ssm").get_paginator("describe_association_executions")
    for page in pages.paginate(AssociationId=association, Filters=[after], MaxResults=_A_PAGE):
        yield from (row for row in page["AssociationExecutions"] if row["CreatedTime"] >= since)


def _execution(connection: Connection, row: dict[str, Any], document: str, *, read_hosts: bool) -> WindowExecution:
    return WindowExecution(
        id=row["ExecutionId"],
        status=row["Status"],
        started_at=row["CreatedTime"].astimezone(UTC),
        details=row.get("DetailedStatus") or "",
        tasks=(_run(connection, row, document),) if read_hosts else None,
    )


def _run(connection: Connection, row: dict[str, Any], document: str) -> TaskRun:
    pages = connection.client("ssm").get_paginator("describe_association_execution_targets")
    asked = {"AssociationId": row["AssociationId"], "ExecutionId": row["ExecutionId"], "MaxResults": _A_PAGE}
    targets = [one for page in pages.paginate(**asked) for one in page["AssociationExecutionTargets"]]
    failed = {
        one["ResourceId"]: one.get("DetailedStatus") or one["Status"] for one in targets if one["Status"] != "Success"
    }
    return TaskRun(
        document=document,
        type="RUN_COMMAND",
        status=row["Status"],
        invocations=len(targets),
        failed=tuple(sorted(failed.items())),
        gone=gone(connection, failed),
        alarms=tuple(f"{alarm['Name']}: {alarm['State']}" for alarm in row.get("TriggeredAlarms", [])),
    )
