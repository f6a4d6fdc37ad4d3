"""Count what is active in one snapshot, as a delta counts its baseline, without loading its rows."""

import json
from tempfile import TemporaryDirectory

import duckdb

from postpatch.model import Snapshot
from postpatch.verdict.database import COLUMNS, IDENTITY

_READ = f"{IDENTITY}, status, arn, updated_at".split(", ")
# Of a package only what says whether it is the operating system's.
_COLUMNS = {name: COLUMNS[name] for name in _READ} | {"packages": "STRUCT(manager VARCHAR)[]"}
_MEMORY = "96MB"
_LONGEST_ROW = 4 << 20  # DuckDB reads with buffers of twice this size
# Identities and ARNs are numbers here, so that the rows of a fleet take little memory. Of the rows of one ARN the
# newest counts, and of those of one time the worst; all others count as they are. Parts are those of delta.sql.
_IS_SYSTEM = "len(packages) = 0 OR len(list_filter(packages, lambda one: one.manager IN ('OS', ''))) > 0"
_ACTIVE = f"""
    SELECT newest.is_check, COUNT(DISTINCT newest.finding) FROM (
      SELECT MAX({{'at': COALESCE(updated_at, ''), 'active': status = 'ACTIVE', 'is_check': type = 'CONFIGURATION',
                  'finding': hash({IDENTITY}, {_IS_SYSTEM})}}) AS newest
      FROM read_json(?, format='newline_delimited', compression='gzip', maximum_object_size={_LONGEST_ROW},
                     columns={json.dumps(_COLUMNS)})
      GROUP BY hash({IDENTITY}), CASE WHEN arn = '' THEN hash(status, packages) ELSE hash(arn) END
    ) WHERE newest.active GROUP BY ALL
"""


def active_findings(snapshot: Snapshot) -> tuple[int, int]:
    """Return how many findings of packages and of the network are active, and how many CIS checks failed."""
    with TemporaryDirectory(prefix="postpatch-") as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY, "temp_directory": folder, "threads": 1, "preserve_insertion_order": False,
        }  # fmt: skip
        with duckdb.connect(":memory:", config=config) as database:
            counted = dict(database.execute(_ACTIVE, [str(snapshot.path)]).fetchall())
    return counted.get(False, 0), counted.get(True, 0)
