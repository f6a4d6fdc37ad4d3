"""The outcome of a check."""

from dataclasses import dataclass
from enum import StrEnum

from postpatch.model import Fact


class Outcome(StrEnum):
    """The outcome of a check. ERROR: it could not be checked. NOT_ASSESSED: it was out of scope or deselected."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    NOT_ASSESSED = "not assessed"


@dataclass(frozen=True)
class CheckOutcome:
    """One check of the run: `sentence` is what it proves, `reason` is why it has this outcome."""

    id: str
    sentence: str
    outcome: Outcome
    reason: str
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    declared: bool = False
