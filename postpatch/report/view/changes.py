"""What patching changed: counts by severity, the delta classes, and the findings behind them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from postpatch.model import DeltaClass
from postpatch.report.view.listing import Lines, Listing, Room, line, port_in_words
from postpatch.report.words import number
from postpatch.verdict.delta import Counts, Delta, DeltaRow

_LISTS = 400_000  # bytes of HTML for the lists of all classes together

# Each class with its name in the report and what it means to a reader who knows nothing of the code.
_CLASSES = {
    DeltaClass.FIXED: ("Fixed", "In the baseline, gone now, and the host was looked at again. Only this is a fix."),
    DeltaClass.REMAINING: ("Remaining", "In the baseline and still active. The next section says why."),
    DeltaClass.NEW: ("New", "Active now, and not in the baseline."),
    DeltaClass.HOST_GONE: ("Host gone", "The host is no longer there. Never counted as fixed."),
    DeltaClass.NOT_SCANNED: (
        "Not scanned",
        "The host, or the CIS check on it, was not looked at again. Never counted as fixed.",
    ),
    DeltaClass.SUPPRESSED: ("Suppressed", "Hidden by a suppression rule since the baseline. Hidden is not fixed."),
}


@dataclass(frozen=True)
class SeverityRow:
    """One severity, or all of them: counts on hosts that were scanned both times, and the change in words."""

    name: str
    counts: Counts
    change: str


@dataclass(frozen=True)
class ClassRow:
    """One delta class: how many package and network findings, how many CIS checks, and which ones."""

    name: str
    meaning: str
    findings: int
    configuration: int
    listing: Listing


@dataclass(frozen=True)
class Changes:
    """What two sections tell; `everything` also counts the hosts that cannot be compared."""

    severities: tuple[SeverityRow, ...]
    total: SeverityRow
    everything: Counts
    configuration: Counts
    classes: tuple[ClassRow, ...]
    regraded: Listing
    baseline_file: str
    after_file: str


def changes(delta: Delta) -> Changes:
    """Return what became of the findings between the two snapshots."""
    room = Room(_LISTS)
    return Changes(
        severities=tuple(_severity(severity.value, counts) for severity, counts in delta.severities.items()),
        total=_severity("All severities", delta.comparable),
        everything=delta.counts,
        configuration=delta.configuration,
        # What was hidden, came new or cannot be judged is read first where room is short: fixed findings can wait.
        classes=_in_order(_class(delta, one, room) for one in reversed(_CLASSES)),
        regraded=_regraded(delta, room),
        baseline_file=delta.baseline.path.name,
        after_file=delta.after.path.name,
    )


def _severity(name: str, counts: Counts) -> SeverityRow:
    more = counts.after - counts.baseline
    change = "unchanged" if not more else f"{number(abs(more))} {'more' if more > 0 else 'fewer'}"
    return SeverityRow(name, counts, change)


def _in_order(rows: Iterable[ClassRow]) -> tuple[ClassRow, ...]:
    return tuple(reversed(tuple(rows)))


def _class(delta: Delta, one: DeltaClass, room: Room) -> ClassRow:
    name, meaning = _CLASSES[one]
    listed = Lines()
    # What remains has a section of its own, with packages and reasons.
    for row in _rows(delta, one) if one is not DeltaClass.REMAINING else ():
        severity = row.severity_after if row.is_active else row.severity_before
        listed.add(line(severity or "", row.vulnerability, row.title, _port(row)), row.host)
    return ClassRow(
        name, meaning, getattr(delta.counts, one.value), getattr(delta.configuration, one.value), listed.listing(room)
    )


def _regraded(delta: Delta, room: Room) -> Listing:
    listed = Lines()
    for row in _rows(delta, DeltaClass.REMAINING):
        if row.severity_before != row.severity_after:
            details = (f"rated {row.severity_before} in the baseline",)
            listed.add(line(row.severity_after or "", row.vulnerability, row.title, _port(row), details), row.host)
    return listed.listing(room)


def _rows(delta: Delta, one: DeltaClass) -> Iterator[DeltaRow]:
    yield from delta.rows(one)
    yield from delta.rows(one, configuration=True)


def _port(row: DeltaRow) -> str:
    return port_in_words(row.protocol, row.port_begin, row.port_end)
