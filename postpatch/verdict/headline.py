"""What stands beside the verdict in every output: the active findings by severity, before and after, and what rose."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from postpatch.model import ExistingWindow, Severity
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import count
from postpatch.verdict.remaining import Explained, RemainingFindings

# A finding that is active under another name than before is open once, under its earlier name.
_ACTIVE = """
    SELECT 'before', severity_before, COUNT(*) FROM delta
    WHERE was_active AND type <> 'CONFIGURATION' GROUP BY severity_before
    UNION ALL
    SELECT 'after', CASE WHEN is_active THEN severity_after ELSE severity_before END AS severity, COUNT(*) FROM delta
    WHERE ((is_active AND class <> 'renamed') OR class = 'remaining') AND type <> 'CONFIGURATION' GROUP BY severity
"""


@dataclass(frozen=True)
class Headline:
    """The active package and network findings of all hosts by severity, `before` and `after` patching.

    `warnings` say what rose, `notes` what the patch baseline holds back and what the next patch run will install.
    """

    before: Mapping[Severity, int] = field(default_factory=dict)
    after: Mapping[Severity, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def numbers(self) -> str:
        """Return the numbers in one line: `CRITICAL 13 → 19, HIGH 40 → 2, in all 53 → 21`."""
        shown = [one for one in Severity if self.before[one] or self.after[one] or one is Severity.CRITICAL]
        each = [f"{one} {self.before[one]} → {self.after[one]}" for one in shown]
        total = f"in all {sum(self.before.values())} → {sum(self.after.values())}"
        return f"active findings, before → after: {', '.join([*each, total])}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each number that rose and that nobody may overlook: CRITICAL findings, and all."""
        sides = (
            ("CRITICAL findings", self.before[Severity.CRITICAL], self.after[Severity.CRITICAL]),
            ("findings", sum(self.before.values()), sum(self.after.values())),
        )
        return tuple(
            f"More {what} are active than before patching: {after}, and {before} before"
            for what, before, after in sides
            if after > before
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all of it, a line each."""
        return (self.numbers, *self.warnings, *self.notes)


def headline(delta: Delta, remaining: RemainingFindings | None, window: ExistingWindow | None) -> Headline:
    """Return what stands beside the verdict."""
    before, after = dict.fromkeys(Severity, 0), dict.fromkeys(Severity, 0)
    for side, severity, number in delta.query(_ACTIVE):
        (before if side == "before" else after)[Severity(severity)] = number
    return Headline(before, after, tuple(_notes(remaining, window)) if remaining else ())


def _notes(remaining: RemainingFindings, window: ExistingWindow | None) -> Iterator[str]:
    every = [max(group, key=lambda one: tuple(Kind).index(one.kind)) for group in remaining.new_groups()]
    every += remaining
    held_back = [one for one in every if EXPLANATIONS[one.kind].held_back]
    if held_back:
        yield f"held back by the patch baseline: {_by_severity(held_back)}"
    newer = [one for one in every if one.kind is Kind.FIX_NEWER]
    if newer:
        upcoming = next(iter(window.next_executions), "") if window else ""
        when = f"the next execution of the window, {upcoming}, installs it" if upcoming else "the next one installs it"
        yield f"{count(len(newer), 'finding')} with a fix newer than the patch run ({_by_severity(newer)}): {when}"


def _by_severity(findings: Iterable[Explained]) -> str:
    numbers = Counter(one.severity for one in findings)
    return ", ".join(f"{numbers[severity]} {severity}" for severity in Severity if numbers[severity])
