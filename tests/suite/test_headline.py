"""The headline of every output: the active findings by severity, before and after, and what rose."""

import html
import re

import pytest

NUMBERS = "active findings, before → after: CRITICAL 13 → 19, HIGH "
ROSE = "More CRITICAL findings are active than before patching: 19, and 13 before"
REVIEW = "Review the new findings: none of them has a fix yet"
LATE = "disclosed after patching, and listed separately: 18 CRITICAL, on 3 hosts"


@pytest.fixture
def outputs(rehearsed):
    """Return what a run tells in the terminal, the report, the summary and the verdict for machines."""
    ran = rehearsed("--world", "new-criticals")
    assert ran.exit == 0, ran.out
    report = html.unescape((ran.reports / "verify.html").read_text(encoding="utf-8"))
    summary = (ran.reports / "summary.md").read_text(encoding="utf-8")
    return {
        "terminal": ran.out,
        "report": re.sub(r"<[^>]+>", "", report),
        "summary": summary,
        "json": "\n".join(ran.verdict["headline"]),
    }


@pytest.mark.parametrize("output", ["terminal", "report", "summary", "json"])
def test_more_critical_findings_stand_beside_a_pass(outputs, output):
    """Patching did its work, and six CRITICAL vulnerabilities came out: every output says both, and what to do."""
    text = outputs[output]
    assert NUMBERS in text
    assert ROSE in text
    assert REVIEW in text
    assert LATE in text


def test_the_numbers_are_values_for_machines(rehearsed):
    """`active` holds the same numbers, and their sums are those of `counts`."""
    verdict = rehearsed("--world", "new-criticals").verdict
    active = verdict["active"]
    assert active["CRITICAL"] == {"before": 13, "after": 19}
    assert sum(one["before"] for one in active.values()) == verdict["counts"]["baseline"]
    assert sum(one["after"] for one in active.values()) == verdict["counts"]["after"]
