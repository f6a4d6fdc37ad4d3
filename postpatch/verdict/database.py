"""The database of a delta: two snapshots loaded into DuckDB, in the relations that `delta.sql` reads."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import is_dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import duckdb

from postpatch.model import EarlierFix, Finding, Package, Snapshot
from postpatch.verdict.beyond import BEYOND_PATCHING
from postpatch.verdict.comparability import ComparedHost
from postpatch.verdict.memory import Execute, Memory

DELTA = Path(__file__).with_name("delta.sql").read_text(encoding="utf-8")
# How DuckDB reads a delta.csv, all of it as text.
READ_DELTA = "read_csv(?, header = true, all_varchar = true, nullstr = '\\0', max_line_size = 16777216)"
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
_HINTS = get_type_hints(Finding)
_PACKAGES = [*COLUMNS].index("packages")
_TIMES = tuple(place for place, hint in enumerate(_HINTS.values()) if datetime in get_args(hint))
_LISTS = tuple(place for place, hint in enumerate(_HINTS.values()) if get_origin(hint) is tuple and place != _PACKAGES)
# The columns of one host's finding; all others are its description, which is kept once for all hosts.
OWN = ("host", "arn", "status", "first_observed_at", "last_observed_at", "updated_at")
DESCRIBED = tuple(name for name in COLUMNS if name not in OWN)
# Read as text, which is the same for many findings: a package is made once of it.
_READ = {"packages": "packages_text"}
_HOST_COLUMNS = _columns(ComparedHost)

# A package of the operating system for which Inspector names a fixed version.
_FIXABLE = "one.manager IN ('OS', '') AND COALESCE(one.fixed_in, '') NOT IN ('', 'NotAvailable')"
# DuckDB reads with buffers of twice this size, for each thread.
_LONGEST_ROW = 4 << 20
# Lists are read as the JSON that they are, and become lists once for all findings that say the same.
_NESTED = tuple(name for name, kind in COLUMNS.items() if kind.endswith("[]"))
_AS_JSON = COLUMNS | dict.fromkeys(_NESTED, "JSON")
# A pack of another version may lack a key of a package, or have one more; what is no list at all is an error.
_SHAPES = {"packages": json.dumps([dict.fromkeys(_columns(Package), "VARCHAR")]), "related": '["VARCHAR"]'}
_AS_LIST = """
    CASE WHEN {0} IS NULL OR json_type({0}) IN ('ARRAY', 'NULL') THEN CAST(from_json({0}, '{1}') AS {2})
         ELSE error('{0} is no list') END AS {0}
"""
_LISTED = ", ".join(_AS_LIST.format(name, _SHAPES[name], COLUMNS[name]) for name in _NESTED)
_IN_A_FILE = f"""
    SELECT * FROM read_json(?, format='newline_delimited', compression='gzip',
                            maximum_object_size={_LONGEST_ROW}, columns={json.dumps(_AS_JSON)})
"""
_SAID = ", ".join(DESCRIBED)
_DESCRIBED_AS_READ = f"""
    CREATE TABLE said AS
    SELECT ROW_NUMBER() OVER (ORDER BY {_SAID}) AS description, *
    FROM (SELECT {_SAID} FROM baseline_read UNION SELECT {_SAID} FROM after_read)
"""
# A finding's part is `language` where it names packages, and none of them is the operating system's.
_DESCRIPTION = f"""
    CREATE TABLE description AS
    SELECT *, CAST(to_json(packages) AS VARCHAR) AS packages_text,
           CASE WHEN len(packages) = 0 OR len(list_filter(packages, lambda one: one.manager IN ('OS', ''))) > 0
                THEN 'system' ELSE 'language' END AS part,
           list_transform(list_filter(packages, lambda one: {_FIXABLE}), lambda one: one.name) AS fixable,
           list_transform(list_filter(packages, lambda one: NOT ({_FIXABLE})), lambda one: one.name) AS unfixable,
           {BEYOND_PATCHING} AS beyond
    FROM (SELECT * REPLACE ({_LISTED}) FROM said)
"""
_ROWS = f"""
    CREATE TABLE {{0}}_row AS SELECT s.description, {", ".join(f"r.{name}" for name in OWN)} FROM {{0}}_read r
    JOIN said s ON {" AND ".join(f"s.{name} IS NOT DISTINCT FROM r.{name}" for name in DESCRIBED)}
"""
_WHOLE = "CREATE VIEW {0} AS SELECT * FROM {0}_row JOIN description USING (description)"
_REPEATED = """
    SELECT COUNT(DISTINCT hash(arn)) FILTER (WHERE arn <> '') < COUNT(*) FILTER (WHERE arn <> ''),
           COUNT(*) FILTER (WHERE arn = '') > 0
    FROM {0}_row
"""
# Of the rows of one ARN the newest counts: an archive of findings holds each state that one went through.
AGE = f"""
    ROW_NUMBER() OVER (
      PARTITION BY arn, {IDENTITY} ORDER BY updated_at DESC NULLS LAST,
      CASE status WHEN 'ACTIVE' THEN 1 WHEN 'SUPPRESSED' THEN 2 WHEN 'SKIPPED' THEN 3 ELSE 4 END
    ) AS age
"""
NEWEST = "age = 1 OR arn = ''"
_NEWEST = f"""
    CREATE OR REPLACE TABLE {{0}}_row AS
    SELECT description, {", ".join(OWN)} FROM (SELECT *, {AGE} FROM {{0}}) WHERE {NEWEST}
"""
# Each engine has words of its own for a row of each value of a list, and for a text that has a form.
NAMES = """
    SELECT account, region, host, vulnerability, name, own, vulnerability {is_update} AS is_update FROM (
      SELECT account, region, host, vulnerability, vulnerability AS name, TRUE AS own FROM {rows}
      WHERE status = 'ACTIVE' AND type = 'PACKAGE_VULNERABILITY'
      UNION
      SELECT account, region, host, vulnerability, {each}(related) AS name, FALSE AS own FROM {rows}
      WHERE status = 'ACTIVE' AND type = 'PACKAGE_VULNERABILITY'
    )
"""


# Without a related name, two findings of one host have a name in common only if they have the same id.
_RELATED = "SELECT COUNT(*) > 0 FROM description WHERE len(related) > 0"
_NAME_COLUMNS = (
    "account VARCHAR, region VARCHAR, host VARCHAR, vulnerability VARCHAR, name VARCHAR, own BOOLEAN, is_update BOOLEAN"
)

# Below so many rows the database is in memory.
_FEW = 20_000
# To plan a statement takes longer than to run it on few rows. These passes are a quarter of it, and change no result.
IN_MEMORY: dict[str, str | bool | int | float | list[str]] = {
    "disabled_optimizers": "expression_rewriter,join_order,statistics_propagation"
}


class Database:
    """Two snapshots, loaded once, and the delta between them."""

    def __init__(self, baseline: Snapshot, after: Snapshot) -> None:
        rows = baseline.manifest.rows + after.manifest.rows
        # A large fleet is on disk, so that its size is not what memory it takes.
        self._files = TemporaryDirectory(prefix="postpatch-") if rows >= _FEW else None
        self._db = _on_disk(Path(self._files.name)) if self._files else _in_memory()
        self._memory = Memory(self._db.execute, rows) if self._files else None
        # Rows without an ARN may be repeated, and each counts once; all others are there once.
        self._repeating: dict[str, bool] = {}
        try:
            self._load(baseline, after)
        except BaseException:
            self.close()
            raise

    def _load(self, baseline: Snapshot, after: Snapshot) -> None:
        for name, snapshot in (("baseline", baseline), ("after", after)):
            self.change(f"CREATE TABLE {name}_read AS {_IN_A_FILE}", str(snapshot.path))
        self.change(_DESCRIBED_AS_READ)
        for name in ("baseline", "after"):
            for statement in (_ROWS, "DROP TABLE {0}_read"):
                self.change(statement.format(name))
        self.change(_DESCRIPTION)
        self.change("DROP TABLE said")
        for name in ("baseline", "after"):
            self.change(_WHOLE.format(name))
            ((repeated, self._repeating[name]),) = self.query(_REPEATED.format(name))
            if repeated:
                self.change(_NEWEST.format(name))
        ((related,),) = self.query(_RELATED)
        for name in ("baseline", "after"):
            self.change(f"CREATE TABLE {name}_name ({_NAME_COLUMNS})")
            if related:
                names = NAMES.format(rows=name, each="UNNEST", is_update="SIMILAR TO 'KB[0-9]+'")
                self.change(f"INSERT INTO {name}_name {names}")

    def compare(self, hosts: Iterable[ComparedHost]) -> None:
        """Compute the delta, anew if it was computed before, with each host by what was scanned on it."""
        every = list(hosts)
        columns = ", ".join(f"UNNEST(?::{kind}[]) AS {name}" for name, kind in _HOST_COLUMNS.items())
        # Columns, not rows: a row at a time, a fleet takes seconds.
        values = [[getattr(host, name) for host in every] for name in _HOST_COLUMNS]
        self.change(f"CREATE OR REPLACE TABLE compared_host AS SELECT {columns}", *values)
        # `place` is a row's number in the order of the identities, so that nothing need compare them again.
        place = f"ROW_NUMBER() OVER (ORDER BY {IDENTITY}, part) AS place"
        with self._memory.to_sort() if self._memory else nullcontext():
            self.change(f"CREATE OR REPLACE TABLE delta AS SELECT *, {place} FROM ({DELTA})")

    def resurface(self, fixed: Iterable[EarlierFix]) -> None:
        """Move the new findings of the delta that were fixed before to the class `resurfaced`."""
        names = IDENTITY.split(", ")
        columns = {name: COLUMNS[name] for name in names}
        if not (rows := [tuple(getattr(one, name) for name in names) for one in fixed]):
            return
        self.change(f"CREATE TABLE fixed_before ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
        self.fill("fixed_before", columns, [list(column) for column in zip(*rows, strict=True)])
        self.change(
            f"UPDATE delta SET class = 'resurfaced' WHERE class = 'new' AND place IN "
            f"(SELECT place FROM delta SEMI JOIN fixed_before USING ({IDENTITY}))"
        )

    @property
    def repeating(self) -> bool:
        """Return whether a row may be there more than once: one without an ARN."""
        return any(self._repeating.values())

    def query(self, text: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, some at a time."""
        for rows in self.batches(text, *values):
            yield from rows

    def batches(self, text: str, *values: object, size: int = 1_000) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows of a query in lists of at most `size`."""
        # Part of a sort is done while its rows are fetched, where nothing can be tried again.
        with self._memory.to_sort() if self._memory else nullcontext(), closing(self._db.cursor()) as cursor:
            self._run(cursor.execute, text, values)
            while rows := cursor.fetchmany(size):
                yield rows

    def change(self, text: str, *values: object) -> None:
        """Run a statement that changes a relation."""
        self._run(self._db.execute, text, values)

    def fill(self, table: str, columns: Mapping[str, str], values: Sequence[list[Any]]) -> None:
        """Add rows to a table, given a list of values for each of its columns, with the columns' types."""
        # Columns, not rows: a row at a time, a fleet takes seconds.
        every = ", ".join(f"UNNEST(?::{kind}[])" for kind in columns.values())
        self.change(f"INSERT INTO {table} SELECT {every}", *values)

    def findings(self, relation: str, joined: str, where: str, *values: object) -> Iterator[Finding]:
        """Yield the findings of `relation f`, as `joined` and `where` select them, identity by identity."""
        columns = ", ".join(f"f.{_READ.get(name, name)}" for name in COLUMNS)
        order = ", ".join(f"f.{name.strip()}" for name in IDENTITY.split(","))
        once = "DISTINCT " if self._repeating[relation] else ""
        select = f"SELECT {once}{columns}, f.part FROM {relation} f {joined} WHERE {where}"
        for row in self.query(f"{select} ORDER BY {order}, f.part, f.arn", *values):
            yield _finding(row)

    def _run(self, execute: Execute, text: str, values: Sequence[object]) -> None:
        if self._memory:
            self._memory.run(execute, text, values)
        else:
            execute(text, list(values))

    def close(self) -> None:
        """Free the database."""
        self._db.close()
        if self._files:
            self._files.cleanup()


def _in_memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config=IN_MEMORY)


def _on_disk(folder: Path) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(folder), "threads": 1, "preserve_insertion_order": False,
    }  # fmt: skip
    return duckdb.connect(str(folder / "delta.duckdb"), config=config)


def _finding(row: tuple[Any, ...]) -> Finding:
    values = list(row[: len(COLUMNS)])
    for place in _TIMES:
        values[place] = moment_of(values[place])
    for place in _LISTS:
        values[place] = tuple(values[place] or ())
    values[_PACKAGES] = packages_of(values[_PACKAGES])
    return Finding(*values)


# The findings of a host share their times, and the hosts of a fleet their packages.
@lru_cache(maxsize=1024)
def moment_of(text: str | None) -> datetime | None:
    """Return a time of a snapshot."""
    return datetime.fromisoformat(text) if text else None


@lru_cache(maxsize=8192)
def packages_of(text: str | None) -> tuple[Package, ...]:
    """Return the packages of a finding, given as JSON."""
    return tuple(Package(**package) for package in json.loads(text or "[]"))
