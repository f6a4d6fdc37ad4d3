"""GitHub's annotations: one for what is red, one for what could not look, none for what is proven."""

from dataclasses import replace

from postpatch.model import Mode
from postpatch.report.annotations import annotations
from postpatch.verdict.run import Outcome


def test_a_proven_run_on_an_account_has_none(passing):
    """Nothing to say is nothing said."""
    assert list(annotations(replace(passing, mode=Mode.LIVE, world=""))) == []


def test_a_simulated_run_says_so_first(passing):
    """Even a green rehearsal is marked on the run's page."""
    (only,) = annotations(replace(passing, mode=Mode.SIMULATED, world="workshop"))
    assert only.startswith("::warning title=SIMULATED::")
    assert "proves nothing" in only


def test_each_red_check_is_an_error_with_its_reason(failing):
    """What failed comes with its id and the reason that the report gives."""
    red = [check for check in failing.checks if check.outcome is Outcome.FAILED]
    told = [line for line in annotations(failing) if line.startswith("::error")]
    assert told[0].startswith(f"::error title={red[0].id} failed::")
    assert red[0].reason in told[0]


def test_many_checks_that_could_not_look_share_one(blind):
    """The same reason is told once, for all the checks that rest on it."""
    checks = tuple(replace(check, reason="Could not ask who the caller is") for check in blind.checks)
    (told,) = [line for line in annotations(replace(blind, checks=checks)) if line.startswith("::error")]
    assert "title=SCAN-1%2C SCAN-2%2C" in told
    assert told.endswith(" error::Could not ask who the caller is")


def test_what_aws_says_cannot_write_a_command(failing):
    """Line ends, percent signs, colons and commas of a reason are escaped, and no line in it is a command by itself."""
    (check, *others) = failing.checks
    wicked = replace(check, id="A:B,C", outcome=Outcome.FAILED, reason="100%\n::set-output name=x::y\r")
    (first, *_) = [line for line in annotations(replace(failing, checks=(wicked, *others))) if "::error" in line]
    assert first == "::error title=A%3AB%2CC failed::100%25%0A: :set-output name=x::y[U+000D]"
