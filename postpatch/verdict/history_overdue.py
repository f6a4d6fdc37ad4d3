"""What was overdue after a round, from its delta.csv: each vulnerability, its hosts, its due date and its owner."""

from dataclasses import dataclass
from typing import Any

import duckdb

from postpatch.errors import BadEvidence
from postpatch.model.round import Round
from postpatch.verdict.database import READ_DELTA

MOST = 100  # rows that a page shows; delta.csv has every finding
_HOSTS = 5  # of one row
# Findings that differ in nothing but their host are one row; one without a known number of days comes first.
_OVERDUE = f"""
    SELECT vulnerability, MIN(title), severity_after, due, TRY_CAST(overdue_days AS INTEGER) AS days, owner, waiver,
           COUNT(DISTINCT (account, region, host)) AS hosts,
           LIST_SORT(LIST(DISTINCT CONCAT(host, ' (' || NULLIF(host_name, '') || ')')))[:{_HOSTS}],
           COUNT(*) OVER ()
    FROM {READ_DELTA} WHERE overdue_days <> ''
    GROUP BY vulnerability, severity_after, due, days, owner, waiver
    ORDER BY days DESC NULLS FIRST, hosts DESC, vulnerability LIMIT {MOST}
"""


@dataclass(frozen=True)
class OverdueLine:
    """A vulnerability that is overdue on some hosts; `days` is None where it is not known when its time began.

    `hosts` are the first of the `on` hosts, with their names. `waiver` is the one that accepts the risk, or nothing.
    """

    what: str
    title: str
    severity: str
    due: str
    days: int | None
    owner: str
    waiver: str
    on: int
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class OverdueAfter:
    """What was overdue after the newest round with deadlines; `left_out` further lines are in its delta.csv."""

    after: Round
    lines: tuple[OverdueLine, ...] = ()
    left_out: int = 0


def overdue_after(db: duckdb.DuckDBPyConnection, rounds: tuple[Round, ...]) -> OverdueAfter | None:
    """Return what was overdue after the newest of the rounds whose policy had deadlines, longest first; or None.

    The days are those of that round: a history reads the packs, and nothing of what happened since. BadEvidence names
    the pack if its delta.csv has no such columns.
    """
    newest = next((one for one in reversed(rounds) if one.overdue is not None and one.delta), None)
    if newest is None:
        return None
    try:
        rows = db.execute(_OVERDUE, [str(newest.delta)]).fetchall()
    except duckdb.Error as error:
        raise BadEvidence(f"Leave out {newest.folder}: no run wrote the findings in it: {error}") from error
    return OverdueAfter(newest, tuple(map(_line, rows)), rows[0][-1] - len(rows) if rows else 0)


def _line(row: tuple[Any, ...]) -> OverdueLine:
    what, title, *known, hosts, _ = row
    severity, due, days, owner, waiver, on = known
    return OverdueLine(what, title.removeprefix(f"{what} - "), severity, due, days, owner, waiver, on, tuple(hosts))
