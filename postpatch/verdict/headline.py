"""What is shown beside the verdict in every output: active findings by severity, before and after, and what rose."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from postpatch.model import DeltaClass, ExistingWindow, Severity, WindowTask
from postpatch.verdict.causes.explanations import EXPLANATIONS, HELD_BACK
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.database import IDENTITY
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.facts import count, naming
from postpatch.verdict.remaining import Explained, RemainingFindings
from postpatch.verdict.scanned_again import ScannedAgain
from postpatch.verdict.window import moment_of, next_execution

# A finding that is active under another name than before is open once, under its earlier name.
_ACTIVE = """
    SELECT 'before', severity_before, COUNT(*) FROM delta
    WHERE was_active AND type <> 'CONFIGURATION' GROUP BY severity_before
    UNION ALL
    SELECT 'after', CASE WHEN is_active THEN severity_after ELSE severity_before END AS severity, COUNT(*) FROM delta
    WHERE ((is_active AND class <> 'renamed') OR class = 'remaining') AND type <> 'CONFIGURATION' GROUP BY severity
"""


# Those with a known exploit, as each snapshot says it of a finding that is active there.
_EXPLOITED = """
    SELECT COUNT(*) FROM (
      SELECT DISTINCT {identity}, d.part FROM {relation} f JOIN delta d USING ({identity})
      WHERE {active} AND f.status = 'ACTIVE' AND f.exploit_available = 'YES' AND d.part IN ('any', f.part)
        AND d.type <> 'CONFIGURATION'
    )
"""
# Unless a finding says that there is none, one is assumed.
_FIX_FOR_NEW = f"""
    SELECT COUNT(*) > 0 FROM delta d JOIN after f USING ({IDENTITY})
    WHERE d.class IN ('new', 'resurfaced') AND f.status = 'ACTIVE'
      AND (COALESCE(f.fix_available, '') <> 'NO' OR len(f.fixable) > 0)
"""

_YEAR = timedelta(days=365.25)
_MONTH = _YEAR / 12
_UNITS = ((_YEAR, "year"), (_MONTH, "month"), (timedelta(days=1), "day"), (timedelta(hours=1), "hour"))


@dataclass(frozen=True)
class Headline:
    """The active package and network findings of all hosts by severity, `before` and `after` patching.

    `host_gone` of those before are on hosts that are gone. `warnings` say what rose, `notes` what the patch baseline
    holds back and what the next patch run will install. `scans` says for which hosts `after` is not known. `exploited`
    are those with a known exploit, before and after. `upcoming` says when patching recurs next, and `far` whether that
    is in more than a year. `resurfaced` is a sentence about the findings that earlier runs saw fixed, or nothing.
    `new` is how many were not in the baseline, CIS checks left out, and `fix_for_new` whether one of them has a fix.
    """

    before: Mapping[Severity, int] = field(default_factory=dict)
    after: Mapping[Severity, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    host_gone: int = 0
    scans: ScannedAgain = field(default_factory=ScannedAgain)
    exploited: tuple[int, int] = (0, 0)
    upcoming: str = ""
    far: bool = False
    resurfaced: str = ""
    new: int = 0
    fix_for_new: bool = True

    @property
    def known(self) -> bool:
        """Return whether a host was scanned again, so that the numbers after patching mean something."""
        return not self.scans.none

    @property
    def numbers(self) -> str:
        """Return the numbers in one line: `CRITICAL 13 → 19, HIGH 40 → 2, in all 53 → 21`."""
        gone = f"; on hosts that are gone: {self.host_gone} of those before" if self.host_gone else ""
        if not self.known:
            each = [f"{one} {self.before[one]}" for one in Severity if self.before[one] or one is Severity.CRITICAL]
            total = f"in all {sum(self.before.values())}"
            return f"active findings before: {', '.join([*each, total])}; after: not known: {self.scans.words}{gone}"
        shown = [one for one in Severity if self.before[one] or self.after[one] or one is Severity.CRITICAL]
        each = [f"{one} {self.before[one]} → {self.after[one]}" for one in shown]
        total = f"in all {sum(self.before.values())} → {sum(self.after.values())}"
        missing = f"; not known of all hosts: {self.scans.words}" if self.scans.words else ""
        exploited = f"; with a known exploit {self.exploited[0]} → {self.exploited[1]}" if any(self.exploited) else ""
        return f"active findings, before → after: {', '.join([*each, total])}{exploited}{gone}{missing}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each number that rose, CRITICAL findings and all, and for a window that is far away."""
        far = (*((self.resurfaced,) if self.resurfaced else ()), *((self.upcoming,) if self.far else ()))
        if not self.known:
            return far
        sides = (
            ("CRITICAL findings", self.before[Severity.CRITICAL], self.after[Severity.CRITICAL]),
            ("findings", sum(self.before.values()), sum(self.after.values())),
        )
        rose = [
            f"More {what} are active than before patching: {after}, and {before} before"
            for what, before, after in sides
            if after > before
        ]
        return (*rose, *((f"Review the new findings: {self.next_patching}",) if rose and self.new else ()), *far)

    @property
    def next_patching(self) -> str:
        """Return when the next patching installs the fixes of what is new, or that none does soon, or is there."""
        if not self.fix_for_new:
            return "none of them has a fix yet"
        if not self.upcoming:
            return "when patching recurs is not known, so install what has a fix"
        if self.far:
            return "no patching will install their fixes soon, so install what has a fix"
        return f"what has a fix is installed {self.upcoming.removeprefix('Patching recurs ')}, or sooner by you"

    @property
    def reported(self) -> tuple[str, ...]:
        """Return what warns of nothing: when patching recurs next, and the notes."""
        return (*((self.upcoming,) if self.upcoming and not self.far else ()), *self.notes)

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all of it, a line each."""
        return (self.numbers, *self.warnings, *self.reported)


def headline(
    delta: Delta,
    remaining: RemainingFindings | None,
    window: ExistingWindow | None,
    now: datetime | None = None,
    late: LateDisclosures | None = None,
) -> Headline:
    """Return what is shown beside the verdict as of `now`, without which no distance of the window is known.

    `late` are the findings that were disclosed after patching, where that is known.
    """
    before, after = dict.fromkeys(Severity, 0), dict.fromkeys(Severity, 0)
    for side, severity, number in delta.query(_ACTIVE):
        (before if side == "before" else after)[Severity(severity)] = number
    notes = tuple(_notes(remaining, window)) if remaining and not delta.scans.none else ()
    notes = (*(late.notes if late else ()), *notes)
    exploited = (_exploited(delta, "baseline", "d.was_active"), _exploited(delta, "after", "d.class <> 'renamed'"))
    upcoming, far = _upcoming(window, now)
    gone, back, new = delta.counts.host_gone, _resurfaced(delta), delta.counts.appeared
    return Headline(before, after, notes, gone, delta.scans, exploited, upcoming, far, back, new, _fix_for_new(delta))


def _fix_for_new(delta: Delta) -> bool:
    ((found,),) = delta.query(_FIX_FOR_NEW)
    return bool(found)


def _resurfaced(delta: Delta) -> str:
    found = [*delta.rows(DeltaClass.RESURFACED), *delta.rows(DeltaClass.RESURFACED, configuration=True)]
    if not found:
        return ""
    which = naming([f"{one.vulnerability} on {one.host}" for one in found])
    return f"{count(len(found), 'finding')} resurfaced: fixed in an earlier run, and active again: {which}"


def _exploited(delta: Delta, relation: str, active: str) -> int:
    ((number,),) = delta.query(_EXPLOITED.format(identity=IDENTITY, relation=relation, active=active))
    return int(number)


def _upcoming(window: ExistingWindow | None, now: datetime | None) -> tuple[str, bool]:
    # When patching recurs next, in words, and whether that is in more than a year.
    upcoming = next_execution(window) if window else ""
    if upcoming and window and window.tasks and not any(_installs(task) for task in window.tasks):
        return "Patching does not recur: no task that runs next installs anything", True
    if now is None or not upcoming:
        return "", False
    moment = moment_of(upcoming)
    if moment - now >= _YEAR:
        return f"Patching recurs next only on {moment:%Y-%m-%d}, {distance(moment - now)}", True
    return f"Patching recurs next on {moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {distance(moment - now)}", False


def _installs(task: WindowTask) -> bool:
    return dict(task.parameters).get("Operation") == ("Install",)


def distance(time: timedelta) -> str:
    """Return how far away a moment is, in its largest unit: `in 73 years`, `in 3 days`, `within the hour`."""
    for unit, name in _UNITS:
        if time >= unit:
            return f"in {count(round(time / unit), name)}"
    return "within the hour" if time >= timedelta() else "which is past"


def _notes(remaining: RemainingFindings, window: ExistingWindow | None) -> Iterator[str]:
    kinds = HELD_BACK | {Kind.FIX_NEWER}
    every = [*remaining.new_of(kinds), *remaining.of(kinds)]
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
