"""What holds of every delta, whatever two snapshots say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.model import DeltaClass, Exploits, Finding, FindingType, Judgement, Package, Severity
from postpatch.policy import Policy
from postpatch.verdict import findings as judge
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import PatchRuns, late_disclosures
from postpatch.verdict.gates import gate_limits, limits_hold
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.waivers import Waivers

MakeDelta = Callable[..., Delta]

HOSTS = tuple(f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3))
ROUND = datetime(2026, 11, 20, 22, tzinfo=UTC)
EARLY, LATE, NOW = ROUND.replace(month=1), ROUND.replace(day=21), ROUND.replace(day=22)
ROUNDS = PatchRuns(ROUND)
# Every example loads two snapshots into a database of its own: few examples, each with much in it.
few = settings(max_examples=10, deadline=None)

packages = st.builds(
    Package,
    name=st.sampled_from(["openssl", "requests"]),
    manager=st.sampled_from(["OS", "", "PYTHONPKG"]),
    fixed_in=st.sampled_from(["1:3.0.8-2", "NotAvailable", None]),
)
findings = st.builds(
    Finding,
    account=st.just("123456789012"),
    region=st.just("us-east-1"),
    host=st.sampled_from(HOSTS),
    type=st.sampled_from([FindingType.PACKAGE, FindingType.PACKAGE, FindingType.NETWORK, FindingType.CONFIGURATION]),
    vulnerability=st.sampled_from(["CVE-2026-1", "CVE-2026-2", "CVE-2026-3"]),
    status=st.sampled_from(["ACTIVE", "ACTIVE", "SUPPRESSED", "CLOSED", "SKIPPED"]),
    severity=st.sampled_from([severity.value for severity in Severity]),
    title=st.sampled_from(["one title", "another"]),
    fix_available=st.sampled_from(["YES", "NO", "PARTIAL", None]),
    exploit_available=st.sampled_from(["YES", "NO", None]),
    epss=st.sampled_from([0.1, 0.9, None]),
    disclosed_at=st.sampled_from([EARLY, LATE, None]),
    packages=st.lists(packages, max_size=2).map(tuple),
    arn=st.sampled_from(["arn:1", "arn:2", "arn:3"]),
)
# One vulnerability on one host: all of these share an identity, and differ in what explains them.
crowd = st.builds(
    replace,
    findings,
    host=st.just(HOSTS[0]),
    type=st.just(FindingType.PACKAGE),
    vulnerability=st.just("CVE-2026-1"),
    status=st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "CLOSED"]),
)
some_hosts = st.sets(st.sampled_from(HOSTS), max_size=1).map(sorted)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Draw two snapshots and what became of the hosts, as the delta's factory takes them."""
    return {
        "baseline": draw(st.lists(findings, max_size=8)),
        "after": draw(st.lists(findings, max_size=8)),
        "others": HOSTS,
        "gone": draw(some_hosts),
        "unscanned": draw(some_hosts),
        "cis_unscanned": draw(some_hosts),
        "unscanned_before": draw(some_hosts),
    }


def everything(delta: Delta) -> list[object]:
    """Return all that the delta says in numbers and rows."""
    rows = {*delta.rows(DeltaClass.FIXED), *delta.rows(DeltaClass.REMAINING)}
    return [delta.counts, delta.comparable, delta.configuration, delta.severities, delta.by_host(), rows]


@given(worlds())
@few
def test_every_finding_of_the_baseline_has_one_class(make_delta: MakeDelta, world: dict[str, Any]) -> None:
    """The baseline's findings are the fixed, remaining, gone, unscanned and suppressed ones, and no other."""
    delta = make_delta(**world)
    for counts in (delta.counts, delta.comparable):
        parts = (counts.fixed, counts.remaining, counts.host_gone, counts.not_scanned, counts.suppressed)
        assert counts.baseline == sum(parts)
    settings = delta.configuration
    parts = (settings.fixed, settings.remaining, settings.host_gone, settings.not_scanned, settings.suppressed)
    assert settings.baseline <= sum(parts)  # a setting that nobody had looked at before is not scanned either
    assert sum(counts.baseline for counts in delta.severities.values()) == delta.comparable.baseline
    assert sum(counts.after for counts in delta.severities.values()) == delta.comparable.after


@given(worlds())
@few
def test_a_fixed_finding_is_on_a_host_that_was_looked_at(make_delta: MakeDelta, world: dict[str, Any]) -> None:
    """Nothing is fixed on a host that is gone or was not scanned, and nothing that is active still."""
    delta = make_delta(**world)
    active = {(one.host, one.type, one.vulnerability) for one in world["after"] if one.status == "ACTIVE"}
    for row in delta.rows(DeltaClass.FIXED):
        assert row.host not in {*world["gone"], *world["unscanned"]}
        assert (row.host, row.type, row.vulnerability) not in active
    passed = {(one.host, one.vulnerability) for one in world["after"] if one.status == "CLOSED"}
    for row in delta.rows(DeltaClass.FIXED, configuration=True):
        assert row.host not in {*world["gone"], *world["cis_unscanned"]}
        assert (row.host, row.vulnerability) in passed


@given(worlds(), st.randoms(use_true_random=False))
@few
def test_order_and_repetition_change_nothing(make_delta: MakeDelta, world: dict[str, Any], random: Any) -> None:
    """Pages that repeat rows, or come in another order, give the same delta."""
    said = everything(make_delta(**world))
    jumbled = dict(world)
    for name in ("baseline", "after"):
        repeated = world[name] + [one for one in world[name] if random.random() < 0.5]
        jumbled[name] = random.sample(repeated, len(repeated))
    assert everything(make_delta(**jumbled)) == said


@pytest.fixture(scope="session")
def verdicts(make_policy: Callable[..., Policy]) -> Callable[[Delta], dict[str, Judgement]]:
    """Judge FIND-1 to FIND-5 and FIND-8 of a delta, with a waiver for one of the packages, under several gates."""
    waiver = {"package": "requests", "reason": "not reachable", "approver": "CISO", "expires": NOW.date()}
    policies = {
        name: make_policy(waiver=[waiver], gate=gate)
        for name, gate in {
            "reported": {"max": {"HIGH": 1, "LOW": 2}, "configuration": "report"},
            "gating": {"disclosed_after": "fail", "max": {"HIGH": 0, "UNTRIAGED": 1}, "exploited_max": 1},
            "fixable": {"max": {"CRITICAL": 0}, "fixable_only": True, "exploited_max": 0, "epss_from": 0.5},
        }.items()
    }

    def judged(delta: Delta) -> dict[str, Judgement]:
        told = {}
        for name, policy in policies.items():
            waivers = Waivers(policy.waiver, delta, NOW)
            late = late_disclosures(delta, ROUNDS, NOW, gates=policy.gate.disclosed_after == "fail")
            told |= {
                f"FIND-1 {name}": fewer_than_baseline(delta, late),
                f"FIND-2 {name}": no_severity_worse(delta, late),
                f"FIND-3 {name}": nothing_new_that_was_fixable(delta, waivers, policy, late),
                f"FIND-8 {name}": limits_hold(gate_limits(delta, waivers, policy, Exploits()), policy),
            }
        remaining = RemainingFindings(delta, {})
        return told | {
            "FIND-4": judge.nothing_remains_patchable(remaining, waivers, policy),
            "FIND-5": judge.everything_explained(remaining, waivers),
        }

    return judged


some = st.one_of(crowd, findings)


@given(st.lists(some, max_size=2), st.lists(some, max_size=3), some)
@few  # each is judged twice, under three policies
def test_one_more_active_finding_never_turns_a_check_green(
    make_delta: MakeDelta,
    verdicts: Callable[[Delta], dict[str, Judgement]],
    baseline: list[Finding],
    after: list[Finding],
    added: Finding,
) -> None:
    """Whatever was red stays red when the assessment finds one thing more, under every gate."""
    added = replace(added, status="ACTIVE")
    before = verdicts(make_delta(baseline, after, others=HOSTS))
    later = verdicts(make_delta(baseline, [*after, added], others=HOSTS))
    turned = {check for check, judgement in before.items() if not judgement.holds and later[check].holds}
    if any(one.status == "ACTIVE" and one.severity == Severity.UNTRIAGED for one in after):
        # A rating of what was not rated takes it out of a count of its own.
        turned = {check for check in turned if not check.startswith("FIND-2")}
    assert turned == set()


@given(worlds())
@few
def test_what_was_disclosed_late_is_part_of_what_is_new(make_delta: MakeDelta, world: dict[str, Any]) -> None:
    """Nothing is left out of a count that is not in it: of no severity more is told apart than is new there."""
    delta = make_delta(**world)
    late = late_disclosures(delta, ROUNDS, NOW, gates=False)
    assert all(number <= delta.severities[severity].new for severity, number in late.by_severity.items())
    assert late.total <= delta.comparable.new
