"""Deltas in databases of one DuckDB that all tests of a process share: to start one takes a third of a small delta."""

from functools import cache
from itertools import count
from typing import Any

import duckdb
import pytest

from postpatch.model import Snapshot
from postpatch.verdict.delta import Delta

_NUMBERS = count()
_connect = duckdb.connect


@cache
def _instance() -> duckdb.DuckDBPyConnection:
    return _connect(":memory:")


class _Attached:
    """A database of the shared instance, with what a delta asks of a connection."""

    def __init__(self) -> None:
        self._name = f"delta_{next(_NUMBERS)}"
        _instance().execute(f"ATTACH ':memory:' AS {self._name}")
        self._own = self.cursor()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a connection to this database."""
        cursor = _instance().cursor()
        cursor.execute(f"USE {self._name}")
        return cursor

    def execute(self, *statement: Any) -> duckdb.DuckDBPyConnection:
        """Run a statement in this database."""
        return self._own.execute(*statement)

    def close(self) -> None:
        """Free the database."""
        self._own.close()
        _instance().execute(f"DETACH DATABASE IF EXISTS {self._name}")


def _connected(path: str, **config: Any) -> Any:
    return _Attached() if path == ":memory:" else _connect(path, **config)


def quick_delta(baseline: Snapshot, after: Snapshot) -> Delta:
    """Return the delta of two snapshots; what it is made of is the product's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", _connected)
        return Delta(baseline, after)
