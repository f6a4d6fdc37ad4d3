"""Where hosts were not scanned again, no output reads as if nothing were left on them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from postpatch.model import DeltaClass, FindingType
from postpatch.report.claims import page_contradictions, summary_contradictions
from postpatch.report.html import render_sections
from postpatch.report.summary import summary
from postpatch.report.verdict_json import verdict_json
from postpatch.verdict.headline import headline
from postpatch.verdict.run import Run
from tests.report.runs import HOSTS, finding, make_delta, with_delta

ALL = "not known: 3 of 3 hosts were not scanned again"
SOME = "ot known of all hosts: 1 of 3 hosts was not scanned again"
SETTING = finding("5.1.20", type=FindingType.CONFIGURATION, severity="MEDIUM", title="root login", packages=())


@pytest.fixture
def unscanned(passing: Run, tmp_path: Path) -> Callable[..., Run]:
    """Make a run after which some hosts, or all, were not scanned again."""

    def make(*hosts: str, settings: bool = False) -> Run:
        listed = [finding(f"CVE-{place}", host) for place, host in enumerate(HOSTS)] + [SETTING] * settings
        delta = make_delta(tmp_path, listed, listed, unscanned=hosts)
        return replace(with_delta(passing, delta), headline=headline(delta, None, None), id="b8f1a2")

    return make


def test_without_any_scan_every_output_says_not_known(
    read: Callable[[str], Any], unscanned: Callable[..., Run]
) -> None:
    """No number after patching is shown, neither in the head nor in a section, the table or the terminal."""
    run = unscanned(*HOSTS)
    page = f'<h1 id="title">SIMULATED: Patch verification</h1>{render_sections(run)}'
    text, verdict = read(page).text, verdict_json(run)
    for section in ("Change by severity", "What was fixed", "What remains, and why", "What is new"):
        assert f"{section} SIMULATED N{ALL[1:]}." in text
    for zero in (
        "No finding remains.",
        "Nothing was fixed",
        "Nothing is new",
        "All severities",
        "remain 0",
        "0 findings",
    ):
        assert zero not in text
    assert "3 → " not in text
    assert f"Findings after patching: {ALL}." in summary(verdict)
    assert "No finding of the baseline remains" not in summary(verdict)
    assert run.numbers == f"findings: baseline 3; after, and what became of each: {ALL}"
    assert not [*page_contradictions(page, verdict), *summary_contradictions(summary(verdict), verdict)]
    assert verdict["active"]
    assert {one["after"] for one in verdict["active"].values()} == {None}
    assert verdict["scanned_again"] == {
        "hosts": 3, "missing": list(HOSTS), "none": True, "sentence": "3 of 3 hosts were not scanned again",
    }  # fmt: skip


def test_settings_that_the_cis_scan_checked_are_shown(
    read: Callable[[str], Any], unscanned: Callable[..., Run]
) -> None:
    """The CIS scan is one of its own: what it found is known."""
    run = unscanned(*HOSTS, settings=True)
    text = read(render_sections(run)).text
    assert "Why 1 failed CIS check remain" in text
    assert "Remaining findings by cause Cause Findings Hosts Who must act What it means for the patching Config" in text
    assert "| Configuration, not a package | 0 | 1 |" in summary(verdict_json(run))


def test_with_some_scans_the_numbers_say_of_which_hosts_they_are(
    read: Callable[[str], Any], unscanned: Callable[..., Run]
) -> None:
    """The host's own row, the head and every section about findings say that one host is missing."""
    run = unscanned(HOSTS[0])
    text, verdict = read(render_sections(run)).text, verdict_json(run)
    assert text.count(f"N{SOME}.") == 4
    assert f"{HOSTS[0]} " in text
    assert f"n{SOME}" in run.numbers
    assert f"N{SOME}." in summary(verdict)
    assert verdict["scanned_again"]
    assert (verdict["scanned_again"]["missing"], verdict["scanned_again"]["none"]) == ([HOSTS[0]], False)


def test_a_run_that_scanned_every_host_says_nothing_of_it(read: Callable[[str], Any], unscanned: Any) -> None:
    """Where everything is known nothing is added."""
    run = unscanned()
    assert "not known" not in run.numbers
    assert "Not known" not in read(render_sections(run)).text
    assert "ot known" not in summary(verdict_json(run))


def test_every_outcome_is_in_the_terminal_and_in_the_summary(passing: Run) -> None:
    """The outcomes of a finding stand in both, zero or not."""
    outcomes = [one.value.replace("_", " ") for one in DeltaClass]
    assert all(f" {outcome}" in passing.numbers for outcome in outcomes)
    assert f"| {' | '.join(outcomes)} |" in summary(verdict_json(passing))


def test_findings_and_cis_checks_are_counted_apart(passing: Run) -> None:
    """Their sums are those of the two kinds of counts, and no number adds both."""
    rows = [line.split(" | ") for line in summary(verdict_json(passing)).splitlines() if line.startswith("| ")]
    start = next(place for place, row in enumerate(rows) if row[0] == "| what remains")
    found = [(int(row[1]), int(row[2])) for row in rows[start + 2 :]]
    assert passing.delta
    assert sum(one for one, _ in found) == passing.delta.counts.remaining
    assert sum(one for _, one in found) == passing.delta.configuration.remaining > 0
