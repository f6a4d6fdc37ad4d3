"""The delta as a table for spreadsheets and ticket imports: `delta.csv`, a row for each finding of either snapshot."""

import csv
from collections.abc import Iterator
from pathlib import Path

from postpatch.model import Finding
from postpatch.report.schema import VerdictJson
from postpatch.report.ticket import Tickets, tickets
from postpatch.verdict.delta import DeltaRow
from postpatch.verdict.delta_findings import with_findings
from postpatch.verdict.remaining import REMAINING, Explained, RemainingFindings
from postpatch.verdict.run import Run

_TICKET = (
    "host_name", "packages", "installed", "fixed_in", "epss", "exploited", "first_seen", "due", "overdue_days",
    "deadline_inputs", "owner", "waiver", "finding_arn", "advisory_link", "host_link",
)  # fmt: skip
COLUMNS = (
    "account", "region", "host", "type", "vulnerability", "protocol", "port_begin", "port_end", "package", "title",
    "class", "severity_before", "severity_after", "comparable", "cause", "evidence", *_TICKET,
)  # fmt: skip
# A spreadsheet treats a cell that begins with one of these as a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class DeltaCsv:
    """`delta.csv`."""

    file = "delta.csv"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the delta; a run whose findings could not be compared has none."""
        if run.remaining:
            write_delta(path, run.remaining, "SIMULATED" if run.simulated else run.mode.value, tickets(run))


def write_delta(path: Path, remaining: RemainingFindings, evidence: str, made: Tickets | None = None) -> None:
    """Write the delta to `path` in UTF-8 as RFC 4180 describes, row by row in the order of the identity.

    `evidence` is in each row, because rows are copied elsewhere: SIMULATED, or the run's mode. `cause` says why a
    remaining finding is still there, with the names of `remaining_kinds` in `verify.json`. A column that does not apply
    is empty. A cell that a spreadsheet would treat as a formula begins with an apostrophe.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(remaining, evidence, made or Tickets()))


def _rows(remaining: RemainingFindings, evidence: str, made: Tickets) -> Iterator[list[str]]:
    # All are in the order of the identity, so none needs to be held in memory.
    causes = iter(remaining)
    for row, finding in with_findings(remaining.delta):
        cause = _cause(row, next(causes)) if row.is_active and row.delta in REMAINING else ""
        yield [
            f"'{cell}" if cell.startswith(_FORMULA) else cell
            for cell in (*_cells(row, cause), evidence, *_of_ticket(row, finding, cause, made))
        ]


def _of_ticket(row: DeltaRow, finding: Finding | None, cause: str, made: Tickets) -> Iterator[str]:
    columns = made.columns(finding, cause, active=row.is_active) if finding else {}
    yield from (columns.get(name, "") for name in _TICKET)


def _cause(row: DeltaRow, found: Explained) -> str:
    if (row.host, row.vulnerability) != (found.finding.host, found.finding.vulnerability):
        raise RuntimeError(f"the delta and its causes are out of step at {row.vulnerability} on {row.host}")
    return found.kind.value


def _cells(row: DeltaRow, cause: str) -> list[str]:
    ports = [str(port) if port >= 0 else "" for port in (row.port_begin, row.port_end)]
    severities = [row.severity_before or "", row.severity_after or ""]
    return [
        row.account, row.region, row.host, row.type, row.vulnerability, row.protocol, *ports, row.package, row.title,
        row.delta.value, *severities, "yes" if row.comparable else "no", cause,
    ]  # fmt: skip
