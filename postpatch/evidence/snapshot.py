"""Snapshots of findings: gzip NDJSON, one finding a line, written as they arrive, with a manifest beside them.

Read one with `zcat FILE | jq`, or natively with DuckDB, Spark or Athena.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from postpatch.errors import BadEvidence
from postpatch.evidence.kept import keep, read_kept
from postpatch.model import Finding, Manifest, Mode, Scope, Snapshot
from postpatch.model.snapshot import FORMAT

_FIELDS = tuple(field.name for field in fields(Finding))


def manifest_path(snapshot: Path) -> Path:
    """Return the path of the manifest of `snapshot`: `NAME.ndjson.gz` has `NAME.manifest.json`."""
    return snapshot.with_name(snapshot.name.removesuffix(".ndjson.gz") + ".manifest.json")


def write_snapshot(path: Path, findings: Iterable[Finding], describe: Callable[[], Manifest]) -> Snapshot:
    """Stream `findings` to `path` and its manifest beside it; nothing of either stands until both are complete.

    `describe` is called once the last finding is written, for some of what a manifest says is only known then; `rows`
    and `sha256` are counted here.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        rows = _write_rows(temporary, findings)
        complete = replace(describe(), rows=rows, sha256=_sha256(temporary))
        # The old manifest goes first: a kill between the two renames leaves no pair that only looks whole.
        manifest_path(path).unlink(missing_ok=True)
        temporary.replace(path)
        keep(manifest_path(path), complete, Manifest)
    finally:
        temporary.unlink(missing_ok=True)
    return Snapshot(path, complete)


def open_snapshot(path: Path, remedy: str) -> Snapshot:
    """Return the snapshot at `path` after checking that it is whole and unaltered.

    `remedy` is the command that makes one; every BadEvidence names the file and ends with it.
    """
    if not path.is_file():
        raise BadEvidence(f"There is no snapshot {path}. Make one: {remedy}")
    beside = manifest_path(path)
    if not beside.is_file():
        raise BadEvidence(f"{path} has no manifest {beside.name} beside it. Make it anew: {remedy}")
    manifest = _manifest(beside, remedy)
    if manifest.format != FORMAT:
        raise BadEvidence(f"{path} has format {manifest.format}, this tool reads {FORMAT}. Make it anew: {remedy}")
    rows = _count_rows(path, remedy)
    if _sha256(path) != manifest.sha256:
        raise BadEvidence(f"{path} was altered: its sha256 is not the one in {beside.name}. Make it anew: {remedy}")
    if rows != manifest.rows:
        raise BadEvidence(f"{path} holds {rows} findings, its manifest says {manifest.rows}. Make it anew: {remedy}")
    return Snapshot(path, manifest)


def refuse_to_displace(path: Path, stage: str) -> None:
    """Refuse to put a simulated baseline where one of AWS itself stands: BadEvidence says how to keep both."""
    if not stage or not manifest_path(path).exists():
        return
    standing: Manifest = read_kept(manifest_path(path), Manifest)
    if not standing.stage:
        raise BadEvidence(
            f"{path} is a baseline of AWS itself, this one would be SIMULATED. Name another --reports DIR."
        )


def publish_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Move a snapshot to `path`; the one that stood there stays beside it, named after the time it was taken.

    BadEvidence if it was not taken but reconstructed: what stands at `path` is trusted to have been taken.
    """
    if snapshot.manifest.reconstructed:
        raise BadEvidence(f"{snapshot.path} was reconstructed after patching: it never stands as one that was taken.")
    if path.exists() and manifest_path(path).exists():
        dated = path.with_name(f"baseline-{_taken_at(path):%Y%m%dT%H%M%SZ}.ndjson.gz")
        path.replace(dated)
        manifest_path(path).replace(manifest_path(dated))
    path.parent.mkdir(parents=True, exist_ok=True)
    snapshot.path.replace(path)
    manifest_path(snapshot.path).replace(manifest_path(path))


def require_same(
    snapshot: Snapshot, *, mode: Mode, stage: str, engine: str, account: str, region: str, scope: Scope, remedy: str
) -> None:
    """Refuse a baseline that speaks of something else: BadEvidence names every difference."""
    manifest = snapshot.manifest
    pairs = (
        ("mode", manifest.mode.value, mode.value),
        ("answered by", manifest.stage or "AWS", stage or "AWS"),
        ("engine", manifest.engine, engine),
        ("account", manifest.account, account),
        ("region", manifest.region, region),
        ("scope", str(manifest.scope), str(scope)),
    )
    foreign = [f"{name} {theirs}, this run judges {ours}" for name, theirs, ours in pairs if theirs != ours]
    if foreign:
        raise BadEvidence(
            f"{snapshot.path} is the baseline of something else: {'; '.join(foreign)}. "
            f"Name the right file with --baseline, or make one: {remedy}"
        )


def _manifest(path: Path, remedy: str) -> Manifest:
    try:
        manifest: Manifest = read_kept(path, Manifest)
    except BadEvidence as error:
        raise BadEvidence(f"{path} is no manifest of this tool: it cannot be read. Make it anew: {remedy}") from error
    return manifest


def _taken_at(path: Path) -> datetime:
    try:
        standing: Manifest = read_kept(manifest_path(path), Manifest)
    except BadEvidence:
        # A manifest that cannot be read must not keep a new baseline out.
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return standing.taken_at


def _write_rows(path: Path, findings: Iterable[Finding]) -> int:
    rows = 0
    # mtime=0: the same findings give the same bytes, so hashes can be compared.
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file:
        for finding in findings:
            file.write(_line(finding))
            rows += 1
    return rows


def _line(finding: Finding) -> bytes:
    row = {name: _plain(getattr(finding, name)) for name in _FIELDS}
    row["packages"] = [asdict(package) for package in finding.packages]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    # One spelling of time, so that text order is time order in SQL.
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value


def _count_rows(path: Path, remedy: str) -> int:
    try:
        return sum(chunk.count(b"\n") for chunk in _chunks(path))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadEvidence(f"{path} is damaged or breaks off: {error}. Make it anew: {remedy}") from error


def _chunks(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
