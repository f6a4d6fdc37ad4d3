"""The delta as a table for spreadsheets and ticket imports: `delta.csv`, a row for each finding of either snapshot."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from postpatch.model import Finding
from postpatch.report.schema import VerdictJson
from postpatch.report.ticket import Tickets, tickets
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.remaining import RemainingFindings
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
_FORMULA = frozenset("=+-@\t\r\n")


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


# A row of the delta with the first of its findings: that of the later snapshot if it is active there.
_SELECT = """
    SELECT l.description, l.host, l.arn, l.first_observed_at, l.last_observed_at, l.updated_at,
           d.account, d.region, d.host, d.type, d.vulnerability, d.protocol, d.port_begin, d.port_end, d.package,
           d.title, d.class, COALESCE(d.severity_before, ''), COALESCE(d.severity_after, ''), d.comparable,
           COALESCE(e.kind, ''), d.is_active
    FROM delta d
    LEFT JOIN (SELECT place, side, MIN(id) AS id FROM {listed} GROUP BY ALL) f
      ON f.place = d.place AND f.side = CASE WHEN d.is_active THEN 'after' ELSE 'before' END
    LEFT JOIN {listed} l ON l.id = f.id
    LEFT JOIN (SELECT place, kind FROM {explained} WHERE counts AND class IN ('remaining', 'renamed')) e
      ON e.place = d.place AND d.is_active
    ORDER BY d.place
"""
_OF_FINDING = 6  # columns
_NOTHING = ("",) * len(_TICKET)
_MOST_KEPT = 20_000  # descriptions
_Row = tuple[Any, ...]


def _rows(remaining: RemainingFindings, evidence: str, made: Tickets) -> Iterator[list[str]]:
    listed, columns = remaining.delta.listed, _Columns(made)
    for rows in listed.batches(_SELECT.format(listed=listed.relation, explained=remaining.relation)):
        findings = listed.made([row[:_OF_FINDING] for row in rows if row[0] is not None])
        for row in rows:
            yield [*_cells(row), evidence, *(_NOTHING if row[0] is None else columns.of(row, next(findings)))]


class _Columns:
    """The columns of tickets; what is the same for all findings of a description, or of a host, is made once."""

    def __init__(self, made: Tickets) -> None:
        self._made = made
        self._described: dict[int, dict[str, str]] = {}
        self._host, self._of_host = ("", ""), {"": ""}

    def of(self, row: _Row, finding: Finding) -> list[str]:
        """Return the columns of a row; a finding that is not active has no owner, due date or waiver any more."""
        *_, cause, active = row
        if len(self._described) > _MOST_KEPT:
            self._described.clear()
        if (described := self._described.get(row[0])) is None:
            described = self._described[row[0]] = _guarded(self._made.described(finding))
        if (place := (finding.region, finding.host)) != self._host:
            self._host, self._of_host = place, _guarded(self._made.of_host(*place))
        seen = finding.first_observed_at
        found = described | self._of_host
        found["first_seen"] = _day(seen) if seen else ""
        found["finding_arn"] = _plain(finding.arn)
        if cause or not active:
            found["owner"] = EXPLANATIONS[Kind(cause)].owner if active else ""
        if active and self._made.by_finding:
            found |= _guarded(self._made.decided(finding))
        return [found.get(name, "") for name in _TICKET]


def _cells(row: _Row) -> list[str]:
    *texts, begin, end, package, title, became, before, after, comparable, cause, _ = row[_OF_FINDING:]
    ports = (str(begin) if begin >= 0 else "", str(end) if end >= 0 else "")
    cells = (*texts, *ports, package, title, became, before, after, "yes" if comparable else "no", cause)
    return [f"'{cell}" if cell[:1] in _FORMULA else cell for cell in cells]


def _guarded(columns: dict[str, str]) -> dict[str, str]:
    return {name: _plain(cell) for name, cell in columns.items()}


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in _FORMULA else cell


@lru_cache(maxsize=256)
def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"
