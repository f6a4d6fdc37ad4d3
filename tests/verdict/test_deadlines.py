"""Deadlines: the rows of the directive, what is not known, and what was fixed in time."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import (
    Decision,
    Exploits,
    Finding,
    FindingType,
    Host,
    Package,
    Patching,
    PatchState,
    Severity,
    Vulnrichment,
)
from postpatch.policy import DeadlinePolicy
from postpatch.verdict.deadlines import Deadlines, Known
from postpatch.verdict.delta import Delta
from tests.verdict.conftest import MOMENT

A = "i-0aaaaaaaaaaaaaaa1"
CVE = "CVE-2024-1000"
NOW = MOMENT + timedelta(days=1)
SEEN = MOMENT - timedelta(days=2)
INTERNAL = (("exposure", "internal"),)

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
Days = Callable[..., int | None]

# KEV, exposed, automatable, technical impact: days; None is the next upgrade. BOD 26-04, Table 1.
TABLE_1 = {
    "YYYT": 3, "YYNT": 3, "YNYT": 3, "YYYP": 3, "NYYT": 3, "YYNP": 14, "YNYP": 14, "YNNT": 14,
    "YNNP": 14, "NYYP": 14, "NYNT": 14, "NYNP": 60, "NNYT": 60, "NNYP": 60, "NNNT": None, "NNNP": None,
}  # fmt: skip


@pytest.fixture
def deadlines(make_delta: MakeDelta) -> Callable[..., Deadlines]:
    """Return the deadlines of findings that are active now."""

    def made(
        policy: dict[str, Any], after: Iterable[Finding], baseline: Iterable[Finding] = (), **known: Any
    ) -> Deadlines:
        found = DeadlinePolicy.model_validate(policy)
        return Deadlines(make_delta(baseline, after, others=[A]), found, Known(**known), NOW)

    return made


@pytest.fixture
def days(deadlines: Callable[..., Deadlines], make_finding: Make) -> Days:
    """Return in how many days a finding of a preset must be gone, by letters of Table 1, where `?` is not known."""

    def of(letters: str, **changes: Any) -> int | None:
        kev, exposed, automatable, impact = letters
        one = make_finding(CVE, first_observed_at=SEEN, **changes)
        port = make_finding("", type=FindingType.NETWORK, protocol="TCP", port_begin=22, port_end=22, packages=())
        decision = Decision({"Y": True, "N": False}.get(automatable), {"T": "total", "P": "partial"}.get(impact))
        found = deadlines(
            {"preset": "bod-26-04", "internal_tag": {"key": "exposure", "value": "internal"}},
            [one, *([port] if exposed == "Y" else [])],
            exploits=Exploits({} if kev == "?" else {CVE: kev == "Y"}),
            vulnrichment=Vulnrichment({CVE: decision}),
            hosts=(Host(A, tags=INTERNAL if exposed == "N" else ()),),
        ).of(one)
        assert found is not None
        return (found.due - SEEN).days if found.due else None

    return of


@pytest.mark.parametrize(("letters", "expected"), TABLE_1.items())
def test_the_sixteen_rows_of_the_directive(days: Days, letters: str, expected: int | None) -> None:
    """Each row of Table 1 allows what the directive allows."""
    assert days(letters) == expected


@pytest.mark.parametrize("letters", ["????", "?NNP", "N?NP", "NN?P", "NNN?", "Y?NT", "?YNP", "N?YT", "NY??"])
def test_what_is_not_known_leaves_less_time(days: Days, letters: str) -> None:
    """Of all rows that may apply the one with the fewest days counts; an unknown exposure counts as exposed."""

    def may_be(row: str) -> bool:
        return all(given == "?" or given == one for given, one in zip(letters, row, strict=True))

    allowed = [number for row, number in TABLE_1.items() if may_be(row) and (letters[1] != "?" or row[1] == "Y")]
    assert days(letters) == min((number for number in allowed if number is not None), default=None)


def test_an_open_port_is_exposed_whatever_a_tag_says(deadlines: Callable[..., Deadlines], make_finding: Make) -> None:
    """The policy's word does not stand against a finding of Inspector; each input says where it came from."""
    one = make_finding(CVE, first_observed_at=SEEN)
    port = make_finding("", type=FindingType.NETWORK, protocol="TCP", port_begin=22, port_end=22, packages=())
    policy = {"preset": "bod-26-04", "internal_tag": {"key": "exposure", "value": "internal"}}
    found = deadlines(policy, [one, port], hosts=(Host(A, tags=INTERNAL),)).of(one)
    assert found
    inputs = {each.name: (each.value, each.source) for each in found.inputs}
    assert inputs["exposed"] == ("yes", "Inspector: TCP 22 is reachable from the network")
    assert inputs["kev"] == ("not known", "counts as what leaves less time")
    assert inputs["from"] == (f"{SEEN:%Y-%m-%d}", "Inspector's firstObservedAt")


def test_the_catalogs_date_counts_if_it_is_earlier(deadlines: Callable[..., Deadlines], make_finding: Make) -> None:
    """CISA's own due date is a deadline too, through the end of that day."""
    one = make_finding(CVE, first_observed_at=SEEN)
    exploits = Exploits({CVE: True}, {CVE: date(2026, 11, 19)})
    found = deadlines({"preset": "bod-26-04"}, [one], exploits=exploits)
    deadline = found.of(one)
    assert deadline
    assert deadline.due
    assert deadline.due.date() == date(2026, 11, 19)
    assert deadline.words.endswith("or CISA's date")
    assert deadline.overdue_days(NOW) == 2
    assert found.counts.overdue == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"packages": (), "fix_available": "NO"}, None),
        ({"packages": (Package("a", manager="OS", fixed_in="NotAvailable"),), "fix_available": "NO"}, None),
        ({"type": FindingType.NETWORK, "protocol": "TCP", "port_begin": 22, "port_end": 22, "packages": ()}, None),
        ({"type": FindingType.CONFIGURATION, "packages": ()}, None),
        ({}, 7),
    ],
)
def test_only_what_has_a_fix_has_a_deadline(
    deadlines: Callable[..., Deadlines], make_finding: Make, changes: dict[str, Any], expected: int | None
) -> None:
    """A finding that nobody can fix yet, a port and a setting have none."""
    one = make_finding(CVE, first_observed_at=SEEN, severity="HIGH", **changes)
    found = deadlines({"days": {"HIGH": 7}}, [one]).of(one)
    assert (found and found.due and (found.due - SEEN).days) == expected


def test_where_the_days_began_is_not_known_it_is_overdue(
    deadlines: Callable[..., Deadlines], make_finding: Make
) -> None:
    """A finding without any date counts as overdue, unless the rule sets it no deadline."""
    one = make_finding(CVE, first_observed_at=None, disclosed_at=None, severity="HIGH")
    found = deadlines({"days": {"HIGH": 7}}, [one])
    assert found.is_overdue(one)
    assert not found.is_overdue(replace(one, severity="LOW"))


def test_a_finding_that_reopened_keeps_its_first_date(deadlines: Callable[..., Deadlines], make_finding: Make) -> None:
    """The earlier of both snapshots counts, whatever date the newer one gives."""
    before = make_finding(CVE, first_observed_at=SEEN, severity="HIGH")
    now = replace(before, first_observed_at=MOMENT)
    found = deadlines({"days": {"HIGH": 7}}, [now], [before]).of(now)
    assert found
    assert found.due == SEEN + timedelta(days=7)


def test_fixed_too_late_is_not_fixed_in_time(deadlines: Callable[..., Deadlines], make_finding: Make) -> None:
    """What is gone is counted by when its host was patched."""
    installed = MOMENT - timedelta(hours=1)
    states = (PatchState(A, "Install", installed - timedelta(minutes=5), installed, "pb-1", 1),)
    gone = [
        make_finding("CVE-2024-1", first_observed_at=installed - timedelta(days=6), severity="HIGH"),
        make_finding("CVE-2024-2", first_observed_at=installed - timedelta(days=8), severity="HIGH"),
        make_finding("CVE-2024-3", first_observed_at=installed - timedelta(days=8), severity="LOW"),
    ]
    counts = deadlines({"days": {"HIGH": 7}}, [], gone, patching=Patching(states)).counts
    assert (counts.fixed_in_time, counts.fixed_late, counts.overdue, counts.pending) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("preset", "severity", "exploit", "score", "expected"),
    [
        ("essential-eight", "CRITICAL", "NO", 9.0, 2),
        ("essential-eight", "LOW", "YES", 3.0, 2),
        ("cyber-essentials", "HIGH", "NO", 8.0, 14),
        ("cyber-essentials", "MEDIUM", "NO", 7.0, 14),
        ("cyber-essentials", "MEDIUM", "NO", 6.9, None),
        ("cyber-essentials", "MEDIUM", "NO", None, 14),
        ("pci-dss", "CRITICAL", "NO", 9.0, 30),
        ("pci-dss", "HIGH", "NO", 9.0, None),
        ("fedramp", "HIGH", "NO", 8.0, 30),
        ("fedramp", "MEDIUM", "NO", 5.0, 90),
        ("fedramp", "LOW", "NO", 3.0, 180),
        ("fedramp", "UNTRIAGED", "NO", None, 30),
    ],
)
def test_the_other_presets(
    deadlines: Callable[..., Deadlines], make_finding: Make, preset: str, severity: str, exploit: str,
    score: float | None, expected: int | None,
) -> None:  # fmt: skip
    """Each preset has the days of its source, from the disclosure or from when it was seen."""
    one = make_finding(
        CVE, severity=severity, exploit_available=exploit, score=score, disclosed_at=SEEN, first_observed_at=SEEN
    )
    found = deadlines({"preset": preset}, [one], exploits=Exploits({CVE: False})).of(one)
    assert found
    assert (found.due and (found.due - SEEN).days) == expected


@given(st.dictionaries(st.sampled_from([*Severity]), st.integers(1, 400), min_size=1), st.sampled_from([*Severity]))
def test_days_by_severity(limits: dict[Severity, int], severity: Severity) -> None:
    """A severity has the days of the policy or none; what is not rated has the fewest of them."""
    rule = DeadlinePolicy.model_validate({"days": {one.value: number for one, number in limits.items()}}).rule
    row = next(row for row in rule.rows if not row.when or severity.value in dict(row.when)["severity"])
    unrated = min(limits.values()) if severity is Severity.UNTRIAGED else None
    assert row.days == limits.get(severity, unrated)
