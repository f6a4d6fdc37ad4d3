"""The evidence pack: the files of a run, sealed by a manifest that lists every file with its sha256.

A pack is a folder: the report in its several forms, `evidence/` with all that it was drawn from, and `manifest.json`.
"""

import hashlib
import json
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationError

from postpatch.errors import BadEvidence
from postpatch.evidence.kept import keep, reader_of
from postpatch.model import NO_CHANGE, Change, Mode, Utc

FORMAT = 1
MANIFEST = "manifest.json"
EVIDENCE = "evidence"
RUNS = "runs"  # beside a pack, the folder of the packs of earlier runs
LARGEST = 64 * 1024 * 1024  # bytes of a JSON document: many times that of any run
VERDICT_JSON = "verify.json"
# Plain names below the pack alone: nothing that climbs out, and nothing that a terminal would obey.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*", re.ASCII)


class NotAPack(BadEvidence):
    """The folder is not an evidence pack that this tool can read."""


@dataclass(frozen=True)
class PackFile:
    """One file of a pack: its name below the pack with `/` between folders, its sha256, its size in bytes."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(ge=0, strict=True)]


@dataclass(frozen=True)
class PackManifest:
    """What a pack says of itself. `stage` is what replaced AWS: a world, an endpoint, or nothing."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    tool: str
    run: str
    mode: Mode
    stage: str
    verdict: str
    started_at: Utc
    finished_at: Utc
    files: tuple[PackFile, ...] = ()
    format: int = FORMAT
    change: Change = NO_CHANGE


def is_plain(name: str) -> bool:
    """Return whether `name` can be the name of a file in a pack: relative, downwards, of letters, digits and `_.-`."""
    return _PLAIN.fullmatch(name) is not None


def seal(folder: Path, names: list[str], about: PackManifest) -> str:
    """Write the manifest of the files `names` in `folder`, after everything else; return the manifest's own sha256."""
    files = tuple(PackFile(name, sha256_of(folder / name), (folder / name).stat().st_size) for name in sorted(names))
    keep(folder / MANIFEST, PackManifest(**{**vars(about), "files": files}), PackManifest)
    return digest(folder)


def digest(folder: Path) -> str:
    """Return the sha256 of a pack's manifest, which identifies the whole pack."""
    return sha256_of(folder / MANIFEST)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(folder: Path) -> PackManifest:
    """Return the manifest of the pack in `folder`; NotAPack says why there is none or why it is unreadable."""
    path = folder / MANIFEST
    text = read_document(path)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAPack(f"{path} is not JSON: {error}. Ask for the pack as it was published.") from error
    version = document.get("format") if isinstance(document, dict) else None
    if version != FORMAT or isinstance(version, bool):
        raise NotAPack(f"{path} has format {version!r}, this tool reads {FORMAT}. {_advice(version)}")
    try:
        manifest: PackManifest = reader_of(PackManifest).validate_json(text)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
        raise NotAPack(
            f"{path} is not the manifest of a pack: {wrong}. Ask for the pack as it was published."
        ) from error
    return manifest


def read_document(path: Path) -> bytes:
    """Return the bytes of a JSON document of a pack; NotAPack if it is no plain file, or too large for one.

    Whoever made the folder may have put anything there: a pipe that nobody writes to is never opened.
    """
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            kind = "a link" if stat.S_ISLNK(found.st_mode) else "not a file"
            raise NotAPack(f"{path} is {kind}. A pack is made of files: ask for the pack as it was published.")
        if found.st_size > LARGEST:
            raise NotAPack(
                f"{path} has {found.st_size:,} bytes; no run writes more than {LARGEST:,}. Ask for the pack as it was "
                "published."
            )
        return path.read_bytes()
    except OSError as error:
        raise NotAPack(
            f"{path.parent} is not an evidence pack: {path.name} cannot be read: {error.strerror}."
        ) from error


def _advice(version: object) -> str:
    if isinstance(version, int) and version > FORMAT:
        return "Check the pack with the version of postpatch that made it, or a newer one."
    return "Ask for the pack as it was published."
