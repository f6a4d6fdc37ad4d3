"""What the exports say of findings: those that remain, are new, or were fixed, each once and in the delta's order."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from postpatch.model import Finding
from postpatch.verdict.causes.explanations import EXPLANATIONS, Explanation
from postpatch.verdict.causes.kinds import ORDER
from postpatch.verdict.delta import by_identity
from postpatch.verdict.remaining import Explained
from postpatch.verdict.run import Run


class State(StrEnum):
    """What became of a finding.

    What resurfaced is new; what is not comparable, not scanned, suppressed or on a host that is gone has none.
    """

    REMAINING = "remaining"
    NEW = "new"
    FIXED = "fixed"


@dataclass(frozen=True)
class Stated:
    """A finding with its state; `explained` is why it is active, None for one that was fixed."""

    finding: Finding
    state: State
    explained: Explained | None = None

    @property
    def why(self) -> Explanation | None:
        """Return in words why the finding is active."""
        return EXPLANATIONS[self.explained.kind] if self.explained else None


def active(run: Run) -> Iterator[Stated]:
    """Yield the findings that are active now, each identity once; nothing if findings could not be compared."""
    if run.remaining is None or run.delta is None or run.delta.scans.none:
        return
    for one in run.remaining:
        yield Stated(one.finding, State.REMAINING, one)
    for group in run.remaining.new_groups():
        one = max(group, key=lambda found: ORDER.index(found.kind))
        yield Stated(one.finding, State.NEW, one)


def fixed(run: Run) -> Iterator[Stated]:
    """Yield the findings of the baseline that were fixed, each identity once."""
    if run.delta is None or run.delta.scans.none:
        return
    for group in by_identity(run.delta.vanished()):
        yield Stated(group[0], State.FIXED)
