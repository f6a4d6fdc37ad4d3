"""Coverage of a large fleet: asked for by the tag that its hosts share, and by their ids where that leaves one out."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from postpatch.aws.coverage import coverage

ACCOUNT = "123456789012"
TAGS = {"patching": ["weekly"]}
NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Inspector:
    """Stands in for a connection: rows of hosts by the filter, 200 in a page, and each page counted."""

    at_once = 1

    def __init__(self, tagged: list[str], others: list[str]) -> None:
        self.tagged, self.others, self.asked = tagged, others, 0

    def client(self, _: str) -> "Inspector":
        """Return the client of inspector2."""
        return self

    def get_paginator(self, name: str) -> "Inspector":
        """Return the paginator of ListCoverage."""
        assert name == "list_coverage"
        return self

    def paginate(self, filterCriteria: dict[str, Any], maxResults: int) -> Iterator[dict[str, Any]]:  # noqa: N803
        """Yield the pages of the hosts that the filter selects."""
        ids = [one["value"] for one in filterCriteria.get("resourceId", ())]
        assert len(ids) <= 10
        hosts = [host for host in ids if host in {*self.tagged, *self.others}] if ids else self.tagged
        for first in range(0, len(hosts), maxResults):
            self.asked += 1
            yield {"coveredResources": [self.row(host) for host in hosts[first : first + maxResults]]}

    def row(self, host: str) -> dict[str, Any]:
        """Return the row of a host."""
        state = {"statusCode": "ACTIVE", "reason": "SUCCESSFUL"}
        return {"accountId": ACCOUNT, "resourceId": host, "scanStatus": state, "lastScannedAt": NOW}


def hosts(first: int, last: int) -> list[str]:
    """Return the ids of some hosts."""
    return [f"i-{number:017x}" for number in range(first, last)]


@pytest.mark.parametrize(
    ("asked", "tagged", "others", "calls"),
    [
        (hosts(0, 450), hosts(0, 450), [], 3),
        (hosts(0, 450), hosts(0, 445), hosts(445, 450), 3 + 1),
        (hosts(0, 450), hosts(0, 500), [], 3),
        (hosts(0, 450), [], hosts(0, 450), 45),
        (hosts(0, 30), hosts(0, 30), [], 3),
        (hosts(0, 200), hosts(5_000, 9_000), hosts(0, 200), 10 + 20),
    ],
    ids=["tagged", "some without the tag", "more with the tag", "none with the tag", "few", "a tag of thousands"],
)
def test_each_host_has_its_row_once(asked: list[str], tagged: list[str], others: list[str], calls: int) -> None:
    """Whatever Inspector knows of the tag, every host asked about has one row, and no other has; calls are few."""
    inspector: Any = Inspector(tagged, others)
    assert sorted(row.host for row in coverage(inspector, ACCOUNT, asked, TAGS)) == asked
    assert inspector.asked == calls


def test_without_a_shared_tag_hosts_are_asked_for_by_id() -> None:
    """A scope of ids has no tag."""
    inspector: Any = Inspector(hosts(0, 450), [])
    assert len(list(coverage(inspector, ACCOUNT, hosts(0, 450)))) == 450
    assert inspector.asked == 45
