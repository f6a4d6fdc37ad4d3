"""The delta as a table for spreadsheets and ticket imports: `delta.csv`, a row for each finding of either snapshot."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from postpatch.model import Finding
from postpatch.report.schema import VerdictJson
from postpatch.report.ticket import Tickets, tickets
from postpatch.text.legible import one_line
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.database import moment_of
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.run import Run

# Of what a ticket needs: what a finding's description says, and what the policy decides.
_DESCRIBED = ("packages", "installed", "fixed_in", "epss", "exploited")
_DECIDED = ("due", "overdue_days", "deadline_inputs", "owner", "waiver")
COLUMNS = (
    "account", "region", "host", "type", "vulnerability", "protocol", "port_begin", "port_end", "package", "title",
    "class", "severity_before", "severity_after", "comparable", "cause", "evidence",
    "host_name", *_DESCRIBED, "first_seen", *_DECIDED, "finding_arn", "advisory_link", "host_link",
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
    is empty. A cell that a spreadsheet would treat as a formula begins with an apostrophe. Texts are one line and
    visible, but for the identity, by which later runs and a fleet compare rows: that is as AWS gives it.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_joined(COLUMNS) + _LINE_END)
        file.writelines(_lines(remaining, evidence, made or Tickets()))


# Rows of the delta with the first of their findings: that of the later snapshot if it is active there.
_SELECT = """
    SELECT l.description, l.host, l.arn, l.first_observed_at, l.last_observed_at, l.updated_at,
           d.host, l.description, d.account, d.region, d.type, d.vulnerability, d.protocol, d.port_begin, d.port_end,
           d.package, d.title, d.class, COALESCE(d.severity_before, ''), COALESCE(d.severity_after, ''), d.comparable,
           COALESCE(e.kind, ''), d.is_active
    FROM delta d
    LEFT JOIN (SELECT place, side, MIN(id) AS id FROM {listed} WHERE {within} GROUP BY ALL) f
      ON f.place = d.place AND f.side = CASE WHEN d.is_active THEN 'after' ELSE 'before' END
    LEFT JOIN (SELECT * FROM {listed} WHERE {within}) l ON l.id = f.id
    LEFT JOIN (SELECT place, kind FROM {explained} WHERE {within} AND counts AND class IN ('remaining', 'renamed')) e
      ON e.place = d.place AND d.is_active
    WHERE d.{within}
    ORDER BY d.place
"""
_SLICE = 30_000  # rows of the delta that are joined and put in order at once, so that memory does not grow with them
_OF_FINDING = 6  # columns; then the host, and what rows that are alike but for their host share
_ALIKE = _OF_FINDING + 1
_MOST_KEPT = 20_000  # kinds of rows that are alike
_LINE_END = "\r\n"
_QUOTED = re.compile(r'[",\r\n]')
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What rows that are alike but for their host share of their lines: the cells between those of their own."""

    region: str
    active: bool
    before_host: str
    before_name: str
    before_seen: str
    owner: str
    before_arn: str
    before_link: str


def _lines(remaining: RemainingFindings, evidence: str, made: Tickets) -> Iterator[str]:
    listed, shared = remaining.delta.listed, dict[_Row, _Shared]()
    of_host = lru_cache(maxsize=16)(partial(_of_host, made))  # the rows of a host follow one another
    for rows in _batches(remaining):
        finding = listed.maker([row for row in rows if row[0] is not None])
        for row in rows:
            if (one := shared.get(row[_ALIKE:])) is None:
                if len(shared) == _MOST_KEPT:
                    shared.clear()
                one = shared[row[_ALIKE:]] = _shared(row, evidence, made, finding)
            host, arn, seen = row[_OF_FINDING], row[2], row[3]
            name, link = of_host(one.region, host)
            before_arn = one.before_arn
            if made.by_finding and one.active and arn is not None:
                before_arn = _decided(made.decided(finding(row)), one.owner)
            yield (
                f"{one.before_host}{_cell(host)}{one.before_name}{name}{one.before_seen}{_day(seen)}"
                f"{before_arn}{_cell(arn or '')}{one.before_link}{link}{_LINE_END}"
            )


def _batches(remaining: RemainingFindings) -> Iterator[list[_Row]]:
    listed = remaining.delta.listed
    ((last,),) = next(listed.batches("SELECT COALESCE(MAX(place), 0) FROM delta"))
    for first in range(1, last + 1, _SLICE):
        within = f"place BETWEEN {first} AND {first + _SLICE - 1}"
        yield from listed.batches(_SELECT.format(listed=listed.relation, explained=remaining.relation, within=within))


def _shared(row: _Row, evidence: str, made: Tickets, finding: Callable[[_Row], Finding]) -> _Shared:
    known, *texts, begin, end, package, title, became, before, after, comparable, cause, active = row[_ALIKE:]
    described = {} if known is None else {name: one_line(one) for name, one in made.described(finding(row)).items()}
    if cause or not active:
        # A finding that is not active has no owner, due date or waiver any more.
        described["owner"] = EXPLANATIONS[Kind(cause)].owner if active else ""
    account, region, kind, vulnerability, protocol = texts
    ports = (str(begin) if begin >= 0 else "", str(end) if end >= 0 else "")
    first = (kind, vulnerability, protocol, *ports, package, one_line(title), became, before, after)
    return _Shared(
        region,
        active,
        before_host=f"{_joined((account, region))},",
        before_name=f",{_joined((*first, 'yes' if comparable else 'no', cause, evidence))},",
        before_seen=f",{_joined(described.get(name, '') for name in _DESCRIBED)},",
        owner=described.get("owner", ""),
        before_arn=_decided({}, described.get("owner", "")),
        before_link=f",{_cell(described.get('advisory_link', ''))},",
    )


def _decided(found: Mapping[str, str], owner: str) -> str:
    every = {**found, "owner": owner}
    return f",{_joined(every.get(name, '') for name in _DECIDED)},"


def _joined(cells: Iterable[str]) -> str:
    return ",".join(map(_cell, cells))


def _cell(text: str) -> str:
    if text[:1] in _FORMULA:
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _of_host(made: Tickets, region: str, host: str) -> tuple[str, str]:
    found = made.of_host(region, host)
    return _cell(one_line(found["host_name"])), _cell(found["host_link"])


@lru_cache(maxsize=1024)
def _day(seen: str | None) -> str:
    moment = moment_of(seen)
    return f"{moment.astimezone(UTC):%Y-%m-%d}" if moment else ""
