"""The execution of an association that a run started: which one it is, and on which hosts it succeeded, since when.

StartAssociationsOnce returns no id (botocore's model of ssm). The run's execution is the first that was created at or
after the time of the call's answer; one that was already running does not count.
"""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from postpatch.aws.session import Connection, answered_at, asking, each_page, to_the_second

_PENDING = "Pending"
_SUCCESS = "Success"
_A_PAGE = 50  # botocore shape MaxResults
_COUNT = re.compile(r"(\w+)=(\d+)")  # ResourceCountByStatus: "{Success=3, Pending=1}"


class AssociationExecution:
    """The first execution of `association` that was created at or after `since`.

    An empty `association` has none: its `state` is empty and it succeeds nowhere.
    """

    def __init__(self, connection: Connection, association: str, since: datetime) -> None:
        self._connection, self._association, self._since = connection, association, since
        self._row: dict[str, Any] = {}
        self._succeeded: dict[str, datetime] = {}

    @property
    def exists(self) -> bool:
        """Return whether there is an association at all."""
        return bool(self._association)

    @property
    def state(self) -> str:
        """Return the state as AWS names it, Pending while there is no execution, or nothing without an association."""
        return str(self._row.get("Status", _PENDING)) if self._association else ""

    @property
    def created_at(self) -> datetime | None:
        """Return when the execution was created, to the second: hosts date what they report by the second."""
        created = self._row.get("CreatedTime")
        return created.astimezone(UTC).replace(microsecond=0) if created else None

    def look(self) -> None:
        """Ask how far the execution is."""
        if not self._association:
            return
        # The filter leaves out its own moment, and takes whole seconds.
        earlier = to_the_second(self._since - timedelta(seconds=1))
        later = [{"Key": "CreatedTime", "Value": earlier, "Type": "GREATER_THAN"}]
        with asking("how far the inventory association is"):
            pages = self._connection.client("ssm").get_paginator("describe_association_executions")
            rows = [
                row
                for page in pages.paginate(AssociationId=self._association, Filters=later)
                for row in page["AssociationExecutions"]
                if row["CreatedTime"] >= self._since
            ]
        self._row = min(rows, key=lambda row: row["CreatedTime"], default={})

    def succeeded_on(self, host: str) -> datetime | None:
        """Return when AWS first said that the execution had succeeded on the host: it captured before that moment."""
        return self._succeeded.get(host)

    def ask_about(self, hosts: Collection[str]) -> None:
        """Ask on which of these hosts the execution succeeded; those that it is known of are not asked about again.

        The calls: one for each host, or one for fifty hosts of the account where that is fewer.
        """
        wanted = sorted(host for host in hosts if host not in self._succeeded)
        counted = self._row.get("ResourceCountByStatus", "")
        counts = {status: int(number) for status, number in _COUNT.findall(counted)}
        # As long as the execution says of itself that no host is done, no host is asked about.
        if not wanted or not self._row or (counts and _SUCCESS not in counts):
            return
        by_page = counts and sum(counts.values()) <= len(wanted) * _A_PAGE
        for row, moment in self._targets() if by_page else self._targets_of(wanted):
            if row["Status"] == _SUCCESS and row["ResourceId"] in hosts:
                self._succeeded.setdefault(row["ResourceId"], moment)

    def _targets_of(self, hosts: Collection[str]) -> Iterator[tuple[dict[str, Any], datetime]]:
        for host in hosts:
            yield from self._targets([{"Key": "ResourceId", "Value": host}])

    def _targets(self, filters: Collection[dict[str, str]] = ()) -> Iterator[tuple[dict[str, Any], datetime]]:
        subject = next((one["Value"] for one in filters), "its hosts")
        narrowed = {"Filters": list(filters)} if filters else {}
        ask = self._connection.client("ssm").describe_association_execution_targets
        with asking(f"how far the inventory association is on {subject}"):
            for page in each_page(
                ask,
                AssociationId=self._association,
                ExecutionId=self._row["ExecutionId"],
                MaxResults=_A_PAGE,
                **narrowed,
            ):
                moment = answered_at(self._connection, page)
                for row in page["AssociationExecutionTargets"]:
                    yield row, moment
