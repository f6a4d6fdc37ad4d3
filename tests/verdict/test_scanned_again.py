"""Without a host that was scanned again no check about findings passes: what is active is not known."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.model import Exploits, Finding, Judgement
from postpatch.policy import Policy
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import PatchRuns, late_disclosures
from postpatch.verdict.findings import everything_explained, nothing_remains_patchable
from postpatch.verdict.gates import gate_limits, limits_hold
from postpatch.verdict.headline import headline
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.removable import removable
from postpatch.verdict.suppression import nothing_suppressed, suppressed_groups, suppression_of
from postpatch.verdict.waivers import Waivers
from tests.verdict.test_delta_properties import HOSTS, findings, worlds

A, B, C = HOSTS
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROUND = PatchRuns(datetime(2026, 11, 20, 22, tzinfo=UTC))
ALL = {"FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-8"}

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
Judge = Callable[[Delta], dict[str, Judgement]]


@pytest.fixture(scope="session")
def judge(make_policy: Callable[..., Policy]) -> Judge:
    """Judge all that is about findings, under three policies; each has something for FIND-8 to judge."""
    gates = ({"max": {"CRITICAL": 0}}, {"max": {"LOW": 9}, "configuration": "report"}, {"disclosed_after": "fail"})
    policies = [make_policy(gate=gate) for gate in gates]

    def judged(delta: Delta, policy: Policy) -> dict[str, Judgement]:
        waivers, remaining = Waivers((), delta, NOW), RemainingFindings(delta, {})
        late = late_disclosures(delta, ROUND, NOW, gates=policy.gate.disclosed_after == "fail")
        compared = removable(delta, remaining, late, waivers)
        hidden = suppression_of(delta, (), NOW, suppressed_groups(delta, {}), late)
        return {
            "FIND-1": fewer_than_baseline(delta, late, compared),
            "FIND-2": no_severity_worse(delta, late, compared),
            "FIND-3": nothing_new_that_was_fixable(delta, waivers, policy, late, remaining),
            "FIND-4": nothing_remains_patchable(remaining, waivers, policy),
            "FIND-5": everything_explained(remaining, waivers, policy),
            "FIND-6": nothing_suppressed(delta, hidden, waivers, policy),
            "FIND-8": limits_hold(gate_limits(delta, waivers, policy, Exploits()), policy),
        }

    return lambda delta: {
        f"{check} {place}": found
        for place, policy in enumerate(policies)
        for check, found in judged(delta, policy).items()
    }


def passed(judgements: dict[str, Judgement]) -> set[str]:
    """Return the checks that pass."""
    return {name for name, one in judgements.items() if one.holds}


def unchecked(judgements: dict[str, Judgement]) -> set[str]:
    """Return the checks that are errors."""
    return {name.split()[0] for name, one in judgements.items() if not one.checked}


@given(worlds())
@settings(max_examples=15, deadline=None)
def test_without_the_scan_of_every_host_nothing_passes(
    make_delta: MakeDelta, judge: Judge, world: dict[str, Any]
) -> None:
    """Taking away the fresh scan of every host makes each check about findings an error, whatever the list holds."""
    found = judge(make_delta(**(world | {"unscanned": HOSTS})))
    assert not passed(found)
    assert unchecked(found) == ALL


@given(st.lists(findings, max_size=8))
@settings(max_examples=10, deadline=None)
def test_a_later_file_without_any_row_passes_nothing(
    make_delta: MakeDelta, judge: Judge, baseline: list[Finding]
) -> None:
    """Of two files a host without a row was not scanned, and the error says what to export."""
    found = judge(make_delta(baseline, [], files={"whole": True}))
    assert not passed(found)
    assert unchecked(found) == ALL
    assert all(one.reason.startswith("Export the findings of the baseline's hosts again") for one in found.values())


@given(worlds(), st.sampled_from(HOSTS))
@settings(max_examples=15, deadline=None)
def test_the_scan_of_one_host_less_lets_no_further_check_be_judged(
    make_delta: MakeDelta, judge: Judge, world: dict[str, Any], host: str
) -> None:
    """What is an error for want of a scan stays one with a scan less, and a fault on a host that is scanned stays."""
    before, without = (make_delta(**(world | {"unscanned": [*world["unscanned"], *more]})) for more in ([], [host]))
    missing, now = before.scans.unsupported(), without.scans.unsupported()
    assert now or not missing
    if not now:
        assert not unchecked(judge(without))


@pytest.mark.parametrize("others", [(), (B,)], ids=["one host", "two hosts"])
def test_the_error_says_what_to_do_and_how_many_hosts(
    make_delta: MakeDelta, make_finding: Make, judge: Judge, others: Iterable[str]
) -> None:
    """It begins with the next step, and all checks say the same, so that it is reported once."""
    delta = make_delta([make_finding()], [make_finding()], others=others, unscanned=[A, *others])
    reasons = {one.reason for one in judge(delta).values()}
    words = "2 of 2 hosts were" if others else "1 of 1 host was"
    assert reasons == {
        f"Have Inspector scan the hosts, then verify again, and not with --read-only: {words} not scanned again, so "
        "that it is not known which findings are active. SCAN-2 says why they do not count as scanned"
    }


def test_a_new_host_does_not_stand_in_for_the_baselines(
    make_delta: MakeDelta, make_finding: Make, judge: Judge
) -> None:
    """Where hosts of the baseline exist and none was scanned again, a clean new host passes nothing."""
    found = judge(make_delta([make_finding()], [], unscanned=[A], launched=[B]))
    assert not passed(found)
    assert unchecked(found) == ALL - {"FIND-8"}  # which is red for hosts whose active findings are not known
    assert "1 of 2 hosts was not scanned again, among them every host" in found["FIND-4 0"].reason


def test_a_fault_on_a_new_host_stays_one(make_delta: MakeDelta, make_finding: Make, judge: Judge) -> None:
    """What a scanned host shows is a fault, though nothing is known of the baseline's hosts."""
    found = judge(make_delta([make_finding()], [make_finding("CVE-2", B)], unscanned=[A], launched=[B]))
    assert found["FIND-3 0"].checked
    assert "CVE-2" in found["FIND-3 0"].reason


def test_a_fleet_without_the_baselines_hosts_is_judged_by_its_own(
    make_delta: MakeDelta, make_finding: Make, judge: Judge
) -> None:
    """Where every host of the baseline is gone, a scanned new host supports what can be said."""
    found = judge(make_delta([make_finding()], [], gone=[A], launched=[B]))
    assert not unchecked(found)
    assert {"FIND-3 0", "FIND-4 0", "FIND-5 0", "FIND-6 0"} <= passed(found)
    assert not found["FIND-1 0"].holds


def test_one_host_that_was_scanned_again_supports_the_checks(
    make_delta: MakeDelta, make_finding: Make, judge: Judge
) -> None:
    """What SCAN-2 reports of another host is no error of these checks."""
    delta = make_delta([make_finding(), make_finding(host=B)], [make_finding(host=B)], others=[A], unscanned=[B])
    found = judge(delta)
    assert not unchecked(found)
    assert passed(found) >= {f"FIND-{number} 0" for number in range(1, 7)}
    assert delta.scans.words == "1 of 2 hosts was not scanned again"


def test_a_policy_that_limits_nothing_holds_whatever_is_active(
    make_delta: MakeDelta, make_policy: Callable[..., Policy], make_finding: Make
) -> None:
    """FIND-8 needs no scan where there is nothing for it to judge."""
    delta, policy = make_delta([make_finding()], [], unscanned=[A]), make_policy(gate={"configuration": "report"})
    assert limits_hold(gate_limits(delta, Waivers((), delta, NOW), policy, Exploits()), policy).holds


def test_the_headline_never_reads_as_zero(make_delta: MakeDelta, make_finding: Make) -> None:
    """What is not known is said in place of the numbers after patching, and nothing is said to have risen."""
    baseline = [make_finding(host=A), make_finding(host=B)]
    found = headline(make_delta(baseline, [make_finding("CVE-2", severity="CRITICAL")], unscanned=[A, B]), None, None)
    assert found.numbers == (
        "active findings before: CRITICAL 0, HIGH 2, in all 2; after: not known: 2 of 2 hosts were not scanned again"
    )
    assert found.warnings == ()
    some = headline(make_delta(baseline, [], others=[A], unscanned=[B]), None, None).numbers
    assert some.endswith("in all 2 → 0; not known of all hosts: 1 of 2 hosts was not scanned again")
