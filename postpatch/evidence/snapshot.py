"""Snapshots of findings: gzip NDJSON, one finding per line, written as they arrive, with a manifest.

Read one with `zcat FILE | jq`, or natively with DuckDB, Spark or Athena.
"""

import gzip
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from postpatch.errors import BadEvidence
from postpatch.evidence.kept import keep, link_or_copy, read_kept
from postpatch.evidence.pack import sha256_of
from postpatch.model import Finding, Manifest, Mode, Scope, Snapshot
from postpatch.model.snapshot import FORMAT
from postpatch.translation.row import ENCODER, Row, row_of

# zlib's level: 1 takes a quarter of the time of 6, for files half as large again.
_LEVEL = 1
_LINES_AT_ONCE = 256


def manifest_path(snapshot: Path) -> Path:
    """Return the path of the manifest of `snapshot`: `NAME.ndjson.gz` has `NAME.manifest.json`."""
    return snapshot.with_name(snapshot.name.removesuffix(".ndjson.gz") + ".manifest.json")


def write_snapshot(path: Path, findings: Iterable[Finding | Row], describe: Callable[[], Manifest]) -> Snapshot:
    """Stream `findings` to `path` and write its manifest; neither file exists before both are complete.

    `describe` is called after the last finding is written, because parts of the manifest are only known then; `rows`
    and `sha256` are computed here.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        rows = _write_rows(temporary, findings)
        complete = replace(describe(), rows=rows, sha256=sha256_of(temporary))
        # The old manifest goes first: a kill between the two renames leaves no pair that only seems complete.
        manifest_path(path).unlink(missing_ok=True)
        temporary.replace(path)
        keep(manifest_path(path), complete, Manifest)
    finally:
        temporary.unlink(missing_ok=True)
    return Snapshot(path, complete)


def open_snapshot(path: Path, remedy: str) -> Snapshot:
    """Return the snapshot at `path` after checking that it is complete and unaltered.

    `remedy` is the command that makes one; every BadEvidence begins with it and names the file.
    """
    if not path.is_file():
        raise BadEvidence(f"Take a baseline: {remedy}. There is no file {path}.")
    beside = manifest_path(path)
    if not beside.is_file():
        raise BadEvidence(f"Take the baseline again: {remedy}. {path} has no manifest {beside.name} next to it.")
    manifest = _manifest(beside, remedy)
    if manifest.format != FORMAT:
        raise BadEvidence(
            f"Take the baseline again: {remedy}. {path} has format {manifest.format}, this tool reads {FORMAT}."
        )
    rows = _count_rows(path, remedy)
    if sha256_of(path) != manifest.sha256:
        raise BadEvidence(
            f"Take the baseline again: {remedy}. {path} was altered: its sha256 is not the one in {beside.name}."
        )
    if rows != manifest.rows:
        raise BadEvidence(
            f"Take the baseline again: {remedy}. {path} holds {rows} findings, its manifest says {manifest.rows}."
        )
    return Snapshot(path, manifest)


def refuse_to_displace(path: Path, stage: str) -> None:
    """Refuse to replace a baseline of AWS itself by a simulated one: BadEvidence says how to keep both."""
    if not stage or not manifest_path(path).exists():
        return
    existing: Manifest = read_kept(manifest_path(path), Manifest)
    if not existing.stage:
        raise BadEvidence(
            f"Name another folder with --reports DIR: {path} is a baseline of AWS itself, this one would be SIMULATED."
        )


def publish_snapshot(snapshot: Snapshot, path: Path) -> Snapshot:
    """Move a snapshot to `path` and return it there; the previous one stays next to it, named after its time.

    BadEvidence if it was not taken but reconstructed: a snapshot at `path` must have been taken before patching.
    """
    if snapshot.manifest.reconstructed:
        raise BadEvidence(f"{snapshot.path} was reconstructed after patching and is never published as a baseline.")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and manifest_path(path).exists():
        # Whole under its date before anything of it is replaced: wherever this is broken off, it is not lost.
        dated = path.with_name(f"baseline-{_taken_at(path):%Y%m%dT%H%M%SZ}.ndjson.gz")
        for old, new in ((path, dated), (manifest_path(path), manifest_path(dated))):
            link_or_copy(old, new)
    manifest_path(path).unlink(missing_ok=True)
    snapshot.path.replace(path)
    manifest_path(snapshot.path).replace(manifest_path(path))
    return Snapshot(path, snapshot.manifest)


def require_same(
    snapshot: Snapshot, *, mode: Mode, stage: str, engine: str, account: str, region: str, scope: Scope, remedy: str
) -> None:
    """Refuse a baseline with a different mode, engine, account, region or scope: BadEvidence lists the differences."""
    manifest = snapshot.manifest
    pairs = (
        ("mode", manifest.mode.value, mode.value),
        ("answered by", manifest.stage or "AWS", stage or "AWS"),
        ("engine", manifest.engine, engine),
        ("account", manifest.account, account),
        ("region", manifest.region, region),
        ("scope", str(manifest.scope), str(scope)),
    )
    foreign = [f"{name} {its}, this run's is {own}" for name, its, own in pairs if its != own]
    if foreign:
        raise BadEvidence(
            f"Name the right file with --baseline, or take one: {remedy}. "
            f"{snapshot.path} does not fit this run: {'; '.join(foreign)}."
        )


def _manifest(path: Path, remedy: str) -> Manifest:
    try:
        manifest: Manifest = read_kept(path, Manifest)
    except BadEvidence as error:
        raise BadEvidence(
            f"Take the baseline again: {remedy}. {path} is not a readable manifest of this tool."
        ) from error
    return manifest


def _taken_at(path: Path) -> datetime:
    try:
        existing: Manifest = read_kept(manifest_path(path), Manifest)
    except BadEvidence:
        # An unreadable manifest must not prevent a new baseline.
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return existing.taken_at


def _write_rows(path: Path, findings: Iterable[Finding | Row]) -> int:
    rows = 0
    # mtime=0: the same findings give the same bytes, so hashes can be compared.
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=_LEVEL, mtime=0) as file,
    ):
        every = (one if isinstance(one, Row) else row_of(one) for one in findings)
        while some := list(islice(every, _LINES_AT_ONCE)):
            file.write(ENCODER.encode_lines(some))
            rows += len(some)
    return rows


def _count_rows(path: Path, remedy: str) -> int:
    try:
        return sum(chunk.count(b"\n") for chunk in _chunks(path))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadEvidence(f"Take the baseline again: {remedy}. {path} is damaged or cut off: {error}.") from error


def _chunks(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk
