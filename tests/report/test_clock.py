"""Times in UTC and in the local zone."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from postpatch.report.clock import clock

WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.fixture
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have this machine stand in another time zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("machine", ["Asia/Tokyo"], indirect=True)
@pytest.mark.usefixtures("machine")
def test_the_policys_zone_is_the_local_one() -> None:
    """Each time is told by the clock that the zone has on that day, wherever the report is written."""
    london = clock("Europe/London")
    assert london.local(WINTER) == "2026-01-15 12:00:00 GMT"
    assert london.local(SUMMER) == "2026-07-15 13:00:00 BST"
    assert "Europe/London" in london.note
    assert london.local(None) == ""


@pytest.mark.parametrize("machine", ["Europe/Berlin"], indirect=True)
@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("zone", ["Etc/UTC", "Africa/Abidjan"])
def test_where_the_policy_counts_in_utc_the_machines_zone_is_local(zone: str) -> None:
    """A second column that repeats UTC tells nothing; the machine's zone is named, in summer and in winter."""
    berlin = clock(zone)
    assert berlin.local(SUMMER) == "2026-07-15 14:00:00 CEST"
    assert berlin.note == "Local times are CET and CEST, of the machine that wrote this report."


@pytest.mark.parametrize("machine", ["UTC"], indirect=True)
@pytest.mark.usefixtures("machine")
def test_where_everything_is_utc_nothing_is_told_twice() -> None:
    """There is no local time then, and the note says why."""
    assert clock("Etc/UTC").local(WINTER) == ""
    assert clock("Etc/UTC").note == "All times are in UTC, which is also the local time here."
