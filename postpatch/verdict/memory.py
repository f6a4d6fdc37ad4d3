"""The memory that DuckDB may use for a large delta: little to load its rows, more to compare and sort them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import duckdb

# MB to load rows, bytes more for each of them, and MB more to compare or sort them. A statement that runs out of it
# gets half as much again, as often as it must, up to the most.
_LEAST, _A_ROW, _MORE, _MOST = 64, 60, 40, 8_192

Execute = Callable[..., object]


class Memory:
    """The limit of one database, by the number of its rows; `execute` runs a statement on it."""

    def __init__(self, execute: Execute, rows: int) -> None:
        self._execute = execute
        self._sorting = 0  # how many statements that sort are under way
        self._allow(_LEAST + rows * _A_ROW // 1_000_000)

    def run(self, execute: Execute, text: str, values: Sequence[object]) -> None:
        """Run a statement, with more memory if it needs that; OutOfMemoryException if the most is too little."""
        while True:
            try:
                execute(text, list(values))
            except duckdb.OutOfMemoryException:
                if self._megabytes >= _MOST:
                    raise
                self._allow(min(self._megabytes + self._megabytes // 2, _MOST))
            else:
                return

    @contextmanager
    def to_sort(self) -> Iterator[None]:
        """Allow more for as long as the context lasts."""
        self._sorting += 1
        self._allow(self._megabytes)
        try:
            yield
        finally:
            self._sorting -= 1
            # What is in use is not taken back, and the database may be closed before all rows of a query are read.
            with suppress(duckdb.OutOfMemoryException, duckdb.ConnectionException):
                self._allow(self._megabytes)

    def _allow(self, megabytes: int) -> None:
        self._megabytes = megabytes
        self._execute(f"SET memory_limit = '{megabytes + (_MORE if self._sorting else 0)}MB'")
