"""The checks: each with its outcome in a word and a sign, its reason, and its facts."""

from dataclasses import dataclass

from postpatch.model import Fact
from postpatch.verdict.run import CheckOutcome, Outcome, Run, Verdict

# A check of every host has a fact for each; those that do not hold come first.
_MOST = 60

SIGNS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.ERROR: "!",
    Outcome.NOT_ASSESSED: "○",
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.ERROR: "!",
    Verdict.PARTIAL: "◐",
}


@dataclass(frozen=True)
class CheckRow:
    """One check with the facts that are shown; `left_out` facts are not, `left_out_wrong` of which do not hold."""

    check: CheckOutcome
    facts: tuple[tuple[str, Fact], ...]
    left_out: int
    left_out_wrong: int


def checks(run: Run) -> tuple[CheckRow, ...]:
    """Return the checks in their order."""
    return tuple(_row(check) for check in run.checks)


def wrong(run: Run) -> tuple[CheckOutcome, ...]:
    """Return the checks that failed, then those that could not look: what a reader must know first."""
    order = (Outcome.FAILED, Outcome.ERROR)
    return tuple(check for outcome in order for check in run.checks if check.outcome is outcome)


def _row(check: CheckOutcome) -> CheckRow:
    facts = check.facts
    if len(facts) > _MOST:
        facts = tuple(sorted(facts, key=lambda one: one.holds))
    shown, rest = facts[:_MOST], facts[_MOST:]
    return CheckRow(check, tuple((check.id, one) for one in shown), len(rest), sum(not one.holds for one in rest))
