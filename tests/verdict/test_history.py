"""The history of several rounds: time to fix, what came back, what was accepted for longer."""

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from postpatch.model import Finding, Severity
from postpatch.model.round import Accepted, Round
from postpatch.report.delta_csv import COLUMNS
from postpatch.verdict.history import History, histories
from tests.report.runs import finding, snapshot

WEEK = timedelta(days=7)
FIRST = datetime(2026, 10, 1, 8, tzinfo=UTC)


def make_round(folder: Path, number: int, states: Mapping[str, str], **changes: object) -> Round:
    """Return a round a week after the one before; `states` says what became of each vulnerability of one host."""
    here = folder / str(number)
    here.mkdir()
    ended = FIRST + number * WEEK
    with (here / "delta.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for vulnerability, state in states.items():
            before = "" if state == "new" else "HIGH"
            after = "HIGH" if state in ("new", "remaining") else ""
            writer.writerow(
                _row(finding(vulnerability)) | {"class": state, "severity_before": before, "severity_after": after}
            )
    seen = [
        finding(name, first_observed_at=ended - timedelta(days=10)) for name, state in states.items() if state != "new"
    ]
    snapshot(here / "baseline.ndjson.gz", seen)
    usual = {
        "folder": here, "run": f"run-{number}", "finished_at": ended, "verdict": "PASS", "subject": "stack pww",
        "active": {Severity.HIGH: sum(state in ("new", "remaining") for state in states.values())},
        "baseline_at": ended - timedelta(days=1), "delta": here / "delta.csv", "before": here / "baseline.ndjson.gz",
    }  # fmt: skip
    return Round(**(usual | changes))  # type: ignore[arg-type]


def _row(one: Finding) -> dict[str, str]:
    return {
        "account": one.account, "region": one.region, "host": one.host, "type": one.type,
        "vulnerability": one.vulnerability, "title": one.title,
    }  # fmt: skip


def only(rounds: Iterable[Round]) -> History:
    """Return the one history of these rounds."""
    (found,) = histories(rounds)
    return found


def test_six_rounds_with_one_finding_that_came_back(tmp_path: Path) -> None:
    """What round 2 fixed and round 4 shows again is named, with both dates; what stayed fixed is not."""
    states = [
        {"CVE-1": "remaining", "CVE-2": "remaining"},
        {"CVE-1": "fixed", "CVE-2": "fixed"},
        {"CVE-3": "new"},
        {"CVE-1": "new", "CVE-3": "fixed"},
        {"CVE-1": "remaining"},
        {"CVE-1": "fixed"},
    ]
    found = only(make_round(tmp_path, number, one) for number, one in enumerate(states))
    (back,) = found.resurfaced
    expected = ("CVE-1", FIRST + WEEK, FIRST + 3 * WEEK, False)
    assert (back.what, back.fixed_at, back.again_at, back.still) == expected


def test_time_to_fix_counts_each_fix_once(tmp_path: Path) -> None:
    """Two runs on the same baseline see the same fix: the first of them counts, ten days after Inspector saw it."""
    first = make_round(tmp_path, 0, {"CVE-1": "fixed", "CVE-2": "fixed", "CVE-3": "remaining"})
    (tmp_path / "again").mkdir()
    again = make_round(tmp_path / "again", 1, {"CVE-1": "fixed"}, before=first.before, baseline_at=first.baseline_at)
    (times,) = only([first, again]).times
    assert (times.severity, times.fixed, times.undated) == (Severity.HIGH, 2, 0)
    assert times.median == pytest.approx(10.0)
    assert times.nine_of_ten == pytest.approx(10.0)


def test_a_fix_without_a_date_is_counted_as_one(tmp_path: Path) -> None:
    """A round whose baseline is not there still fixed what it fixed; how long it took is not known."""
    (times,) = only([make_round(tmp_path, 0, {"CVE-1": "fixed"}, before=None)]).times
    assert (times.fixed, times.median, times.undated) == (1, None, 1)


def test_a_second_run_on_the_same_baseline_shows_nothing_that_came_back(tmp_path: Path) -> None:
    """The baseline of both runs has the finding; it was taken before the fix."""
    first = make_round(tmp_path, 0, {"CVE-1": "fixed"})
    again = make_round(tmp_path, 1, {"CVE-1": "fixed"}, baseline_at=first.baseline_at)
    assert only([first, again]).resurfaced == ()


def test_a_finding_of_a_later_baseline_came_back(tmp_path: Path) -> None:
    """Active again before the next round, and fixed by it: it came back nevertheless."""
    (back,) = only([make_round(tmp_path, n, {"CVE-1": "fixed"}) for n in range(2)]).resurfaced
    assert (back.again_at, back.still) == (FIRST + WEEK - timedelta(days=1), False)


def test_simulated_and_altered_rounds_stay_apart(tmp_path: Path) -> None:
    """A rehearsal is a history of its own, and nothing of an altered pack is used."""
    real = make_round(tmp_path, 0, {"CVE-1": "fixed"})
    rehearsal = make_round(tmp_path, 1, {"CVE-1": "new"}, simulated=True)
    altered = make_round(tmp_path, 2, {"CVE-1": "new"}, altered=("delta.csv: altered",))
    found = histories([real, rehearsal, altered])
    assert [(one.simulated, len(one.rounds), one.resurfaced) for one in found] == [(False, 1, ()), (True, 1, ())]


def test_rounds_without_proof_are_named(tmp_path: Path) -> None:
    """A run that came to no verdict proves nothing of its round."""
    rounds = [
        make_round(tmp_path, n, {}, verdict=verdict) for n, verdict in enumerate(("PASS", "ERROR", "PARTIAL", "FAIL"))
    ]
    assert [one.verdict for one in only(rounds).unproven] == ["ERROR", "PARTIAL"]


def test_risks_accepted_longer_than_at_first(tmp_path: Path) -> None:
    """A waiver that was extended, or that had expired when a round still needed it, is named; another is not."""

    def waived(until: date, what: str = "CVE-1", findings: int = 1) -> Accepted:
        return Accepted(what, "i-1", "a.person", until, "accepted", findings)

    soon, later = date(2026, 10, 3), date(2026, 12, 1)
    steady = waived(later, "CVE-9")
    rounds = [
        make_round(tmp_path, 0, {}, accepted=(waived(soon), steady)),
        make_round(tmp_path, 1, {}, accepted=(waived(soon), steady)),
        make_round(tmp_path, 2, {}, accepted=(waived(later), steady)),
    ]
    (risk,) = only(rounds).accepted
    assert (risk.what, risk.first, risk.last, risk.extended, risk.expired) == ("CVE-1", soon, later, 1, 1)
