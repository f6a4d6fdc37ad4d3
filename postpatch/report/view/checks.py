"""The checks: each with its outcome as a word and a sign, its reason and its facts; and what they support."""

import re
from dataclasses import dataclass

from postpatch.model import Fact
from postpatch.report.controls import Control, controls_of, frameworks
from postpatch.verdict.run import CheckOutcome, Outcome, Run, Verdict

# A check on every host has a fact for each host; those that do not hold come first.
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
    """One check with the facts that are shown; `left_out` more are not shown, `left_out_wrong` of them do not hold.

    `same_as` is the check before it that is not proven for the same reason, if there is one.
    """

    check: CheckOutcome
    facts: tuple[Fact, ...]
    left_out: int
    left_out_wrong: int
    same_as: str


@dataclass(frozen=True)
class ControlRow:
    """A requirement of a published framework, with the checks that support it."""

    control: Control
    checks: tuple[CheckOutcome, ...]


def checks(run: Run) -> tuple[CheckRow, ...]:
    """Return the checks in their order."""
    first = {check.id: one.checks[0].id for one in run.unproven for check in one.checks[1:]}
    return tuple(_row(check, first.get(check.id, "")) for check in run.checks)


def controls(run: Run) -> tuple[ControlRow, ...]:
    """Return the requirements that any check supports, framework by framework."""
    supporting: dict[Control, list[CheckOutcome]] = {}
    for check in run.checks:
        for control in controls_of(check.id):
            supporting.setdefault(control, []).append(check)
    order = list(frameworks())
    found = sorted(supporting, key=lambda control: (order.index(control.framework.id), _by_number(control.id)))
    return tuple(ControlRow(control, tuple(supporting[control])) for control in found)


def _by_number(id_: str) -> list[tuple[int, str]]:
    # 6.3.3 before 11.3.1, and A.8.9 before A.8.32.
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", id_)]


def _row(check: CheckOutcome, same_as: str) -> CheckRow:
    facts = check.facts
    if len(facts) > _MOST:
        facts = tuple(sorted(facts, key=lambda one: one.holds))
    shown, rest = facts[:_MOST], facts[_MOST:]
    wrong = sum(not one.holds for one in rest)
    return CheckRow(check, shown, len(rest), wrong, same_as)
