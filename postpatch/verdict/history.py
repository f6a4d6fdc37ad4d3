"""What became of a fleet's findings over several rounds, from the packs of the rounds alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import Any

import duckdb

from postpatch.errors import BadEvidence
from postpatch.model import Severity
from postpatch.model.round import Round
from postpatch.verdict.database import IDENTITY, READ_DELTA
from postpatch.verdict.history_overdue import OverdueAfter, overdue_after

_ACTIVE = "('remaining', 'new', 'resurfaced', 'renamed')"
_PORTS = ", ".join(
    f"CASE WHEN {name} < 0 THEN '' ELSE {name}::VARCHAR END AS {name}" for name in ("port_begin", "port_end")
)
# Each fix once, in the round that saw it first: another run on the same baseline sees it too.
_FIXES = f"""
    SELECT severity_before AS severity, MIN(ended) AS ended, first
    FROM changed JOIN round USING (number) LEFT JOIN seen USING (number, {IDENTITY})
    WHERE class = 'fixed' AND type <> 'CONFIGURATION' GROUP BY {IDENTITY}, severity_before, first
"""
_DAYS = f"""
    SELECT severity, COUNT(*), MEDIAN(days), QUANTILE_CONT(days, 0.9), COUNT(*) - COUNT(days)
    FROM (SELECT severity, (ended - first) / 86400.0 AS days FROM ({_FIXES})) GROUP BY severity
"""
# Fixed in one round, and active again: after a later round, or in a baseline that was taken since.
_RESURFACED = f"""
    SELECT host, vulnerability, protocol, port_begin, ANY_VALUE(fixed.title), MAX(fixed.ended), MIN(again.seen_at),
           BOOL_OR(again.last)
    FROM (SELECT * FROM changed JOIN round USING (number) WHERE class = 'fixed') fixed
    JOIN (
      SELECT {IDENTITY}, number, CASE WHEN class IN {_ACTIVE} THEN ended ELSE baseline_at END AS seen_at,
             class IN {_ACTIVE} AND number = (SELECT MAX(number) FROM round) AS last
      FROM changed JOIN round USING (number) WHERE class IN {_ACTIVE} OR severity_before <> ''
    ) again USING ({IDENTITY})
    WHERE again.number > fixed.number AND again.seen_at > fixed.ended
    GROUP BY {IDENTITY} ORDER BY 7, 1, 2
"""
_TEXTS = "account, region, host, type, vulnerability, protocol, package, first_observed_at"
_COLUMNS = dict.fromkeys(_TEXTS.split(", "), "VARCHAR") | {"port_begin": "INTEGER", "port_end": "INTEGER"}


@dataclass(frozen=True)
class TimeToFix:
    """How long findings of a severity were open before a round fixed them, in days from when Inspector first saw them.

    `undated` are fixes of which Inspector gave no date.
    """

    severity: Severity
    fixed: int
    median: float | None
    nine_of_ten: float | None
    undated: int


@dataclass(frozen=True)
class Resurfaced:
    """A finding that a round fixed and that was active again later; `still` is whether it is after the last round."""

    host: str
    what: str
    title: str
    fixed_at: datetime
    again_at: datetime
    still: bool


@dataclass(frozen=True)
class LongAccepted:
    """A risk that was accepted beyond its first date: `extended` times, or used in `expired` rounds after it."""

    what: str
    where: str
    approver: str
    first: date
    last: date
    extended: int
    expired: int


@dataclass(frozen=True)
class History:
    """The rounds of one subject, oldest first, and what they show together."""

    subject: str
    simulated: bool
    rounds: tuple[Round, ...]
    times: tuple[TimeToFix, ...] = ()
    resurfaced: tuple[Resurfaced, ...] = ()
    accepted: tuple[LongAccepted, ...] = ()
    overdue: OverdueAfter | None = None

    @property
    def severities(self) -> tuple[Severity, ...]:
        """Return the severities of which a round had an active finding, and CRITICAL."""
        seen = {name for one in self.rounds for name, number in (one.active or {}).items() if number}
        return tuple(one for one in Severity if one in seen or one is Severity.CRITICAL)

    @property
    def deadlines(self) -> bool:
        """Return whether the policy of a round had deadlines."""
        return any(one.overdue is not None for one in self.rounds)

    @property
    def unproven(self) -> tuple[Round, ...]:
        """Return the rounds without proof: they came to no verdict, or left checks out."""
        return tuple(one for one in self.rounds if not one.proven)


def histories(rounds: Iterable[Round]) -> tuple[History, ...]:
    """Return a history for each subject; what is simulated is one of its own, and so are altered packs.

    BadEvidence names a pack whose findings cannot be read.
    """
    whole = sorted((one for one in rounds if not one.altered), key=lambda one: (one.simulated, one.subject))
    groups = groupby(whole, key=lambda one: (one.simulated, one.subject))
    return tuple(
        _history(subject, tuple(sorted(group, key=lambda one: one.finished_at)), simulated=simulated)
        for (simulated, subject), group in groups
    )


def _history(subject: str, rounds: tuple[Round, ...], *, simulated: bool) -> History:
    with duckdb.connect(":memory:") as db:
        _load(db, rounds)
        return History(
            subject=subject,
            simulated=simulated,
            rounds=rounds,
            times=tuple(_times(db.execute(_DAYS).fetchall())),
            resurfaced=tuple(_resurfaced(db.execute(_RESURFACED).fetchall())),
            accepted=tuple(_long_accepted(rounds)),
            overdue=overdue_after(db, rounds),
        )


def _load(db: duckdb.DuckDBPyConnection, rounds: Sequence[Round]) -> None:
    texts = ", ".join(f"{name} VARCHAR" for name in IDENTITY.split(", "))
    db.execute("CREATE TABLE round (number INTEGER, ended DOUBLE, baseline_at DOUBLE)")
    db.execute(
        f"CREATE TABLE changed (number INTEGER, {texts}, title VARCHAR, class VARCHAR, severity_before VARCHAR, "
        "severity_after VARCHAR)"
    )
    db.execute(f"CREATE TABLE seen (number INTEGER, {texts}, first DOUBLE)")
    for number, one in enumerate(rounds):
        try:
            _load_round(db, number, one)
        except duckdb.Error as error:
            raise BadEvidence(f"Leave out {one.folder}: no run wrote the findings in it: {error}") from error


def _load_round(db: duckdb.DuckDBPyConnection, number: int, one: Round) -> None:
    baseline = one.baseline_at.timestamp() if one.baseline_at else None
    db.execute("INSERT INTO round VALUES (?, ?, ?)", [number, (one.after_at or one.finished_at).timestamp(), baseline])
    if one.delta:
        db.execute(
            f"INSERT INTO changed SELECT ?, {IDENTITY}, title, class, severity_before, severity_after "
            f"FROM {READ_DELTA}",
            [number, str(one.delta)],
        )
    if one.before:
        db.execute(
            "INSERT INTO seen SELECT ?, account, region, host, type, vulnerability, COALESCE(protocol, ''), "
            f"{_PORTS}, COALESCE(package, ''), MIN(EPOCH(first_observed_at::TIMESTAMPTZ)) FROM read_json(?, "
            f"format = 'newline_delimited', compression = 'gzip', columns = {_COLUMNS}) GROUP BY ALL",
            [number, str(one.before)],
        )


def _times(rows: Iterable[tuple[Any, ...]]) -> Iterator[TimeToFix]:
    known = {severity: TimeToFix(Severity(severity), *numbers) for severity, *numbers in rows if severity}
    yield from (known[severity] for severity in Severity if severity in known)


def _resurfaced(rows: Iterable[tuple[Any, ...]]) -> Iterator[Resurfaced]:
    for host, vulnerability, protocol, port, title, fixed, again, still in rows:
        what = f"{vulnerability} {protocol} {port}".strip() if port else vulnerability
        yield Resurfaced(host, what, title.removeprefix(f"{vulnerability} - "), _moment(fixed), _moment(again), still)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()


def _long_accepted(rounds: Iterable[Round]) -> Iterator[LongAccepted]:
    used: dict[tuple[str, str], list[tuple[Any, bool]]] = {}
    for one in rounds:
        for waiver in one.accepted:
            late = waiver.expires < one.finished_at.date() and waiver.findings > 0
            used.setdefault((waiver.what, waiver.where), []).append((waiver, late))
    for (what, where), uses in sorted(used.items()):
        dates = list(dict.fromkeys(waiver.expires for waiver, _ in uses))
        extended = sum(later > earlier for earlier, later in pairwise(dates))
        expired = sum(late for _, late in uses)
        if extended or expired:
            yield LongAccepted(what, where, uses[-1][0].approver, dates[0], dates[-1], extended, expired)
