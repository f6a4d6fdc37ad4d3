"""What patching changed: counts by severity, findings by outcome, and those that are no longer active."""

from dataclasses import dataclass

from postpatch.model import DeltaClass, Severity
from postpatch.report.view.listing import Lines, Listing, Space, line
from postpatch.report.words import number
from postpatch.verdict.alike import alike
from postpatch.verdict.delta import Counts, Delta
from postpatch.verdict.scanned_again import ScannedAgain

# Each outcome with its name in the report and its meaning.
_CLASSES = {
    DeltaClass.FIXED: (
        "Fixed",
        "In the baseline, gone now, and the host was scanned again. Only this counts as fixed. Of two exported files: "
        "CLOSED in the later one, or absent there while its host has other rows.",
    ),
    DeltaClass.REMAINING: ("Remaining", "In the baseline and still active."),
    DeltaClass.NEW: ("New", "Active now, and not in the baseline."),
    DeltaClass.RESURFACED: ("Resurfaced", "New, and an earlier run whose pack is kept saw it fixed. Judged as new."),
    DeltaClass.HOST_GONE: ("Host gone", "The host no longer exists. Never counted as fixed."),
    DeltaClass.NOT_SCANNED: (
        "Not scanned",
        "The host was not scanned again, or the CIS check on it not evaluated. Never counted as fixed.",
    ),
    DeltaClass.SUPPRESSED: ("Suppressed", "Hidden by a suppression rule since the baseline. Never counted as fixed."),
    DeltaClass.NOT_COMPARABLE: (
        "Not comparable",
        "Gone, and what found it before was not scanned in the same way again, or the later file shows no finding of "
        "its kind. Never counted as fixed.",
    ),
    DeltaClass.RENAMED: ("Renamed", "Active under another name; counted as remaining under its earlier one."),
}
_NOT_VISIBLE = (
    DeltaClass.SUPPRESSED,
    DeltaClass.NOT_SCANNED,
    DeltaClass.NOT_COMPARABLE,
    DeltaClass.HOST_GONE,
)


@dataclass(frozen=True)
class SeverityRow:
    """One severity, or all of them: counts on hosts that were scanned both times, and the change in words."""

    name: str
    counts: Counts
    change: str

    @property
    def shown(self) -> bool:
        """Return whether table and chart show it: a severity without a finding is left out, CRITICAL never."""
        return bool(self.counts.baseline or self.counts.after) or self.name == Severity.CRITICAL


@dataclass(frozen=True)
class ClassRow:
    """One outcome: its counts of package and network findings, and of CIS checks."""

    name: str
    meaning: str
    findings: int
    configuration: int


@dataclass(frozen=True)
class HiddenRow:
    """The suppressed findings that patching could remove, or all others: how many before patching, and now."""

    name: str
    before: int
    after: int


@dataclass(frozen=True)
class Gone:
    """Findings of one outcome that are no longer active or no longer visible."""

    name: str
    meaning: str
    listing: Listing


@dataclass(frozen=True)
class Changes:
    """The change in numbers; `everything` also counts the hosts that cannot be compared.

    `scans` says of which hosts it is not known what became of their findings.
    """

    severities: tuple[SeverityRow, ...]
    total: SeverityRow
    everything: Counts
    configuration: Counts
    classes: tuple[ClassRow, ...]
    hidden: tuple[HiddenRow, ...]
    scans: ScannedAgain

    @property
    def not_visible(self) -> int:
        """Return the number of findings that are no longer visible without being fixed."""
        return sum(
            getattr(counts, one.value) for counts in (self.everything, self.configuration) for one in _NOT_VISIBLE
        )


def changes(delta: Delta) -> Changes:
    """Return the findings of the two snapshots by outcome, as numbers."""
    before, after = delta.hidden.before, delta.hidden.after
    return Changes(
        severities=tuple(_severity(severity.value, counts) for severity, counts in delta.severities.items()),
        total=_severity("All severities", delta.comparable),
        everything=delta.counts,
        configuration=delta.configuration,
        classes=tuple(
            ClassRow(*words, getattr(delta.counts, one.value), getattr(delta.configuration, one.value))
            for one, words in _CLASSES.items()
        ),
        hidden=(
            HiddenRow("Suppressed, and patching could remove it", before.fixable, after.fixable),
            HiddenRow("Suppressed, other", before.other, after.other),
        ),
        scans=delta.scans,
    )


def gone(delta: Delta, space: Space) -> tuple[Gone, ...]:
    """Return the outcomes of findings that are no longer visible, the fixed ones last, without empty ones."""
    present = [one for one in (*_NOT_VISIBLE, DeltaClass.FIXED) if _number(delta, one)]
    return tuple(Gone(*_CLASSES[one], _listing(delta, one, space)) for one in present)


def _number(delta: Delta, one: DeltaClass) -> int:
    return sum(getattr(counts, one.value) for counts in (delta.counts, delta.configuration))


def _severity(name: str, counts: Counts) -> SeverityRow:
    more = counts.after - counts.baseline
    change = "unchanged" if not more else f"{number(abs(more))} {'more' if more > 0 else 'fewer'}"
    return SeverityRow(name, counts, change)


def _listing(delta: Delta, one: DeltaClass, space: Space) -> Listing:
    lines = Lines()
    for row in alike(delta, "class = ?", one.value):
        severity = row.severity_after if row.is_active else row.severity_before
        lines.add(line(severity or "", row.vulnerability, row.title, row.port), *row.hosts)
    return lines.listing(space)
