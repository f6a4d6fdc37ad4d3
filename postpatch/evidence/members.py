"""The findings of one account that Inspector's delegated administrator read, and the record of how it read them.

The record `NAME.read.json` beside `NAME.ndjson.gz` is written last: where it is, the reading came to its end, with the
findings or with the reason why there are none.
"""

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from postpatch.errors import BadEvidence
from postpatch.evidence.kept import keep, read_kept
from postpatch.evidence.pack import sha256_of
from postpatch.model import Utc
from postpatch.translation.row import ENCODER, Row

READING = "reading.json"  # the record in the evidence of the run that used the findings
_SUFFIX = ".ndjson.gz"
_DECODER = msgspec.json.Decoder(Row)


@dataclass(frozen=True)
class Reading:
    """How an administrator read the findings of `account`, between `started_at` and `finished_at`, by AWS's clock.

    `scanned` says when each host was scanned last, as the administrator saw it before it read the findings. With an
    `error` there are none.
    """

    account: str
    region: str
    administrator: str
    started_at: Utc
    finished_at: Utc
    scanned: dict[str, Utc] = field(default_factory=dict)
    rows: int = 0
    sha256: str = ""
    error: str = ""


def record_of(findings: Path) -> Path:
    """Return the path of the record of a file of findings."""
    return findings.with_name(findings.name.removesuffix(_SUFFIX) + ".read.json")


def keep_reading(findings: Path, reading: Reading) -> None:
    """Write the record of a reading, whole or not at all."""
    keep(record_of(findings), reading, Reading)


def read_reading(findings: Path) -> Reading:
    """Return the record of a reading; BadEvidence if it cannot be read."""
    found: Reading = read_kept(record_of(findings), Reading)
    return found


def split_by_account(rows: Iterable[Row], paths: Mapping[str, Path]) -> dict[str, int]:
    """Write each account's rows to its path; return how many each has. No file appears before all are complete."""
    counts = dict.fromkeys(paths, 0)
    temporary = {account: path.with_name(f".{path.name}.{os.getpid()}") for account, path in paths.items()}
    try:
        with ExitStack() as files:
            opened = {account: files.enter_context(gzip.open(path, "wb", 1)) for account, path in temporary.items()}
            for row in rows:
                opened[row.account].write(ENCODER.encode(row) + b"\n")
                counts[row.account] += 1
        for account, path in paths.items():
            temporary[account].replace(path)
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)
    return counts


def rows_of(findings: Path, reading: Reading, hosts: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of `hosts`; BadEvidence if the file is not the one that the record describes."""
    wanted, rows = frozenset(hosts), 0
    if not findings.is_file() or sha256_of(findings) != reading.sha256:
        raise BadEvidence(f"Run the fleet again: {findings} is gone or was altered since it was read.")
    try:
        with gzip.open(findings, "rb") as lines:
            for line in lines:
                row: Any = _DECODER.decode(line)
                if (row.account, row.region) != (reading.account, reading.region):
                    raise BadEvidence(f"Run the fleet again: {findings} holds a finding of {row.account} {row.region}.")
                rows += 1
                if row.host in wanted:
                    yield row
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise BadEvidence(f"Run the fleet again: {findings} cannot be read: {error}.") from error
    if rows != reading.rows:
        raise BadEvidence(f"Run the fleet again: {findings} holds {rows} findings, its record says {reading.rows}.")
