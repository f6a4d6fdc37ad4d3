"""The findings in a Parquet file of OCSF, as Security Lake keeps them, one at a time."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import duckdb

from postpatch.errors import BadEvidence
from postpatch.evidence.findings_json import documents_of
from postpatch.translation.ocsf_finding import CLASS, is_inspectors

MAGIC = b"PAR1"  # the first and the last bytes of a file (https://parquet.apache.org/docs/file-format/)
_ROWS = "SELECT CAST(to_json(record) AS VARCHAR) FROM read_parquet(?) AS record"
_MEMORY = "512MB"
_AT_ONCE = 500


class FindingsParquet:
    """Iterate once over the records of a file; each item is the record's place and a finding in the API's names.

    BadEvidence says the place of what is wrong. A file that can be read is not cut, but Security Lake keeps many, and
    nothing in one says which: `end_is_proven` is never true. `left_out` counts the records that are not Inspector's.
    """

    end_is_proven = is_whole = False
    in_ocsf = True
    asked = ""

    def __init__(self, stream: BinaryIO) -> None:
        self._path = Path(stream.name)
        with self._path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise BadEvidence("it is a Parquet file in a gzip file: unpack it first")
        self.left_out = 0

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Yield each of Inspector's findings with its place."""
        for number, record in enumerate(self._records(), 1):
            if is_inspectors(record):
                yield from documents_of(f"record {number}", record)
            else:
                self.left_out += 1

    def _records(self) -> Iterator[dict[str, object]]:
        try:
            with closing(duckdb.connect(config={"memory_limit": _MEMORY, "threads": 1})) as database:
                names = {name for row in self._schema(database) for name in row}
                if CLASS not in names:
                    raise BadEvidence(f"its columns are not those of OCSF: there is no {CLASS}")
                database.execute(_ROWS, [str(self._path)])
                while rows := database.fetchmany(_AT_ONCE):
                    for (text,) in rows:
                        yield json.loads(text)
        except (duckdb.Error, ValueError) as error:
            raise BadEvidence(f"the Parquet file is damaged or cut off: {error}") from error

    def _schema(self, database: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
        return database.execute("SELECT name FROM parquet_schema(?)", [str(self._path)]).fetchall()
