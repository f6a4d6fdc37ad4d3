"""Deltas in databases of one DuckDB that all tests of a process share: to start one takes a third of a small delta.

A delta only answers questions, so that tests of the same two snapshots share one. DuckDB parses and plans each
statement for milliseconds, and the rows of a test for microseconds: what a process has parsed is kept.
"""

from functools import cache
from itertools import count
from typing import Any

import duckdb
import pytest

from postpatch.model import Snapshot
from postpatch.verdict import database
from postpatch.verdict.delta import Delta

_NUMBERS = count()
_connect = duckdb.connect
_SHARED: dict[str, Delta] = {}
_KEPT = 24  # more deltas than any test holds


@cache
def _instance() -> duckdb.DuckDBPyConnection:
    return _connect(":memory:", config={"threads": 1})  # a few rows are not worth handing to another thread


@cache
def _parsed(text: str) -> duckdb.Statement:
    (statement,) = _instance().extract_statements(text)
    return statement


class _Attached:
    """A connection to a database of the shared instance, with what a delta asks of one."""

    def __init__(self, name: str, *, owns: bool) -> None:
        self._name, self._owns = name, owns
        self._connection = _instance().cursor()
        self._connection.execute(_parsed(f"USE {name}"))

    def cursor(self) -> "_Attached":
        """Return another connection to this database."""
        return _Attached(self._name, owns=False)

    def execute(self, text: str, *values: Any) -> duckdb.DuckDBPyConnection:
        """Run a statement in this database."""
        return self._connection.execute(_parsed(text), *values)

    def fetchmany(self, size: int) -> list[Any]:
        """Return the next rows of what was run."""
        return self._connection.fetchmany(size)

    def close(self) -> None:
        """Close the connection; the one that owns the database frees it."""
        self._connection.close()
        if self._owns:
            _instance().execute(f"DETACH DATABASE IF EXISTS {self._name}")


def _connected(path: str, **config: Any) -> Any:
    if path != ":memory:":
        return _connect(path, **config)
    name = f"delta_{next(_NUMBERS)}"
    _instance().execute(f"ATTACH ':memory:' AS {name}")
    return _Attached(name, owns=True)


def quick_delta(baseline: Snapshot, after: Snapshot) -> Delta:
    """Return the delta of two snapshots; what it is made of is the product's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", _connected)
        return Delta(baseline, after)


def shared_delta(baseline: Snapshot, after: Snapshot) -> Delta:
    """Return the delta of two snapshots, which other tests may have had before; leave it open."""
    if baseline.manifest.rows + after.manifest.rows >= database._FEW:
        return quick_delta(baseline, after)
    # The manifests hold the checksums of the rows.
    key = repr((baseline.manifest, after.manifest))
    # Those used last are at the end.
    _SHARED[key] = _SHARED.pop(key, None) or quick_delta(baseline, after)
    if len(_SHARED) > _KEPT:
        _SHARED.pop(next(iter(_SHARED))).close()
    return _SHARED[key]
