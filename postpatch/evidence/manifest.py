"""The manifest beside a snapshot: what was looked at, when, by whom, and the snapshot's hash."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from postpatch.model import Mode, Scope
from postpatch.translation.times import parse_time

FORMAT = 1
# Read in UTC whatever offset it was written with; a time without a zone is refused.
Utc = Annotated[datetime, AfterValidator(parse_time)]


@dataclass(frozen=True)
class ScannedHost:
    """A host that the snapshot speaks of.

    `present`: it was there when the snapshot was taken. `scanned`: its packages and network were looked at.
    `cis_scanned`: the CIS scan finished on it. `tags` are its own, as far as the engine or the export tells them.
    """

    id: str
    present: bool = True
    scanned: bool = False
    cis_scanned: bool = False
    scanned_at: Utc | None = None
    proof: str = ""
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says of itself. Times are aware and in UTC; `sha256` is that of the compressed file.

    `stage` is what stood in for AWS: a world, an endpoint, or nothing. `covers` is what was looked for, where the
    engine lets that differ: the rules packages of Inspector Classic. `reconstructed`: it was put together after
    `taken_at`, and `limits` says, a sentence each, what it cannot know.
    """

    mode: Mode
    engine: str
    account: str
    region: str
    scope: Scope
    caller: str
    started_at: Utc
    taken_at: Utc
    tool: str
    hosts: tuple[ScannedHost, ...]
    covers: tuple[str, ...] = ()
    stage: str = ""
    source: str = ""
    set_aside: dict[str, int] = field(default_factory=dict)
    reconstructed: bool = False
    limits: tuple[str, ...] = ()
    rows: int = 0
    sha256: str = ""
    format: int = FORMAT


def manifest_path(snapshot: Path) -> Path:
    """Return where the manifest of `snapshot` stands: `NAME.ndjson.gz` has `NAME.manifest.json`."""
    return snapshot.with_name(snapshot.name.removesuffix(".ndjson.gz") + ".manifest.json")
