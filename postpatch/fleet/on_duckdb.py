"""DuckDB in this process computes over the packs of a fleet; what does not fit in its memory is in temporary files."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from postpatch.errors import BadEvidence
from postpatch.fleet.concerns import Concerns, concerns_of, first_concerns
from postpatch.fleet.engine import AFTER, DELTA_CSV, DIFFERENCES, compared, snapshots
from postpatch.verdict.delta import Delta

_MEMORY = "1GB"
_OUTCOME = "SELECT * FROM read_csv(?, header = true, all_varchar = true, union_by_name = true)"
_NAMED = """
    SELECT account, region, host, type, vulnerability, UNNEST(packages).name AS package
    FROM read_json(?, format = 'newline_delimited', compression = 'gzip',
                   columns = {account: 'VARCHAR', region: 'VARCHAR', host: 'VARCHAR', type: 'VARCHAR',
                              vulnerability: 'VARCHAR', packages: 'STRUCT(name VARCHAR)[]'})
"""
# Its own texts alone are put together, and files go as parameters.
_DIFFERENCES = f"""
    WITH outcome AS (SELECT 0 AS pack, * FROM ({_OUTCOME})), derived AS (SELECT 0 AS pack, * FROM delta)
    SELECT findings FROM ({DIFFERENCES})
"""  # noqa: S608


class OnDuckDB:
    """DuckDB in this process; packs are compared one after the other."""

    def concerns(self, packs: Sequence[Path], most: int) -> Concerns:
        """Return what concerns the hosts of the packs: every cause, and at most `most` packages.

        BadEvidence names the packs whose findings cannot be read.
        """
        if not (counted := compared(packs)):
            return Concerns()
        try:
            return self._concerns(counted, most)
        except duckdb.Error as error:
            if len(counted) == 1:
                raise BadEvidence(f"Leave out {counted[0]}: no run wrote the findings in it: {error}") from error
            for pack in counted:
                self.concerns([pack], most)
            raise

    def _concerns(self, counted: Sequence[Path], most: int) -> Concerns:
        files = [[str(pack / name) for pack in counted] for name in (DELTA_CSV, AFTER)]
        query = f"WITH outcome AS ({_OUTCOME}), named_package AS ({_NAMED}) {first_concerns(most)}"
        with (
            TemporaryDirectory(prefix="postpatch-") as folder,
            closing(duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": folder})) as database,
        ):
            return concerns_of(database.execute(query, files).fetchall())

    def differences(self, packs: Sequence[Path]) -> Mapping[Path, int]:
        """Return how many rows of each `delta.csv` are not what its snapshots give; packs that agree are left out.

        BadEvidence if a snapshot or its manifest cannot be read.
        """
        found = {}
        for pack in compared(packs):
            with Delta(*snapshots(pack)) as delta:
                for (rows,) in delta.query(_DIFFERENCES, str(pack / DELTA_CSV)):
                    found[pack] = rows
        return found
