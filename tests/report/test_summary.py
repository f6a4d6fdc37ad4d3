"""`summary.md`: the verdict in Markdown, in which nothing from AWS is markup."""

import re
from dataclasses import replace

import pytest

from postpatch.report.summary import STEP_LIMIT, summary
from postpatch.report.verdict_json import verdict_json
from postpatch.verdict.run import Outcome, Run


def told(run: Run) -> str:
    """Return a run's summary."""
    return summary(verdict_json(run))


def with_reason(run: Run, reason: str) -> Run:
    """Return the run with its first check failed for a reason."""
    first, *others = run.checks
    return replace(run, checks=(replace(first, outcome=Outcome.FAILED, reason=reason), *others))


def test_a_green_run_says_so_and_what_remains(passing: Run) -> None:
    """The verdict comes first, then SIMULATED, the counts, and what remains with its owner."""
    text = told(passing)
    assert text.startswith("## PASS: All ")
    assert "**SIMULATED, on an embedded AWS, world workshop: this proves nothing about any real host.**" in text
    assert "No check failed and every check could be evaluated." in text
    assert re.search(r"^\| all findings \| 65 \| 6 \| 60 \| 5 \| 1 \| 0 \| 0 \| 0 \| 0 \| 0 \| 0 \|$", text, re.M), text
    assert "| No fix from the vendor yet |" in text


def test_a_red_run_names_what_failed(failing: Run) -> None:
    """What failed and what could not look stand in a table with their reasons; a live run is not called simulated."""
    text = told(failing)
    assert text.startswith("## FAIL: ")
    assert "| FIND-4 | failed | " in text
    assert "\nFailed because of these: FIND-1.\n" in text
    assert "| PATCH-2 | error | the reason of PATCH-2 |" in text
    assert "SIMULATED" not in text


def test_one_reason_of_several_checks_is_one_row(passing: Run) -> None:
    """A refused call that stops checks, also such as are not neighbours, is told once."""
    same = {"SCAN-1", "PATCH-1", "FIND-8"}
    checks = (replace(one, outcome=Outcome.ERROR, reason="AccessDenied") if one.id in same else one
              for one in passing.checks)  # fmt: skip
    text = told(replace(passing, checks=tuple(checks)))
    assert "| SCAN-1, PATCH-1, FIND-8 | error | AccessDenied |" in text
    assert text.count("AccessDenied") == 1


def test_a_blind_run_compares_nothing(blind: Run) -> None:
    """Without findings there is no table of them, and no word of what remains."""
    text = told(blind)
    assert "The findings could not be compared." in text
    assert "what remains" not in text


def test_what_two_files_cannot_tell_is_said_once(recorded: Run) -> None:
    """Checks that were not assessed for one reason stand together."""
    left_out = [check.id for check in recorded.checks if check.outcome is Outcome.NOT_ASSESSED]
    checks = tuple(replace(check, reason="needs AWS") if check.id in left_out else check for check in recorded.checks)
    assert f"\nNot assessed (needs AWS): {', '.join(left_out)}.\n" in told(replace(recorded, checks=checks))


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("a|b", r"a\|b"),
        ("one\n\n# two\r\n| three |", r"one # two \| three \|"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("`rm -rf`", r"\`rm -rf\`"),
        ("[click](javascript:x)", r"\[click\](javascript:x)"),
        ("![i](http://x)", r"!\[i\](http:<!-- -->//x)"),
        ("**bold** _it_ ~~no~~", r"\*\*bold\*\* \_it\_ \~\~no\~\~"),
        ("a\\|b", r"a\\\|b"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("\u202egnp.exe", r"\[U+202E\]gnp.exe"),
        ("\x1b[31mred", r"\[U+001B\]\[31mred"),
    ],
)
def test_nothing_from_aws_is_markup(passing: Run, reason: str, shown: str) -> None:
    """Whatever a tag or a title holds, the table keeps its rows and a reader sees the text."""
    assert f"| failed | {shown} | " in told(with_reason(passing, reason))


def test_a_long_reason_is_cut(passing: Run) -> None:
    """A reason of a page stands with its beginning and its length."""
    text = told(with_reason(passing, "x" * 5_000))
    assert "x" * 600 in text
    assert "x" * 601 not in text
    assert "5,000 characters" in text


@pytest.mark.parametrize("limit", [STEP_LIMIT, 2_000, 700, 300, 90, 10, 0, -5])
def test_it_fits_into_the_room_there_is(failing: Run, limit: int) -> None:
    """However little room GitHub leaves, the summary fits, ends with a whole line, and says that it was cut."""
    text = summary(verdict_json(with_reason(failing, "é" * 500)), limit)
    assert len(text.encode()) <= max(limit, 0)
    whole = told(with_reason(failing, "é" * 500))
    if text and text != whole:
        kept, _, _ = text.partition("\n*Cut here to fit the limit")
        assert whole.startswith(kept)
        assert text.endswith("`verify.html` has the full report.*\n")
