"""What is shown beside the verdict: active findings by severity, before and after, and what rose."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from postpatch.model import ExistingWindow, Finding, Severity
from postpatch.verdict import settled
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.delta import Delta
from postpatch.verdict.headline import headline
from postpatch.verdict.remaining import RemainingFindings

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
B = "i-0aaaaaaaaaaaaaaa2"


def test_the_numbers_are_those_of_all_hosts(make_delta: MakeDelta, make_finding: Make, root_login: Make) -> None:
    """Every package and network finding counts by what it was rated then and is rated now, CIS checks never."""
    one, other = make_finding("CVE-1", severity="HIGH"), make_finding("CVE-2", severity="LOW")
    gone = make_finding("CVE-3", host=B, severity="LOW")
    delta = make_delta([one, other, gone, root_login()], [replace(one, severity="MEDIUM"), root_login()], gone=[B])
    found = headline(delta, None, None)
    assert found.numbers == (
        "active findings, before → after: CRITICAL 0 → 0, HIGH 1 → 0, MEDIUM 0 → 1, LOW 2 → 0, in all 3 → 1"
        "; on hosts that are gone: 1 of those before"
    )
    assert found.warnings == ()
    assert sum(found.before.values()) == delta.counts.baseline
    assert sum(found.after.values()) == delta.counts.after


def test_a_renamed_finding_is_open_once_under_its_earlier_name(make_delta: MakeDelta, make_finding: Make) -> None:
    """The numbers agree with the counts of the delta."""
    before = [make_finding("CVE-1"), make_finding("CVE-2")]
    delta = make_delta(before, [make_finding("KB5044281", related=("CVE-1", "CVE-2"))])
    assert headline(delta, None, None).after[Severity.HIGH] == delta.counts.after == 2


@pytest.mark.parametrize(
    ("before", "after", "warnings"),
    [
        ("LL", "CL", ("More CRITICAL findings are active than before patching: 1, and 0 before",)),
        (
            "C",
            "CC",
            (
                "More CRITICAL findings are active than before patching: 2, and 1 before",
                "More findings are active than before patching: 2, and 1 before",
            ),
        ),
        ("C", "LL", ("More findings are active than before patching: 2, and 1 before",)),
        ("CL", "C", ()),
    ],
)
def test_what_rose_is_said(
    make_delta: MakeDelta, make_finding: Make, before: str, after: str, warnings: tuple[str, ...]
) -> None:
    """More CRITICAL findings, or more in all, is said in a sentence of its own."""
    names = {"C": "CRITICAL", "L": "LOW"}

    def rated(letters: str) -> list[Finding]:
        return [make_finding(f"CVE-{place}", severity=names[letter]) for place, letter in enumerate(letters)]

    said = headline(make_delta(rated(before), rated(after)), None, None).warnings
    review = "Review the new findings: when patching recurs is not known, so install what has a fix"
    # A finding that is only rated worse than before is not new.
    assert said == (*warnings, *([review] if len(after) > len(before) else []))


def test_new_findings_without_a_fix_are_not_to_be_installed(
    make_delta: MakeDelta, make_finding: Make, unfixable: Make
) -> None:
    """Where no new finding has a fix, it is said; one that has a fix is enough to install something."""
    none = headline(make_delta([], [unfixable("CVE-1")]), None, None).warnings
    assert none[-1] == "Review the new findings: none of them has a fix yet"
    one = headline(make_delta([], [unfixable("CVE-1"), make_finding("CVE-2")]), None, None).warnings
    assert one[-1].endswith("so install what has a fix")


def test_what_is_new_has_a_next_step(
    make_delta: MakeDelta, make_finding: Make, make_standing: Callable[..., ExistingWindow]
) -> None:
    """The next execution of the window installs what has a fix, and it is said when that is."""
    upcoming = "2026-12-02T02:00Z"
    standing = make_standing(window={"next_execution": upcoming}, next_executions=(upcoming,))
    now = datetime(2026, 11, 29, 2, tzinfo=UTC)
    said = headline(make_delta([], [make_finding("CVE-1", severity="HIGH")]), None, standing, now).warnings
    assert said[-1] == (
        "Review the new findings: what has a fix is installed next on 2026-12-02 02:00 UTC, in 3 days, or sooner by you"
    )


@pytest.mark.parametrize(
    ("upcoming", "warnings"),
    [
        ("2099-12-01T00:00Z", ("Patching recurs next only on 2099-12-01, in 73 years",)),
        ("2027-12-01T00:00Z", ("Patching recurs next only on 2027-12-01, in 1 year",)),
        ("2027-01-01T00:00Z", ()),
        ("", ()),
    ],
)
def test_a_window_that_is_years_away_is_said(
    make_delta: MakeDelta, make_standing: Callable[..., ExistingWindow], upcoming: str, warnings: tuple[str, ...]
) -> None:
    """A policy that was copied with its start date recurs for nobody who reads the verdict."""
    standing = make_standing(window={"next_execution": upcoming}, next_executions=(upcoming,) if upcoming else ())
    delta, now = make_delta([], [], others=[B]), datetime(2026, 11, 29, tzinfo=UTC)
    assert headline(delta, None, standing, now).warnings == warnings
    assert headline(delta, None, standing).warnings == ()
    assert headline(make_delta([], [], unscanned=[B]), None, standing, now).warnings == warnings


def test_what_is_held_back_and_what_the_next_run_installs(
    make_delta: MakeDelta,
    make_finding: Make,
    make_standing: Callable[..., ExistingWindow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both are listed by severity, the second with the next execution of the window."""
    stay = [make_finding("CVE-1", severity="CRITICAL"), make_finding("CVE-2"), make_finding("CVE-3", severity="LOW")]
    delta = make_delta(stay, stay)
    kinds = {"CVE-1": Kind.NOT_APPROVED, "CVE-2": Kind.FIX_NEWER, "CVE-3": Kind.REJECTED}
    monkeypatch.setattr(settled, "cause_of", lambda finding, _: (kinds[finding.vulnerability], (("a", "proof"),)))
    stories = {one.host: HostStory() for one in stay}
    assert headline(delta, RemainingFindings(delta, stories), make_standing()).notes == (
        "held back by the patch baseline: 1 CRITICAL, 1 LOW",
        "1 finding with a fix newer than the patch run (1 HIGH): the next execution of the window, 2099-12-01T00:00Z, "
        "installs it",
    )
    without = headline(delta, RemainingFindings(delta, stories), None).notes[1]
    assert without.endswith("the next one installs it")


def test_a_window_that_installs_nothing_patches_never(
    make_delta: MakeDelta, make_standing: Callable[..., ExistingWindow]
) -> None:
    """Where no task of the window installs, its next execution is none of patching."""
    standing = make_standing(next_executions=("2027-12-01T00:00Z",))
    scans = replace(standing.tasks[0], parameters=(("Operation", ("Scan",)),))
    now = datetime(2026, 11, 20, tzinfo=UTC)
    found = headline(make_delta([], []), None, replace(standing, tasks=(scans,)), now)
    assert found.warnings == ("Patching does not recur: no task that runs next installs anything",)
