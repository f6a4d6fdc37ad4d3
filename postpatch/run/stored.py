"""Packs in S3: a sealed pack is put there, and packs are fetched from there to be read."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from postpatch.aws.s3 import get_file, objects_in, put_file, s3_connection
from postpatch.aws.session import Connection
from postpatch.aws.side_by_side import side_by_side
from postpatch.errors import BadEvidence, CouldNotCheck
from postpatch.evidence.attestation import BUNDLE, ENVELOPE, TIMESTAMP
from postpatch.evidence.pack import MANIFEST, digest, is_plain, read_manifest, sha256_of
from postpatch.model import S3Folder
from postpatch.run.archiving import dated
from postpatch.run.settings import Settings
from postpatch.text.places import name_place

# What is fetched at most: the packs of a fleet of some thousand targets.
MOST_OBJECTS = 100_000
MOST_BYTES = 20 * 1024**3
_SIGNATURES = (ENVELOPE, BUNDLE, TIMESTAMP)


def store_pack(pack: Path, sealed: str, folder: S3Folder, connection: Connection) -> S3Folder:
    """Put the pack in `pack` into a folder of its own below `folder`, named as in `reports/runs/`; return that folder.

    `sealed` is the sha256 of its manifest. Its signatures are put too, if there are any, and the manifest last: where
    a manifest is, the pack is complete. CouldNotCheck if S3 refuses a file, or if another pack is in its place.
    """
    if digest(pack) != sealed:
        raise CouldNotCheck(f"Run again when no other run publishes in {pack}: another pack is there by now.")
    target = folder.below(dated(pack))
    for file in read_manifest(pack).files:
        put_file(connection, target, file.name, pack / file.name, file.sha256)
    for name in _SIGNATURES:
        if (pack / name).is_file():
            put_file(connection, target, name, pack / name, sha256_of(pack / name))
    put_file(connection, target, MANIFEST, pack / MANIFEST, sealed)
    return target


def store_run(settings: Settings, folder: S3Folder, sealed: str) -> S3Folder:
    """Put the pack that a run published into a folder in S3, as `store_pack` does, with what its own calls sign with.

    A run that only reads in AWS puts its pack all the same: that is no change of what it judges.
    """
    region = settings.policy.scope.region
    connection = s3_connection(region, settings.endpoint_url, settings.roles, storing=True)
    return store_pack(settings.reports, sealed, folder, connection)


@contextmanager
def fetched(folder: S3Folder, connection: Connection) -> Iterator[Path]:
    """Fetch a folder in S3, with what is below it, to a temporary one that is there until the block ends.

    Texts call it by its address in S3 (`text/places.py`).

    BadEvidence if it is empty, or too large, or holds a name that no pack has; then nothing is fetched. CouldNotCheck
    if S3 refuses.
    """
    found = _listed(folder, connection)
    with TemporaryDirectory(prefix="postpatch-") as place:
        root = Path(place).resolve()
        name_place(root, str(folder))
        try:
            _fetch(folder, connection, found, root)
        except OSError as error:
            raise CouldNotCheck(
                f"Free space where temporary files are, or name another place with TMPDIR: {folder} could not be "
                f"fetched: {error.strerror}."
            ) from error
        yield root


def _fetch(folder: S3Folder, connection: Connection, found: Sequence[tuple[str, int]], root: Path) -> None:
    for name in {os.path.dirname(name) for name, _ in found}:  # noqa: PTH120 - of a key, not of a path
        (root / name).mkdir(parents=True, exist_ok=True)

    def fetch(one: tuple[str, int]) -> Iterator[None]:
        name, size = one
        get_file(connection, folder, name, root / name, size)
        yield None

    for _ in side_by_side(found, fetch, connection.at_once):
        pass


def _listed(folder: S3Folder, connection: Connection) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    total = 0
    for name, size in objects_in(connection, folder):
        if not size and name[-1:] in ("", "/"):
            continue  # what the console makes of "Create folder"
        if not is_plain(name):
            raise BadEvidence(
                f"Name a folder that holds packs alone: {folder} holds {name!a:.200}, which is no name of a file in a "
                "pack. Nothing was fetched."
            )
        found.append((name, size))
        total += size
        if len(found) > MOST_OBJECTS or total > MOST_BYTES:
            raise BadEvidence(
                f"Name a folder with fewer packs: {folder} holds more than {MOST_OBJECTS:,} objects or "
                f"{MOST_BYTES:,} bytes. Nothing was fetched."
            )
    _refuse_ambiguous(folder, [name for name, _ in found])
    return found


def _refuse_ambiguous(folder: S3Folder, names: Sequence[str]) -> None:
    if not names:
        raise BadEvidence(f"Name a folder in S3 that holds packs: {folder} holds nothing.")
    known = set(names)
    for name in names:
        for end, character in enumerate(name):
            if character == "/" and name[:end] in known:
                raise BadEvidence(
                    f"Name a folder that holds packs alone: in {folder} {name[:end]} is a file and a folder. Nothing "
                    "was fetched."
                )
