"""Whether a pack's `delta.csv` has the shape in which later runs, a history and a fleet read it."""

import csv
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

from postpatch.model import DeltaClass, Severity

DELTA = "delta.csv"
_IDENTITY = ("account", "region", "host", "type", "vulnerability", "protocol", "port_begin", "port_end", "package")
_READ = ("title", "class", "severity_before", "severity_after", "comparable")
_SEVERITIES = frozenset({"", *Severity})
_ALLOWED = (frozenset(DeltaClass), _SEVERITIES, _SEVERITIES, frozenset({"yes", "no"}))


def delta_problem(path: Path) -> str:
    """Return what is wrong with the first row that no run writes, or an empty text; no row is held."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return next(_problems(csv.reader(file, strict=True)), "")
    except (csv.Error, UnicodeDecodeError) as error:
        return f"is not CSV: {error}"


def _problems(rows: Iterator[list[str]]) -> Iterator[str]:
    head = next(rows, [])
    if absent := [name for name in (*_IDENTITY, *_READ) if head.count(name) != 1]:
        yield f"is no delta: it must have one column {absent[0]}"
        return
    judged = itemgetter(*map(head.index, _READ[1:]))
    known: set[tuple[str, ...]] = set()
    for number, row in enumerate(rows, 2):
        if len(row) != len(head):
            yield f"row {number} has {len(row)} cells, the first has {len(head)}"
        elif (found := judged(row)) not in known:
            for name, text, allowed in zip(_READ[1:], found, _ALLOWED, strict=True):
                if text not in allowed:
                    yield f"row {number} has {text!a:.80} as {name}"
            known.add(found)
