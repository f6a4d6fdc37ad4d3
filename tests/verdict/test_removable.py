"""FIND-1 and FIND-2 by what patching can remove: a fleet that is up to date is green, one fixable finding is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.model import Finding, FindingType, Judgement, Mode, Package, Severity
from postpatch.policy import Policy
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import LateDisclosures, PatchRuns, late_disclosures
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.removable import Removable, removable
from postpatch.verdict.waivers import Waivers

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
ROUND = datetime(2026, 11, 20, 22, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 8, tzinfo=UTC)

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
Counts = Callable[..., Removable]
Judged = Callable[..., tuple[Judgement, Judgement]]


@pytest.fixture(scope="session")
def counted(make_policy: Callable[..., Policy]) -> Counts:
    """Count what patching can remove, by the findings' own fields."""

    def count(delta: Delta, **policy: object) -> Removable:
        wanted = make_policy(**policy)
        late = late_disclosures(delta, PatchRuns(ROUND), MORNING, gates=wanted.gate.disclosed_after == "fail")
        return removable(delta, RemainingFindings(delta, {}), late, Waivers(wanted.waiver, delta, MORNING))

    return count


@pytest.fixture(scope="session")
def judged(counted: Counts) -> Judged:
    """Judge FIND-1 and FIND-2 by what patching can remove."""

    def judge(delta: Delta, **policy: object) -> tuple[Judgement, Judgement]:
        late = late_disclosures(delta, PatchRuns(ROUND), MORNING, gates=False)
        found = counted(delta, **policy)
        return fewer_than_baseline(delta, late, found), no_severity_worse(delta, late, found)

    return judge


def test_a_steady_state_is_green(judged: Judged, make_delta: MakeDelta, unfixable: Make, root_login: Make) -> None:
    """As many findings as before, and none that patching could remove: green, with the number and why."""
    stay = [unfixable(f"CVE-{number}") for number in range(20)]
    fewer, worse = judged(make_delta([*stay, root_login()], [*stay, root_login()]))
    assert (fewer.holds, worse.holds) == (True, True)
    assert fewer.reason.startswith("nothing that patching can remove is left: 20 findings remain, each explained. ")
    assert "20 findings are active, the baseline had 20" in fewer.reason


def test_one_fixable_finding_that_stays_is_red(
    judged: Judged, make_delta: MakeDelta, make_finding: Make, unfixable: Make
) -> None:
    """Whatever else vanished: a removable finding before and not fewer after is red."""
    stay = [make_finding("CVE-1"), unfixable("CVE-2")]
    fewer, _ = judged(make_delta([*stay, unfixable("CVE-3")], stay))
    assert not fewer.holds
    assert fewer.facts[0].found == "1"
    assert fewer.reason.startswith("patching can remove 1 of the active findings; in the baseline it could remove 1. ")


def test_both_totals_are_in_the_sentence(
    judged: Judged, make_delta: MakeDelta, make_finding: Make, unfixable: Make
) -> None:
    """More findings than before, since new ones have no fix: green, and both totals say what happened."""
    before = [make_finding("CVE-1"), unfixable("CVE-2")]
    after = [unfixable("CVE-2"), *(unfixable(f"CVE-9{number}", severity="CRITICAL") for number in range(3))]
    fewer, worse = judged(make_delta(before, after))
    assert (fewer.holds, worse.holds) == (True, True)
    assert fewer.reason.startswith("nothing that patching can remove is left, of 1 in the baseline: 4 findings remain")
    assert "4 findings are active, the baseline had 2: 1 fixed, 1 remain, 3 new" in fewer.reason
    for judgement in (fewer, worse):
        assert "new, and patching could not remove them: 3 CRITICAL" in judgement.notes


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        pytest.param({}, True, id="fixable"),
        pytest.param({"fix_available": "PARTIAL"}, True, id="partly-fixable"),
        pytest.param({"fix_available": None, "packages": ()}, True, id="says-nothing"),
        pytest.param({"packages": "language"}, False, id="language"),
        pytest.param({"packages": "unfixable", "fix_available": "NO"}, False, id="no-fix"),
        pytest.param({"type": FindingType.NETWORK, "packages": (), "port_begin": 22, "port_end": 22}, False, id="port"),
        pytest.param({"vulnerability": "IN-DISCONTINUED-001"}, False, id="discontinued"),
    ],
)
@pytest.mark.parametrize("became", ["stayed", "gone", "new"])
def test_what_is_removable(
    counted: Counts,
    make_delta: MakeDelta,
    make_finding: Make,
    make_package: Callable[..., Package],
    fields: dict[str, object],
    counts: bool,
    became: str,
) -> None:
    """A finding counts unless its own fields show that patching cannot remove it, whatever became of it."""
    packages = {
        "language": (make_package(manager="NODEPKG"),),
        "unfixable": (make_package(fixed_in="NotAvailable"),),
    }
    given_packages = fields.get("packages", (make_package(),))
    one = make_finding(**(fields | {"packages": packages.get(str(given_packages), given_packages)}))
    found = counted(make_delta([one] if became != "new" else [], [one] if became != "gone" else [], others=[A]))
    assert (found.total_before, found.total_after) == (counts * (became != "new"), counts * (became != "gone"))
    assert found.new == counts * (became == "new")


def test_hosts_that_were_not_scanned_twice_do_not_count(
    counted: Counts, make_delta: MakeDelta, make_finding: Make
) -> None:
    """What vanished with its host, or was not looked for, is no progress."""
    delta = make_delta([make_finding(), make_finding(host=B)], [make_finding()], gone=[B])
    assert (counted(delta).total_before, counted(delta).total_after) == (1, 1)


def test_a_rating_moves_a_finding_between_levels(judged: Judged, make_delta: MakeDelta, make_finding: Make) -> None:
    """A removable finding that was rated up makes a level worse; one without a fix does not."""
    before = make_finding(severity="MEDIUM")
    gone = make_finding("CVE-9", severity="LOW")
    fewer, worse = judged(make_delta([before, gone], [replace(before, severity="CRITICAL")]))
    assert (fewer.holds, worse.holds) == (True, False)
    assert "CRITICAL: expected at most 0, found 1" in worse.reason


def test_a_finding_without_a_fix_may_be_rated_up(judged: Judged, make_delta: MakeDelta, unfixable: Make) -> None:
    """Patching changed nothing about it."""
    before = unfixable(severity="MEDIUM")
    assert all(one.holds for one in judged(make_delta([before], [replace(before, severity="CRITICAL")])))


def test_what_lives_on_under_another_name_counts_on_both_sides(
    judged: Judged, make_delta: MakeDelta, make_finding: Make
) -> None:
    """Two vulnerabilities that became one update of Windows are no progress."""
    before = [make_finding("CVE-2026-1"), make_finding("CVE-2026-2")]
    after = [make_finding("KB5044281", related=("CVE-2026-1", "CVE-2026-2"))]
    fewer, _ = judged(make_delta(before, after))
    assert not fewer.holds
    assert fewer.facts[0].found == "2"


def test_a_contradiction_counts_as_removable(
    judged: Judged, make_delta: MakeDelta, make_finding: Make, unfixable: Make
) -> None:
    """What had a fix in the baseline and has none now is judged by the stricter of both."""
    fewer, _ = judged(make_delta([make_finding()], [unfixable()]))
    assert not fewer.holds


def test_a_waived_finding_counts_on_neither_side(judged: Judged, make_delta: MakeDelta, make_finding: Make) -> None:
    """An accepted risk that stays from week to week is a steady state too, and the sentence says that it is waived."""
    one = make_finding("CVE-1")
    waiver = {"vulnerability": "CVE-1", "reason": "r", "approver": "a", "expires": MORNING.date()}
    fewer, _ = judged(make_delta([one], [one]), waiver=[waiver])
    assert fewer.holds
    assert "1 finding remains, each explained or waived" in fewer.reason


def test_two_files_count_every_fixable_package(judged: Judged, make_delta: MakeDelta, make_finding: Make) -> None:
    """Files hold no evidence of approvals: what is fixable counts, and the note says so."""
    stays = [make_finding("CVE-1"), make_finding("CVE-2")]
    delta = make_delta(stays, [stays[0], replace(stays[1], status="CLOSED")], files={"whole": True})
    fewer, worse = judged(delta)
    assert delta.after.mode is Mode.RECORDED
    assert (fewer.holds, fewer.facts[0].expected, fewer.facts[0].found) == (True, "fewer than 2", "1")
    for judgement in (fewer, worse):
        assert any("no evidence of approvals" in note for note in judgement.notes)
    assert not judged(make_delta(stays, stays, files={"whole": True}))[0].holds


def test_every_kind_is_removable_unless_a_proof_takes_it_out() -> None:
    """Only what patching could not reach, or what the baseline did not approve, is not removable."""
    assert {kind for kind, words in EXPLANATIONS.items() if not words.removable} == {
        Kind.CONFIGURATION, Kind.NETWORK, Kind.DISCONTINUED, Kind.NO_FIX, Kind.NOT_OS_PACKAGE, Kind.OTHER_REPOSITORY,
        Kind.OLD_VERSION_KEPT, Kind.FIX_NEWER, Kind.NEEDS_SUBSCRIPTION, Kind.NOT_YET_APPROVED, Kind.FILTERED_OUT,
        Kind.NOT_APPROVED, Kind.REJECTED,
    }  # fmt: skip


_ONE = st.tuples(st.integers(0, 5), st.booleans(), st.sampled_from([one.value for one in Severity]))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(_ONE, max_size=6), after=st.lists(_ONE, max_size=6))
def test_more_left_never_helps(
    counted: Counts,
    make_delta: MakeDelta,
    make_finding: Make,
    unfixable: Make,
    before: list[tuple[int, bool, str]],
    after: list[tuple[int, bool, str]],
) -> None:
    """One more removable finding afterwards never turns FIND-1 or FIND-2 green; one without a fix turns nothing red."""

    def findings(drawn: list[tuple[int, bool, str]]) -> list[Finding]:
        return [
            (make_finding if fixable else unfixable)(f"CVE-2026-{number}", arn=f"arn:{place}", severity=severity)
            for place, (number, fixable, severity) in enumerate(drawn)
        ]

    late = LateDisclosures(PatchRuns(ROUND), MORNING)

    def outcome(*more: Finding) -> tuple[bool, bool]:
        delta = make_delta(findings(before), [*findings(after), *more], others=[A])
        found = counted(delta)
        return fewer_than_baseline(delta, late, found).holds, no_severity_worse(delta, late, found).holds

    usual = outcome()
    worse = outcome(make_finding("CVE-2099-1", severity="CRITICAL", disclosed_at=ROUND - timedelta(days=1)))
    assert all(was or not now for was, now in zip(usual, worse, strict=True))
    assert outcome(unfixable("CVE-2099-2", severity="CRITICAL")) == usual
