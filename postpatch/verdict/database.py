"""The database of a delta: two snapshots loaded into DuckDB, in the relations that `delta.sql` reads."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import is_dataclass
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import duckdb

from postpatch.model import Finding, Package, Snapshot
from postpatch.verdict.comparability import ComparedHost

DELTA = Path(__file__).with_name("delta.sql").read_text(encoding="utf-8")
IDENTITY = "account, region, host, type, vulnerability, protocol, port_begin, port_end, package"
_SQL_TYPES: dict[object, str] = {str: "VARCHAR", int: "INTEGER", float: "DOUBLE", datetime: "VARCHAR", bool: "BOOLEAN"}


def _columns(kind: type[Any]) -> dict[str, str]:
    # A field that Finding or Package gains is a column here at once; a time is text, in the one spelling of a snapshot.
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
_LISTS = tuple(name for name, hint in get_type_hints(Finding).items() if get_origin(hint) is tuple)
_HOST_COLUMNS = _columns(ComparedHost)

# A package of the operating system for which Inspector names a fixed version.
_FIXABLE = "one.manager IN ('OS', '') AND COALESCE(one.fixed_in, '') NOT IN ('', 'NotAvailable')"
# Of the rows of one ARN the newest counts: an archive of findings holds each state that one went through. A finding's
# part is `language` where it names packages, and none of them is the operating system's.
_ROWS = f"""
    SELECT * EXCLUDE (age) FROM (
      SELECT *,
             CASE WHEN len(packages) = 0 OR len(list_filter(packages, lambda one: one.manager IN ('OS', ''))) > 0
                  THEN 'system' ELSE 'language' END AS part,
             list_transform(list_filter(packages, lambda one: {_FIXABLE}), lambda one: one.name) AS fixable,
             list_transform(list_filter(packages, lambda one: NOT ({_FIXABLE})), lambda one: one.name) AS unfixable,
             ROW_NUMBER() OVER (
               PARTITION BY arn, {IDENTITY} ORDER BY updated_at DESC NULLS LAST,
               CASE status WHEN 'ACTIVE' THEN 1 WHEN 'SUPPRESSED' THEN 2 WHEN 'SKIPPED' THEN 3 ELSE 4 END
             ) AS age
      FROM read_json(?, format='newline_delimited', compression='gzip', columns={json.dumps(COLUMNS)})
    ) WHERE age = 1 OR arn = ''
"""
_NAMES = """
    SELECT account, region, host, vulnerability, name, own, vulnerability SIMILAR TO 'KB[0-9]+' AS is_update FROM (
      SELECT account, region, host, vulnerability, vulnerability AS name, TRUE AS own FROM {0}
      WHERE status = 'ACTIVE' AND type = 'PACKAGE_VULNERABILITY'
      UNION
      SELECT account, region, host, vulnerability, UNNEST(related) AS name, FALSE AS own FROM {0}
      WHERE status = 'ACTIVE' AND type = 'PACKAGE_VULNERABILITY'
    )
"""


class Database:
    """Two snapshots, loaded once, and the delta between them."""

    def __init__(self, baseline: Snapshot, after: Snapshot) -> None:
        self._db = duckdb.connect(":memory:")
        for name, snapshot in (("baseline", baseline), ("after", after)):
            self._db.execute(f"CREATE TABLE {name} AS {_ROWS}", [str(snapshot.path)])
            self._db.execute(f"CREATE TABLE {name}_name AS {_NAMES.format(name)}")

    def compare(self, hosts: Iterable[ComparedHost]) -> None:
        """Compute the delta, anew if it was computed before, with each host by what was scanned on it."""
        every = list(hosts)
        columns = ", ".join(f"UNNEST(?::{kind}[]) AS {name}" for name, kind in _HOST_COLUMNS.items())
        # Columns, not rows: a row at a time, a fleet takes seconds.
        values = [[getattr(host, name) for host in every] for name in _HOST_COLUMNS]
        self._db.execute(f"CREATE OR REPLACE TABLE compared_host AS SELECT {columns}", values)
        self._db.execute(f"CREATE OR REPLACE TABLE delta AS {DELTA}")

    def query(self, text: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, some at a time."""
        with closing(self._db.cursor()) as cursor:
            cursor.execute(text, list(values))
            while rows := cursor.fetchmany(1_000):
                yield from rows

    def change(self, text: str, *values: object) -> None:
        """Run a statement that changes a relation."""
        self._db.execute(text, list(values))

    def findings(self, relation: str, joined: str, where: str, *values: object) -> Iterator[Finding]:
        """Yield the findings of `relation f`, as `joined` and `where` select them, identity by identity."""
        columns = ", ".join(f"f.{name}" for name in COLUMNS)
        order = ", ".join(f"f.{name.strip()}" for name in IDENTITY.split(","))
        select = f"SELECT DISTINCT {columns}, f.part FROM {relation} f {joined} WHERE {where}"
        for row in self.query(f"{select} ORDER BY {order}, f.part, f.arn", *values):
            yield _finding(dict(zip(COLUMNS, row[:-1], strict=True)))

    def close(self) -> None:
        """Free the database."""
        self._db.close()


def _finding(row: dict[str, Any]) -> Finding:
    for name in _TIMES:
        row[name] = datetime.fromisoformat(row[name]) if row[name] else None
    for name in _LISTS:
        row[name] = tuple(row[name] or ())
    row["packages"] = tuple(Package(**package) for package in row["packages"])
    return Finding(**row)
