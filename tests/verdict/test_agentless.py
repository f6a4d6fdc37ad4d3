"""Agentless hosts: what lacks is their daily scan, until it is overdue; and of a baseline the last one counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import HostScan, Launch, ScanRun
from postpatch.model.scan import AGENTLESS_EVERY, AGENTLESS_LATE, COVERAGE
from postpatch.verdict.agentless import as_of_the_day, not_scanned_yet

SCANNED = datetime(2026, 11, 20, 20, tzinfo=UTC)
PATCHED = SCANNED + timedelta(hours=3)
NOW = SCANNED + timedelta(hours=12)
WAITING = HostScan("i-1", PATCHED, SCANNED, status="ACTIVE", reason="SUCCESSFUL", mode="EC2_AGENTLESS")
FRESH = replace(WAITING, host="i-2", scanned_at=NOW, proof=COVERAGE)


def run(*scans: HostScan, started: bool = True) -> ScanRun:
    """Return an assessment that has just ended."""
    return ScanRun(Launch("inspector2", NOW, started), NOW, hosts=scans)


def test_it_says_when_to_come_back() -> None:
    """The time is that of the next daily scan, and the hosts are named."""
    told = not_scanned_yet(run(WAITING, FRESH), NOW)
    assert told.startswith(
        "Come back after 2026-11-21 20:00 UTC, and continue this run with postpatch verify --resume: "
    )
    assert "has not scanned 1 host (i-1) since patching" in told


def test_hosts_with_an_agent_that_were_scanned_change_nothing() -> None:
    """Of a mixed fleet, those that a later run must judge are named, and no others."""
    by_agent = replace(FRESH, mode="EC2_SSM_AGENT_BASED")
    assert not_scanned_yet(run(WAITING, by_agent), NOW) == not_scanned_yet(run(WAITING, FRESH), NOW)


def test_a_run_that_started_nothing_is_repeated() -> None:
    """A read-only run left nothing to continue."""
    assert "UTC, and verify again:" in not_scanned_yet(run(WAITING, started=False), NOW)


@pytest.mark.parametrize(
    "scans",
    [
        pytest.param([FRESH], id="all-scanned"),
        pytest.param([WAITING, replace(WAITING, host="i-3", mode="EC2_SSM_AGENT_BASED")], id="one-with-an-agent"),
        pytest.param([replace(WAITING, scanned_at=None)], id="never-scanned"),
        pytest.param([replace(WAITING, status="INACTIVE", reason="EXCLUDED_BY_TAG")], id="excluded"),
        pytest.param([WAITING, replace(WAITING, host="i-3", status="INACTIVE")], id="one-not-scanned-any-more"),
        pytest.param([WAITING, replace(WAITING, host="i-3", scanned_at=SCANNED - timedelta(days=3))], id="one-overdue"),
    ],
)
def test_what_no_daily_scan_will_change_is_judged(scans: list[HostScan]) -> None:
    """Only where all that lacks are daily scans to come, the hosts are not judged yet."""
    assert not_scanned_yet(run(*scans), NOW) == ""


@given(st.integers(0, 60 * 60))
def test_it_is_overdue_once_and_for_all(minutes: int) -> None:
    """Until a day and two hours after the last scan it is to come, and from then on it is judged."""
    now = SCANNED + timedelta(minutes=minutes)
    told = not_scanned_yet(run(WAITING), now)
    assert bool(told) == (now <= SCANNED + AGENTLESS_EVERY + AGENTLESS_LATE)
    if told:
        assert datetime.fromisoformat(told[len("Come back after ") :][:16] + "+00:00") >= now


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        pytest.param({}, True, id="within-a-day"),
        pytest.param({"scanned_at": NOW - timedelta(hours=27)}, False, id="older"),
        pytest.param({"scanned_at": None}, False, id="never"),
        pytest.param({"status": "INACTIVE"}, False, id="not-any-more"),
        pytest.param({"mode": "EC2_SSM_AGENT_BASED"}, False, id="with-an-agent"),
    ],
)
def test_of_a_baseline_the_last_daily_scan_counts(changes: dict[str, Any], counts: bool) -> None:
    """Nothing can have an agentless host scanned at once; any other must be scanned for the baseline."""
    (scan,) = as_of_the_day(run(replace(WAITING, **changes))).hosts
    assert scan.fresh is counts
