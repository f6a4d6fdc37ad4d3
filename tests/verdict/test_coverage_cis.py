"""SCAN-3 and the CIS scan: a host whose settings were looked at for the baseline must be looked at again."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from postpatch.model import CisScans, Launch, ScanRun
from postpatch.verdict.changed_hosts import ChangedHosts
from postpatch.verdict.coverage import run_completed, same_hosts
from postpatch.verdict.delta import Delta

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))


def test_a_host_that_the_cis_scan_left_out_is_red(make_delta: Callable[..., Delta]) -> None:
    """The CIS scan completed without the host: what it found there before is not known any more."""
    judgement = same_hosts(make_delta([], [], others=[A, B], cis_unscanned=[B]), ChangedHosts())
    assert not judgement.holds
    assert judgement.reason.endswith(f"hosts covered by the CIS scan for the baseline, but not now: {B}")


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param({"unscanned": [B], "cis_unscanned": [B]}, id="not-scanned-at-all-is-of-SCAN-2"),
        pytest.param({}, id="covered-both-times"),
    ],
)
def test_other_hosts_are_not_told_of_here(make_delta: Callable[..., Delta], seen: dict[str, list[str]]) -> None:
    """A host that was not scanned at all is another check's affair."""
    assert same_hosts(make_delta([], [], others=[A, B], **seen), ChangedHosts()).holds


@pytest.mark.parametrize("cis", [CisScans.OPTIONAL, CisScans.OFF])
def test_where_it_is_not_required_the_host_is_a_note(make_delta: Callable[..., Delta], cis: CisScans) -> None:
    """The policy allows it, and what is not proven is said."""
    judgement = same_hosts(make_delta([], [], others=[A, B], cis_unscanned=[B]), ChangedHosts(), cis)
    assert judgement.holds
    assert B in judgement.notes[0]
    assert "not proven" in judgement.notes[0]


@pytest.mark.parametrize(
    ("cis", "state", "timed_out", "holds", "words"),
    [
        (CisScans.REQUIRE, "FAILED", False, False, ""),
        (CisScans.OPTIONAL, "FAILED", False, True, "optional by the policy, is FAILED"),
        (CisScans.OPTIONAL, "", False, True, "optional by the policy, is not there"),
        (CisScans.OPTIONAL, "COMPLETED", False, True, ""),
        (CisScans.OPTIONAL, "FAILED", True, False, "optional by the policy, is FAILED"),
        (CisScans.OFF, "", False, True, "the policy has CIS scans off"),
        (CisScans.OFF, "", True, False, "the policy has CIS scans off"),
    ],
)
@pytest.mark.parametrize("started", [True, False])
def test_scan_1_judges_the_cis_scan_as_the_policy_says(
    cis: CisScans, state: str, timed_out: bool, holds: bool, words: str, started: bool
) -> None:
    """An optional one may fail, and none is missed where they are off; a wait that ran out fails in any case."""
    moment = datetime(2026, 11, 21, 8, tzinfo=UTC)
    run = ScanRun(Launch("inspector2", moment, started, "association"), moment, "Success", state, timed_out=timed_out)
    judgement = run_completed(run, cis)
    assert judgement.holds is (holds or (cis is not CisScans.REQUIRE and not started))
    assert words in " ".join(judgement.notes)
