"""The delta as a table for spreadsheets: `delta.csv`, a row for each finding of either side, CIS checks included."""

import csv
from collections.abc import Iterator
from pathlib import Path

from postpatch.report.schema import VerdictJson
from postpatch.verdict.delta import DeltaRow
from postpatch.verdict.remaining import REMAINING, Explained, RemainingFindings
from postpatch.verdict.run import Run

COLUMNS = (
    "account", "region", "host", "type", "vulnerability", "protocol", "port_begin", "port_end", "package", "title",
    "class", "severity_before", "severity_after", "comparable", "cause", "evidence",
)  # fmt: skip
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class DeltaCsv:
    """`delta.csv`."""

    file = "delta.csv"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the delta; a run whose findings could not be compared has none."""
        if run.remaining:
            write_delta(path, run.remaining, "SIMULATED" if run.simulated else run.mode.value)


def write_delta(path: Path, remaining: RemainingFindings, evidence: str) -> None:
    """Write the delta to `path`, row by row as RFC 4180 has it, in UTF-8, identity by identity.

    `evidence` stands in each row, for rows are copied elsewhere: SIMULATED, or the run's mode.
    `cause` says of a remaining finding why it is still there, by the names of `remaining_kinds` in `verify.json`. What
    does not apply is empty. A cell that a spreadsheet would take for a formula has an apostrophe before it.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([*cells, evidence] for cells in _rows(remaining))


def _rows(remaining: RemainingFindings) -> Iterator[list[str]]:
    # Both come in the order of the identity, so that neither is held.
    causes = iter(remaining)
    for row in remaining.delta.every():
        yield _cells(row, _cause(row, next(causes)) if row.is_active and row.delta in REMAINING else "")


def _cause(row: DeltaRow, found: Explained) -> str:
    if (row.host, row.vulnerability) != (found.finding.host, found.finding.vulnerability):
        raise RuntimeError(f"the delta and its causes are out of step at {row.vulnerability} on {row.host}")
    return found.kind.value


def _cells(row: DeltaRow, cause: str) -> list[str]:
    ports = [str(port) if port >= 0 else "" for port in (row.port_begin, row.port_end)]
    severities = [row.severity_before or "", row.severity_after or ""]
    cells = [
        row.account, row.region, row.host, row.type, row.vulnerability, row.protocol, *ports, row.package, row.title,
        row.delta.value, *severities, "yes" if row.comparable else "no", cause,
    ]  # fmt: skip
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
