"""The delta between two snapshots: `delta.sql`, run by DuckDB inside the process, and the queries on its rows."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import NoneType
from typing import Any, Self, get_args, get_origin, get_type_hints

import duckdb

from postpatch.model import DeltaClass, Finding, FindingType, Package, Severity, Snapshot

SQL = Path(__file__).with_name("delta.sql").read_text(encoding="utf-8")
_IDENTITY = "account, region, host, type, vulnerability, protocol, port_begin, port_end, package"
# In the order of Counts: the two snapshots, then the classes.
_COUNTS = ", ".join(
    ["COUNT(*) FILTER (WHERE was_active)", "COUNT(*) FILTER (WHERE is_active)"]
    + [f"COUNT(*) FILTER (WHERE class = '{delta.value}')" for delta in DeltaClass]
)
_SQL_TYPES: dict[object, str] = {str: "VARCHAR", int: "INTEGER", float: "DOUBLE", datetime: "VARCHAR"}


def _columns(kind: type[Any]) -> dict[str, str]:
    # A new field of Finding or Package becomes a column here; a time is text, in the format of a snapshot.
    return {name: _column(hint) for name, hint in get_type_hints(kind).items()}


def _column(hint: Any) -> str:
    inner = next((one for one in get_args(hint) if one not in (NoneType, Ellipsis)), hint)
    if get_origin(hint) is tuple:
        return f"{_struct(inner)}[]" if is_dataclass(inner) else f"{_SQL_TYPES[inner]}[]"
    return _SQL_TYPES[inner]


def _struct(kind: Any) -> str:
    return f"STRUCT({', '.join(f'{name} {column}' for name, column in _columns(kind).items())})"


COLUMNS = _columns(Finding)
_TIMES = tuple(name for name, hint in get_type_hints(Finding).items() if datetime in (hint, *get_args(hint)))


@dataclass(frozen=True)
class Counts:
    """The number of findings of each class. `after` are the active ones: remaining, new, and those not comparable."""

    baseline: int = 0
    after: int = 0
    fixed: int = 0
    remaining: int = 0
    new: int = 0
    host_gone: int = 0
    not_scanned: int = 0
    suppressed: int = 0


@dataclass(frozen=True)
class DeltaRow:
    """The outcome of one finding. `comparable`: its host existed and was scanned in both snapshots."""

    account: str
    region: str
    host: str
    type: str
    vulnerability: str
    protocol: str
    port_begin: int
    port_end: int
    package: str
    title: str
    severity_before: str | None
    severity_after: str | None
    comparable: bool
    was_active: bool
    is_active: bool
    delta: DeltaClass


class Delta:
    """The delta, computed once; each method is a query. CONFIGURATION findings are counted separately."""

    def __init__(self, baseline: Snapshot, after: Snapshot) -> None:
        self.baseline = baseline.manifest
        self.after = after.manifest
        self._db = duckdb.connect(":memory:")
        for name, snapshot in (("baseline", baseline), ("after", after)):
            self._load(name, snapshot)
        self._db.execute(f"CREATE TABLE delta AS {SQL}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the database."""
        self._db.close()

    @cached_property
    def counts(self) -> Counts:
        """Return the counts of package and network findings, all hosts."""
        return self._counts("type <> 'CONFIGURATION'")

    @cached_property
    def comparable(self) -> Counts:
        """Return the same counts for hosts that existed and were scanned in both snapshots."""
        return self._counts("type <> 'CONFIGURATION' AND comparable")

    @cached_property
    def configuration(self) -> Counts:
        """Return the counts of CIS checks that failed."""
        return self._counts("type = 'CONFIGURATION'")

    @cached_property
    def severities(self) -> dict[Severity, Counts]:
        """Return the counts by severity on comparable hosts; each snapshot counts a finding by its rating there."""
        tally = {severity: dict.fromkeys(_names(Counts), 0) for severity in Severity}
        rows = self._query(
            "SELECT severity_before, severity_after, class, was_active, is_active, COUNT(*) FROM delta "
            "WHERE type <> 'CONFIGURATION' AND comparable GROUP BY ALL"
        )
        for before, after, delta, was_active, is_active, number in rows:
            if was_active:
                tally[Severity(before)]["baseline"] += number
            if is_active:
                tally[Severity(after)]["after"] += number
            tally[Severity(after if is_active else before)][delta] += number
        return {severity: Counts(**numbers) for severity, numbers in tally.items()}

    def by_host(self) -> dict[str, Counts]:
        """Return the counts of package and network findings by host, for hosts that have any."""
        select = f"SELECT host, {_COUNTS} FROM delta WHERE type <> 'CONFIGURATION' GROUP BY host ORDER BY host"
        return {host: Counts(*numbers) for host, *numbers in self._query(select)}

    def rows(self, delta: DeltaClass, *, configuration: bool = False) -> Iterator[DeltaRow]:
        """Yield the findings of one class, worst first."""
        kind = "=" if configuration else "<>"
        worst_first = f"{_rank('COALESCE(severity_after, severity_before)')}, {_IDENTITY}"
        return self._rows(f"class = ? AND type {kind} 'CONFIGURATION'", worst_first, delta.value)

    def every(self) -> Iterator[DeltaRow]:
        """Yield all findings, including CIS checks, in the order of `active`: identity by identity."""
        return self._rows("TRUE", _IDENTITY)

    def _rows(self, where: str, order: str, *values: object) -> Iterator[DeltaRow]:
        yield from (
            DeltaRow(**dict(zip(_names(DeltaRow), (*row[:-1], DeltaClass(row[-1])), strict=True)))
            for row in self._query(
                f"SELECT {_IDENTITY}, title, severity_before, severity_after, comparable, was_active, is_active, class "
                f"FROM delta WHERE {where} ORDER BY {order}",
                *values,
            )
        )

    @cached_property
    def comparable_hosts(self) -> frozenset[str]:
        """Return the hosts that existed and were scanned in both snapshots."""
        before = {host.id for host in self.baseline.hosts if host.scanned}
        return frozenset(before & {host.id for host in self.after.hosts if host.present and host.scanned})

    def active(self, *classes: DeltaClass) -> Iterator[Finding]:
        """Yield the active findings of these classes, or all, as in the later snapshot, identity by identity.

        If two findings share an identity, both are yielded, so that one without a fix cannot hide a fixable one.
        """
        wanted = [delta.value for delta in classes or DeltaClass]
        yield from self._active(f"d.class IN ({', '.join('?' * len(wanted))})", *wanted)

    def opened(self, *, known: bool = True) -> Iterator[Finding]:
        """Yield the new findings that are not packages: a CIS check or rule that fails, a port that is open.

        `known`: those that the baseline shows were not there: its CIS scan passed the check, or the host's network
        was scanned. Otherwise those that it says nothing about. A port in a range that was open before is not new.
        """
        within = "b.host = d.host AND b.type = d.type AND b.status"
        passed = f"EXISTS (SELECT 1 FROM baseline b WHERE {within} = 'CLOSED' AND b.vulnerability = d.vulnerability)"
        was_open = (
            f"EXISTS (SELECT 1 FROM baseline b WHERE {within} IN ('ACTIVE', 'SUPPRESSED') AND b.protocol = d.protocol "
            "AND b.vulnerability = d.vulnerability AND b.port_begin <= d.port_begin AND b.port_end >= d.port_end)"
        )
        was_not_so = f"(d.comparable AND (d.type <> 'CONFIGURATION' OR {passed}))"
        yield from self._active(
            f"NOT d.was_active AND d.type IN (?, ?, ?) AND NOT {was_open} AND {was_not_so} = ?",
            FindingType.CONFIGURATION, FindingType.RULE, FindingType.NETWORK, known,
        )  # fmt: skip

    def _active(self, where: str, *values: object) -> Iterator[Finding]:
        columns = ", ".join(f"f.{name}" for name in COLUMNS)
        order = ", ".join(f"f.{name.strip()}" for name in _IDENTITY.split(","))
        yield from (
            _finding(dict(zip(COLUMNS, row, strict=True)))
            for row in self._query(
                f"SELECT DISTINCT {columns} FROM after f JOIN delta d USING ({_IDENTITY}) "
                f"WHERE {where} AND f.status = 'ACTIVE' ORDER BY {order}, f.arn",
                *values,
            )
        )

    def newly_suppressed(self) -> Iterator[tuple[str, str]]:
        """Yield vulnerability and host of each finding suppressed now that was neither suppressed nor active before.

        A finding that was active in the baseline has the class `suppressed`; one with an active row now is not hidden.
        """
        identity = f"SELECT {_IDENTITY} FROM"
        yield from self._query(
            f"SELECT vulnerability, host FROM ({identity} after WHERE status = 'SUPPRESSED' "
            f"EXCEPT {identity} after WHERE status = 'ACTIVE' "
            f"EXCEPT {identity} baseline WHERE status IN ('ACTIVE', 'SUPPRESSED')) AS hidden ORDER BY {_IDENTITY}"
        )

    def _load(self, name: str, snapshot: Snapshot) -> None:
        self._db.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_json(?, format='newline_delimited', compression='gzip', "
            f"columns={json.dumps(COLUMNS)})",
            [str(snapshot.path)],
        )
        self._db.execute(
            # Columns, not rows: inserting a fleet row by row takes seconds.
            f"CREATE TABLE {name}_host AS SELECT UNNEST(?::VARCHAR[]) AS host, UNNEST(?::BOOLEAN[]) AS present, "
            "UNNEST(?::BOOLEAN[]) AS scanned, UNNEST(?::BOOLEAN[]) AS cis_scanned",
            [
                [getattr(host, column) for host in snapshot.manifest.hosts]
                for column in ("id", "present", "scanned", "cis_scanned")
            ],
        )

    def _counts(self, where: str) -> Counts:
        (numbers,) = self._query(f"SELECT {_COUNTS} FROM delta WHERE {where}")
        return Counts(*numbers)

    def _query(self, text: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with closing(self._db.cursor()) as cursor:
            cursor.execute(text, list(values))
            while rows := cursor.fetchmany(1_000):
                yield from rows


def by_identity(findings: Iterable[Finding]) -> Iterator[tuple[Finding, ...]]:
    """Group findings that are sorted by identity, as `Delta.active` yields them: one group counts as one finding."""
    for _, group in groupby(findings, key=_identity):
        yield tuple(group)


_identity = attrgetter(*_IDENTITY.split(", "))


def _rank(severity: str) -> str:
    cases = " ".join(f"WHEN '{name.value}' THEN {place}" for place, name in enumerate(Severity))
    return f"CASE {severity} {cases} ELSE {len(Severity)} END"


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _finding(row: dict[str, Any]) -> Finding:
    for name in _TIMES:
        row[name] = datetime.fromisoformat(row[name]) if row[name] else None
    row["packages"] = tuple(Package(**package) for package in row["packages"] or ())
    return Finding(**row)
