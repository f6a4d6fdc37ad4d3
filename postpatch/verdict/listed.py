"""The active findings of both snapshots, each with its outcome; what is the same on many hosts is kept once.

A fleet has many findings and few descriptions: all that a finding says but its host, its ARN and its times. What
depends on the description alone is settled once for each, and the rest of a finding is a short row.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any

from postpatch.model import DeltaClass, Finding
from postpatch.verdict.database import COLUMNS, DESCRIBED, IDENTITY, OWN, Database, moment_of, packages_of

# The columns of a finding that is listed; status is not among them, because all of these are ACTIVE.
_OWN = tuple(name for name in OWN if name != "status")
_PLACES = {name: place for place, name in enumerate(COLUMNS)}
# Lists are read as the text that DuckDB writes of them.
_STORED = {"packages": "packages_text", "related": "CAST(to_json(related) AS VARCHAR)"}
_OF_DELTA = " AND ".join(f"{'r' if name in OWN else 's'}.{name} = d.{name}" for name in IDENTITY.split(", "))
_LISTED = f"""
    CREATE TABLE listed AS
    SELECT ROW_NUMBER() OVER (ORDER BY place, part, arn, description, updated_at) AS id, * FROM (
      SELECT {{once}} r.side, d.place, r.description, s.part, d.class, {", ".join(f"r.{name}" for name in _OWN)}
      FROM (SELECT 'before' AS side, * FROM baseline_row UNION ALL SELECT 'after' AS side, * FROM after_row) r
      JOIN description s USING (description)
      JOIN delta d ON {_OF_DELTA} AND d.part IN ('any', s.part)
      WHERE r.status = 'ACTIVE'
    )
"""
_MOST_KEPT = 20_000  # descriptions that are held at once
Wanted = Callable[[Finding], bool]


class Listed:
    """The active findings of a delta that has been computed, in the order of their identities.

    Relations for queries: `description`, and `listed` with a row for each finding: `id` in that order, `side` (before
    or after), `place` of its row of the delta, `class`, and the columns of its own.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._numbers = count()
        self._kept: dict[int, list[Any]] = {}

    @cached_property
    def relation(self) -> str:
        """Return the name of the relation of findings, which is made when it is first needed."""
        # Rows without an ARN may be repeated, and each counts once.
        self._db.change(_LISTED.format(once="DISTINCT" if self._db.repeating else ""))
        return "listed"

    def findings(self, where: str, *values: object) -> Iterator[Finding]:
        """Yield the findings `l` that a condition selects."""
        for finding, _ in self.rows("NULL", "", where, *values):
            yield finding

    def rows(self, beside: str, joined: str, where: str, *values: object) -> Iterator[tuple[Finding, tuple[Any, ...]]]:
        """Yield the findings `l` that a condition selects, each with other columns, `beside`, of relations `joined`."""
        own = ", ".join(f"l.{name}" for name in _OWN)
        select = f"SELECT l.description, {own}, {beside} FROM {self.relation} l {joined} WHERE {where} ORDER BY l.id"
        for rows in self._db.batches(select, *values):
            self._describe({row[0] for row in rows})
            for row in rows:
                yield self._made(row), row[len(_OWN) + 1 :]

    def made(self, rows: list[tuple[Any, ...]]) -> Iterator[Finding]:
        """Yield the finding of each row, which begins with its description and then the columns of its own."""
        yield from map(self.maker(rows), rows)

    def maker(self, rows: list[tuple[Any, ...]]) -> Callable[[tuple[Any, ...]], Finding]:
        """Return what makes the finding of any of the rows, as `made` does."""
        self._describe({row[0] for row in rows})
        return self._made

    def descriptions(self, *classes: DeltaClass) -> Iterator[tuple[int, Finding]]:
        """Yield the descriptions of the findings after patching, of these classes, as findings of no host."""
        select = (
            f"SELECT DISTINCT description FROM {self.relation} WHERE side = 'after' AND class IN {_listed(classes)}"
        )
        for rows in self._db.batches(f"{select} ORDER BY description"):
            self._describe({number for (number,) in rows})
            yield from ((number, self._made((number, "", "", None, None, None))) for (number,) in rows)

    def like(self, wanted: Wanted, *classes: DeltaClass) -> Iterator[Finding]:
        """Yield the findings after patching, of these classes, whose description is `wanted`."""
        found = [number for number, one in self.descriptions(*classes) if wanted(one)]
        name = self.table("wanted", {"description": "INTEGER"})
        self.fill(name, {"description": "INTEGER"}, [(number,) for number in found])
        joined = f"SEMI JOIN {name} w ON w.description = l.description"
        where = f"l.side = 'after' AND l.class IN {_listed(classes)}"
        yield from (one for one, _ in self.rows("NULL", joined, where))

    def table(self, name: str, columns: Mapping[str, str]) -> str:
        """Make an empty table, and return its name."""
        whole = self.name(name)
        self._db.change(f"CREATE TABLE {whole} ({', '.join(f'{one} {kind}' for one, kind in columns.items())})")
        return whole

    def name(self, name: str) -> str:
        """Return a name that no relation has yet."""
        return f"{name}_{next(self._numbers)}"

    def fill(self, table: str, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows to a table."""
        if rows:
            self._db.fill(table, columns, [list(column) for column in zip(*rows, strict=True)])

    def change(self, text: str) -> None:
        """Run a statement that makes a relation."""
        self._db.change(text)

    def batches(self, text: str, *values: object, size: int = 1_000) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows of a query in lists of at most `size`."""
        return self._db.batches(text, *values, size=size)

    def _describe(self, numbers: Iterable[int]) -> None:
        missing = [number for number in numbers if number not in self._kept]
        if len(self._kept) + len(missing) > _MOST_KEPT:
            self._kept.clear()
            missing = list(numbers)
        if not missing:
            return
        columns = ", ".join(_STORED.get(name, name) for name in DESCRIBED)
        select = f"SELECT description, {columns} FROM description WHERE description IN (SELECT UNNEST(?))"
        for number, *same in self._db.query(select, missing):
            values: list[Any] = [None] * len(COLUMNS)
            for name, value in zip(DESCRIBED, same, strict=True):
                values[_PLACES[name]] = value
            values[_PLACES["status"]] = "ACTIVE"
            values[_PLACES["disclosed_at"]] = moment_of(values[_PLACES["disclosed_at"]])
            values[_PLACES["packages"]] = packages_of(values[_PLACES["packages"]])
            values[_PLACES["related"]] = tuple(json.loads(values[_PLACES["related"]] or "[]"))
            self._kept[number] = values

    def _made(self, row: tuple[Any, ...]) -> Finding:
        values = self._kept[row[0]].copy()
        values[_HOST], values[_ARN] = row[1], row[2]
        values[_FIRST], values[_LAST], values[_UPDATED] = moment_of(row[3]), moment_of(row[4]), moment_of(row[5])
        return Finding(*values)


_HOST, _ARN, _FIRST, _LAST, _UPDATED = (_PLACES[name] for name in _OWN)


def _listed(classes: Iterable[DeltaClass]) -> str:
    return f"({', '.join(repr(one.value) for one in classes or DeltaClass)})"
