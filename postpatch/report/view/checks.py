"""The checks: each with its outcome as a word and a sign, its reason, its facts, and related controls."""

from dataclasses import dataclass

from postpatch.model import Fact
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.run import CheckOutcome, Outcome, Run, Verdict

# A check on every host has a fact for each host; those that do not hold come first.
_MOST = 60
_CONTROLS = {check.id: check.controls for check in CHECKS}

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
    """One check with the facts that are shown; `left_out` more are not shown, `left_out_wrong` of them do not hold.

    `same_as` is the check before it that is not proven for the same reason, if there is one.
    """

    check: CheckOutcome
    facts: tuple[Fact, ...]
    left_out: int
    left_out_wrong: int
    controls: tuple[str, ...]
    same_as: str


@dataclass(frozen=True)
class ControlRow:
    """A control of a published standard, with the related checks."""

    name: str
    checks: tuple[CheckOutcome, ...]


def checks(run: Run) -> tuple[CheckRow, ...]:
    """Return the checks in their order."""
    first = {check.id: one.checks[0].id for one in run.unproven for check in one.checks[1:]}
    return tuple(_row(check, first.get(check.id, "")) for check in run.checks)


def controls(run: Run) -> tuple[ControlRow, ...]:
    """Return the controls that are related to any check."""
    names = sorted({control for check in run.checks for control in _CONTROLS.get(check.id, ())})
    return tuple(
        ControlRow(name, tuple(check for check in run.checks if name in _CONTROLS.get(check.id, ()))) for name in names
    )


def _row(check: CheckOutcome, same_as: str) -> CheckRow:
    facts = check.facts
    if len(facts) > _MOST:
        facts = tuple(sorted(facts, key=lambda one: one.holds))
    shown, rest = facts[:_MOST], facts[_MOST:]
    wrong = sum(not one.holds for one in rest)
    return CheckRow(check, shown, len(rest), wrong, _CONTROLS.get(check.id, ()), same_as)
