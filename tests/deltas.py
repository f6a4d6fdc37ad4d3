"""Deltas in databases of one DuckDB that all tests of a process share: to start one takes a third of a small delta.

But for `resurface`, a delta only asks its database, so that tests of the same two snapshots share that. DuckDB parses
and plans each statement for milliseconds, whatever rows there are: what a process has parsed is kept.
"""

from copy import copy
from functools import cache
from itertools import count
from typing import Any
from weakref import finalize

import duckdb
import pytest

from postpatch.model import EarlierRuns, Snapshot
from postpatch.verdict import database
from postpatch.verdict.delta import Delta

_NUMBERS = count()
_connect = duckdb.connect
_SHARED: dict[str, Delta] = {}
_KEPT = 24


@cache
def _instance() -> duckdb.DuckDBPyConnection:
    # A few rows are not worth handing to another thread.
    return _connect(":memory:", config=database.IN_MEMORY | {"threads": 1})


@cache
def _parsed(text: str) -> duckdb.Statement:
    (statement,) = _instance().extract_statements(text)
    return statement


class _Attached:
    """A connection to a database of the shared instance, with what a delta asks of one."""

    def __init__(self, name: str, owner: "_Attached | None" = None) -> None:
        self._name, self._owner = name, owner
        self._connection = _instance().cursor()
        self._connection.execute(_parsed(f"USE {name}"))

    def cursor(self) -> "_Attached":
        """Return another connection to this database, which is there as long as one of them is."""
        return _Attached(self._name, self._owner or self)

    def execute(self, text: str, *values: Any) -> duckdb.DuckDBPyConnection:
        """Run a statement in this database."""
        return self._connection.execute(_parsed(text), *values)

    def fetchmany(self, size: int) -> list[Any]:
        """Return the next rows of what was run."""
        return self._connection.fetchmany(size)

    def close(self) -> None:
        """Close the connection; the database is freed with the last one."""
        self._connection.close()

    def __del__(self) -> None:
        """Free the database, if this is the connection that it was made with."""
        if self._owner is None:
            self._connection.close()
            _instance().execute(f"DETACH DATABASE IF EXISTS {self._name}")


def _connected(path: str, **config: Any) -> Any:
    if path != ":memory:":
        return _connect(path, **config)
    name = f"delta_{next(_NUMBERS)}"
    _instance().execute(f"ATTACH ':memory:' AS {name}")
    return _Attached(name)


class _SharedDelta(Delta):
    def resurface(self, earlier: EarlierRuns) -> None:  # noqa: ARG002 - of the interface
        """Refuse what changes the delta of other tests too."""
        raise RuntimeError("Make a delta that this test alone has: make_delta(…, own=True).")


def quick_delta(baseline: Snapshot, after: Snapshot, kind: type[Delta] = Delta) -> Delta:
    """Return the delta of two snapshots; what it is made of is the product's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", _connected)
        return kind(baseline, after)


def shared_delta(baseline: Snapshot, after: Snapshot) -> Delta:
    """Return a delta of two snapshots, whose database other tests may have had before; leave it open."""
    if baseline.manifest.rows + after.manifest.rows >= database._FEW:
        large = quick_delta(baseline, after)
        finalize(large, large._db.close)  # its files too
        return large
    # The manifests hold the checksums of the rows.
    key = repr((baseline.manifest, after.manifest))
    # Those used last are at the end.
    kept = _SHARED.pop(key, None)
    _SHARED[key] = kept or quick_delta(baseline, after, _SharedDelta)
    if len(_SHARED) > _KEPT:
        del _SHARED[next(iter(_SHARED))]
    # What makes its relations is part of the original: all copies have the same.
    assert _SHARED[key].listed
    return copy(_SHARED[key])
