"""What the later of two files does not show is not gone: it was closed, or both files were asked for alike."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.model import DeltaClass, Exploits, Finding, FindingType, Judgement, Package
from postpatch.policy import Policy
from postpatch.verdict.absence import EXPORT
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import kind_of
from postpatch.verdict.changed_hosts import ChangedHosts
from postpatch.verdict.coverage import same_hosts
from postpatch.verdict.database import Database
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import PatchRuns, late_disclosures
from postpatch.verdict.findings import everything_explained, nothing_remains_patchable
from postpatch.verdict.gates import gate_limits, limits_hold
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.suppression import nothing_suppressed, suppressed_groups, suppression_of
from postpatch.verdict.waivers import Waivers

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACTIVE = json.dumps([{"filterCriteria": {"findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}]}}])
RECENT = json.dumps([{"filterCriteria": {"updatedAt": [{"startInclusive": 1}]}}])

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
Judge = Callable[[Delta], dict[str, Judgement]]
WHOLE: dict[str, Any] = {"whole": True}


@pytest.fixture(scope="session")
def judge(make_policy: Callable[..., Policy]) -> Judge:
    """Judge all that two files can show, with limits."""
    policy = make_policy(gate={"max": {"CRITICAL": 0, "HIGH": 2}})

    def judged(delta: Delta) -> dict[str, Judgement]:
        waivers, remaining = Waivers((), delta, NOW), RemainingFindings(delta, {})
        late = late_disclosures(delta, PatchRuns(NOW), NOW, gates=False)
        return {
            "SCAN-3": same_hosts(delta, ChangedHosts()),
            "FIND-1": fewer_than_baseline(delta, late),
            "FIND-2": no_severity_worse(delta, late),
            "FIND-3": nothing_new_that_was_fixable(delta, waivers, policy, late),
            "FIND-4": nothing_remains_patchable(remaining, waivers, policy),
            "FIND-5": everything_explained(remaining, waivers),
            "FIND-6": nothing_suppressed(
                delta, suppression_of(delta, None, NOW, suppressed_groups(delta, {}), late), waivers, policy
            ),
            "FIND-8": limits_hold(gate_limits(delta, waivers, policy, Exploits()), policy),
        }

    return judged


def classes(delta: Delta) -> dict[str, str]:
    """Return the class of each vulnerability."""
    return {row.vulnerability: row.delta.value for row in delta.every()}


def unchecked(judged: dict[str, Judgement]) -> set[str]:
    """Return the checks that the files do not settle."""
    return {check for check, judgement in judged.items() if not judgement.checked}


def test_what_is_closed_is_fixed(make_delta: MakeDelta, make_finding: Make, unfixable: Make, judge: Judge) -> None:
    """Where every finding that is gone has a CLOSED row, two files prove what they can."""
    before = [make_finding("CVE-1"), make_finding("CVE-2"), unfixable("CVE-3")]
    after = [replace(one, status="CLOSED") for one in before[:2]] + [before[2]]
    judged = judge(make_delta(before, after, files=WHOLE))
    assert {check for check, judgement in judged.items() if judgement.holds} == judged.keys()


@pytest.mark.parametrize(
    ("files", "proven"),
    [
        (WHOLE, False),
        (WHOLE | {"asked": ACTIVE}, True),
        (WHOLE | {"asked": RECENT}, False),
        ({"whole": None}, False),
    ],
    ids=["not-recorded", "asked-alike", "asked-for-what-changed", "of-an-older-version"],
)
def test_all_that_is_fixable_may_be_gone_or_left_out(
    make_delta: MakeDelta,
    make_finding: Make,
    unfixable: Make,
    judge: Judge,
    files: dict[str, Any],
    proven: bool,
) -> None:
    """That nothing fixable is left is what patching gives, and a filter: only the same recorded request tells which."""
    delta = make_delta([make_finding("CVE-1"), unfixable("CVE-2")], [unfixable("CVE-2")], files=files)
    assert (delta.counts.fixed, delta.counts.fixed_by_absence) == (1, 1)
    judged = judge(delta)
    expected = set() if proven else {"FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-8"}
    assert unchecked(judged) == expected
    if not proven:
        assert judged["FIND-1"].reason.startswith("Export the findings again")
        assert EXPORT in judged["FIND-1"].reason


def test_part_of_what_is_fixable_may_be_absent(make_delta: MakeDelta, make_finding: Make, judge: Judge) -> None:
    """In a whole file, of whose kinds all are there, absence is progress; that the rest was patched it never shows."""
    before = [make_finding(f"CVE-{number}") for number in range(4)]
    judged = judge(make_delta(before, before[:2], files=WHOLE))
    assert judged["FIND-1"].holds
    assert "fixed by absence: 2 of 2, for which there is no CLOSED row" in judged["FIND-1"].notes
    assert not judged["FIND-4"].holds
    cut = judge(make_delta(before, before[:2], files={"whole": False}))
    assert (cut["FIND-1"].holds, cut["FIND-1"].checked) == (False, False)


@pytest.mark.parametrize(
    ("change", "comparable"),
    [
        pytest.param({"severity": "LOW"}, False, id="severity"),
        pytest.param(
            {"type": FindingType.NETWORK, "packages": (), "protocol": "TCP", "port_begin": 22, "port_end": 22},
            False,
            id="type",
        ),
        pytest.param({"region": "eu-west-1"}, False, id="region"),
        pytest.param({"account": "210987654321"}, False, id="account"),
        pytest.param({"packages": (Package("log4j", "2.14", manager="JAR", fixed_in="2.17"),)}, False, id="language"),
        pytest.param({}, True, id="of-a-kind-that-is-there"),
    ],
)
def test_a_class_that_vanished_as_a_whole_is_not_comparable(
    make_delta: MakeDelta, make_finding: Make, unfixable: Make, judge: Judge, change: dict[str, Any], comparable: bool
) -> None:
    """Where what no patch removes vanished with its whole class, the later file may not hold that class."""
    before = [make_finding("CVE-1"), unfixable("CVE-2"), unfixable("CVE-3", **change)]
    after = [replace(before[0], status="CLOSED"), before[1]]
    delta = make_delta(before, after, files=WHOLE)
    assert classes(delta)["CVE-3"] == ("fixed" if comparable else "not_comparable")
    assert delta.counts.fixed_by_absence == int(comparable)
    assert "FIND-6" in unchecked(judge(delta))
    closed = make_delta(before, [*after, replace(before[2], status="CLOSED")], files=WHOLE)
    assert classes(closed)["CVE-3"] == "fixed"
    assert unchecked(judge(closed)) == set()


def test_a_class_of_fixable_findings_alone_is_no_progress_either(
    make_delta: MakeDelta, make_finding: Make, judge: Judge
) -> None:
    """That all of a severity is gone counts as fixed, and not as progress without a CLOSED row."""
    before = [make_finding("CVE-1"), make_finding("CVE-2", severity="LOW")]
    delta = make_delta(before, before[:1], files=WHOLE)
    assert classes(delta)["CVE-2"] == "fixed"
    assert {"FIND-1", "FIND-2", "FIND-3"} <= unchecked(judge(delta))


def test_a_host_whose_findings_are_all_closed_is_gone(
    make_delta: MakeDelta, make_finding: Make, unfixable: Make
) -> None:
    """No patch closes a finding without a fix; what patching closes leaves its host where it is."""
    before = [make_finding("CVE-1", A), unfixable("CVE-2", A), make_finding("CVE-3", B), unfixable("CVE-4", B)]
    after = [replace(one, status="CLOSED") for one in before[:3]] + [before[3]]
    delta = make_delta(before, after, files=WHOLE)
    assert classes(delta) == {
        "CVE-1": "host_gone", "CVE-2": "host_gone", "CVE-3": "fixed", "CVE-4": "remaining",
    }  # fmt: skip
    judgement = same_hosts(delta, ChangedHosts())
    assert not judgement.holds
    assert A in judgement.notes[0]
    patched = make_delta(before[:1], after[:1], files=WHOLE)
    assert classes(patched) == {"CVE-1": "fixed"}
    assert classes(make_delta(before, after))["CVE-2"] == "fixed", "AWS itself says whether a host is there"


packages = st.builds(
    Package,
    name=st.just("openssl"),
    manager=st.sampled_from(["OS", "", "JAR", "SNAP"]),
    fixed_in=st.sampled_from(["1.2", "NotAvailable", "", None]),
)
rows = st.builds(
    Finding,
    account=st.just("123456789012"),
    region=st.sampled_from(["us-east-1", "eu-west-1"]),
    host=st.sampled_from([A, B]),
    type=st.sampled_from([FindingType.PACKAGE, FindingType.PACKAGE, FindingType.NETWORK]),
    vulnerability=st.sampled_from(["CVE-1", "CVE-2", "CVE-3", "IN-DISCONTINUED-1"]),
    status=st.just("ACTIVE"),
    severity=st.sampled_from(["CRITICAL", "HIGH", "LOW"]),
    title=st.just("a title"),
    fix_available=st.sampled_from(["YES", "NO", "PARTIAL", None]),
    packages=st.lists(packages, max_size=2).map(tuple),
)


@given(st.lists(rows, min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_what_patching_cannot_remove_is_what_the_kinds_say(make_delta: MakeDelta, found: list[Finding]) -> None:
    """The query and the kinds of causes agree on every finding: there is one rule of what patching can remove."""
    numbered = [replace(one, vulnerability=f"{one.vulnerability}-{place}") for place, one in enumerate(found)]
    database: Database = make_delta(numbered, [])._db
    said = dict(database.query("SELECT vulnerability, beyond FROM baseline"))
    kinds = {one.vulnerability: EXPLANATIONS[kind_of(one)] for one in numbered}
    assert said == {name: kind.explained and not kind.patching_should for name, kind in kinds.items()}


def _identity(one: Finding) -> tuple[object, ...]:
    return (one.account, one.region, one.host, one.type, one.vulnerability)


@given(
    st.lists(rows, min_size=1, max_size=6, unique_by=_identity),
    st.lists(rows, max_size=3),
    st.sampled_from(["severity", "type", "region", "host", "status", "page"]),
    st.data(),
)
@settings(max_examples=25, deadline=None)
def test_dropping_a_class_or_a_page_turns_nothing_green(
    make_delta: MakeDelta,
    judge: Judge,
    before: list[Finding],
    new: list[Finding],
    dropped: str,
    data: st.DataObject,
) -> None:
    """Where the later file lacks rows of the baseline's findings, the whole does not pass.

    No check turns green either, unless all rows of a host are missing: SCAN-3 is red then.
    """
    states = st.tuples(
        st.sampled_from(["ACTIVE", "ACTIVE", "CLOSED", "SUPPRESSED"]), st.sampled_from(["CRITICAL", "HIGH", "LOW"])
    )
    # A finding keeps its identity: what is new has another, and what is not may be rated anew.
    known = {_identity(one) for one in before}
    seen = [replace(one, status=status, severity=rated) for one in before for status, rated in [data.draw(states)]]
    after = seen + [one for one in new if _identity(one) not in known]
    files = WHOLE
    if dropped == "page":
        # A page is missing where the file cannot show it: a bare list, lines, or pages without their requests.
        begin = data.draw(st.integers(0, len(after)))
        kept = after[:begin] + after[begin + 2 :]
        files = {"whole": False}
    else:
        value = data.draw(st.sampled_from([getattr(one, dropped) for one in seen]))
        kept = [one for one in after if getattr(one, dropped) != value]
        rated = {_identity(one): one.severity for one in before}
        if dropped == "severity" and any(rated.get(_identity(one), value) != value for one in after if one not in kept):
            return  # what was rated anew and then left out by that severity looks fixed: no file shows that
    if known <= {_identity(one) for one in kept}:
        return  # only what the baseline does not have is missing: no file shows that
    honest = judge(make_delta(before, after, files=files))
    narrowed = judge(make_delta(before, kept, files=files))
    turned = {check for check in honest if narrowed[check].holds and not honest[check].holds}
    assert not turned or not narrowed["SCAN-3"].holds
    assert not all(judgement.holds for judgement in narrowed.values())


def test_every_class_of_the_delta_is_counted(make_delta: MakeDelta, make_finding: Make, unfixable: Make) -> None:
    """What is not comparable is of the baseline, once, and out of what is compared."""
    before = [make_finding("CVE-1"), unfixable("CVE-2", severity="LOW")]
    seen = [replace(before[0], status="CLOSED"), make_finding("CVE-3")]
    delta = make_delta(before, seen, others=[A], files=WHOLE)
    assert delta.counts.baseline == delta.counts.fixed + delta.counts.not_comparable == 2
    assert delta.comparable.baseline == 1
    assert [row.vulnerability for row in delta.rows(DeltaClass.NOT_COMPARABLE)] == ["CVE-2"]
