"""The packs of earlier runs, each in a dated folder of its own below `reports/runs/`.

A pack enters and leaves there by one rename, so that a run that is killed leaves no part of one.
"""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from postpatch.evidence.kept import linked
from postpatch.evidence.pack import MANIFEST, RUNS, NotAPack, read_manifest
from postpatch.run.displacing import Worth, worth_of

PREVIOUS = "previous"  # where version 0.1.0 kept the one pack of the run before
_UNFINISHED = ".unfinished-"
_DATED = re.compile(r"\d{8}T\d{6}Z-[0-9A-Za-z]+")


def archive(reports: Path, names: Sequence[str]) -> None:
    """Put the pack that is in `reports` into its dated folder as well, if there is one; `reports` stays as it is.

    `names` are the files and folders of a pack. They are linked, not copied, where the disk can do that.
    """
    runs = reports / RUNS
    for left in runs.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    _enter(reports / PREVIOUS, runs)
    if not (reports / MANIFEST).exists() or (runs / dated(reports)).exists():
        return
    new = runs / f"{_UNFINISHED}{os.getpid()}"
    new.mkdir(parents=True)
    for name in (*names, MANIFEST):
        path = reports / name
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / name, symlinks=True, copy_function=_linked)
        elif path.is_file():
            _linked(str(path), str(new / name))
    _enter(new, runs)


def prune(reports: Path, keep: int) -> None:
    """Delete the oldest packs in `reports/runs/` beyond `keep` of each worth: no rehearsal displaces a run on AWS."""
    kept: Counter[Worth] = Counter()
    for pack in sorted(_packs(reports), reverse=True):
        kind = worth_of(pack)
        kept[kind] += 1
        if kept[kind] > keep:
            # By one rename first: nothing that is partly deleted looks like a pack.
            shutil.rmtree(pack.rename(pack.with_name(f"{_UNFINISHED}{pack.name}")), ignore_errors=True)


def newest(reports: Path) -> Path | None:
    """Return the folder of the newest pack in `reports/runs/`, if there is any."""
    return max(_packs(reports), default=None)


def dated(folder: Path) -> str:
    """Return the name under which a pack is kept: the end of its run, and the beginning of its id."""
    try:
        manifest = read_manifest(folder)
        moment, run = manifest.finished_at, re.sub(r"[^0-9A-Za-z]", "", manifest.run)[:8]
    except NotAPack:
        moment, run = datetime.fromtimestamp((folder / MANIFEST).lstat().st_mtime, UTC), ""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}-{run or 'unreadable'}"


def _packs(reports: Path) -> Iterator[Path]:
    return (path for path in (reports / RUNS).glob("*") if _DATED.fullmatch(path.name) and path.is_dir())


def _enter(folder: Path, runs: Path) -> None:
    if not (folder / MANIFEST).exists():
        return
    runs.mkdir(exist_ok=True)
    if not (runs / dated(folder)).exists():
        folder.rename(runs / dated(folder))


def _linked(source: str, target: str) -> str:
    linked(Path(source), Path(target))
    return target
