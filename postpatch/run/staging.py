"""The folder in which a run collects its files until they are published together."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from filelock import BaseFileLock, FileLock, Timeout

from postpatch import __version__
from postpatch.evidence.attestation import BUNDLE, ENVELOPE, TIMESTAMP
from postpatch.evidence.kept import keep
from postpatch.evidence.pack import MANIFEST, RUNS
from postpatch.evidence.request import POLICY, REQUEST, RunRequest
from postpatch.run.archiving import archive, prune
from postpatch.run.rejudging import unpack
from postpatch.run.settings import Settings

_PREFIX = ".run-"
_LOCK = "run.lock"
_held: dict[Path, BaseFileLock] = {}  # until the process ends, however it does
_SIGNATURES = (ENVELOPE, BUNDLE, TIMESTAMP)
_SECONDS = 60  # publishing another run takes less


@contextmanager
def staging_if_it_goes_well(settings: Settings) -> Iterator[Path]:
    """Open the staging folder; where the block fails, it is removed again, and so are folders that were not there."""
    absent = [folder for folder in (settings.reports, *settings.reports.parents) if not folder.exists()]
    staging = None
    try:
        staging = open_staging(settings)
        yield staging
    except BaseException:
        if staging:
            close_staging(staging)
        for folder in absent:
            with suppress(OSError):
                folder.rmdir()
        raise


def open_staging(settings: Settings) -> Path:
    """Create the run's staging folder, store the run's options and policy in it, and return the folder."""
    settings.reports.mkdir(parents=True, exist_ok=True)
    remove_left_over(settings.reports)
    staging = Path(tempfile.mkdtemp(dir=settings.reports, prefix=_PREFIX))
    try:
        _held[staging] = held = FileLock(staging / _LOCK)
        held.acquire()
        if settings.pack:
            unpack(settings.pack, staging)
        else:
            _store_request(staging, settings)
    except BaseException:
        close_staging(staging)
        raise
    return staging


def publish(staging: Path, reports: Path, names: Sequence[str], keep: int) -> None:
    """Move the named files and folders to `reports`; the pack that is there stays whole in `reports/runs/`.

    After each rename the earlier pack is whole, in `reports` or in its dated folder, or the new one is. The manifest in
    `reports` goes first and the new one comes last: if one is there, the pack around it is complete.
    """
    (reports / RUNS).mkdir(exist_ok=True)
    with FileLock(reports / RUNS / ".lock", timeout=_SECONDS):
        archive(reports, [*names, *_SIGNATURES])
        replaced = Path(tempfile.mkdtemp(dir=staging, prefix=".replaced-"))
        moves = [(reports / name, replaced / name) for name in (MANIFEST, *names, *_SIGNATURES)]
        _move_all([*moves, *((staging / name, reports / name) for name in (*names, MANIFEST))])
        with suppress(OSError):  # the next run deletes what this one cannot
            prune(reports, keep)


def close_staging(staging: Path) -> None:
    """Remove the staging folder with what was not published."""
    if held := _held.pop(staging, None):
        held.release()
    shutil.rmtree(staging, ignore_errors=True)


def remove_left_over(reports: Path) -> None:
    """Remove the staging folders of runs that were killed.

    A run holds a lock in its folder for as long as its process lives, which also another machine sees. What cannot be
    removed, or holds no lock, stays.
    """
    for folder in reports.glob(f"{_PREFIX}*"):
        if folder.is_dir() and not folder.is_symlink() and (folder / _LOCK).is_file():
            with suppress(OSError, Timeout), FileLock(folder / _LOCK, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)


def _store_request(staging: Path, settings: Settings) -> None:
    request = RunRequest(
        id=str(uuid4()),
        started_at=datetime.now(UTC),
        tool=f"postpatch {__version__}",
        mode=settings.mode,
        engine=settings.engine,
        world=settings.world,
        endpoint_url=settings.endpoint_url,
        read_only=settings.read_only,
        policy=settings.policy_path.name,
        change=settings.change,
    )
    keep(staging / REQUEST, request, RunRequest)
    # As it was read: editing the file while the assessment runs does not change this run.
    shutil.copyfile(settings.policy_path, staging / POLICY)


def _move_all(moves: Sequence[tuple[Path, Path]]) -> None:
    """Rename each path that exists; where one cannot be renamed, take all back, the last first."""
    begun = []
    try:
        for old, new in moves:
            if old.exists():
                begun.append((old, new))
                old.rename(new)
    except BaseException:
        for old, new in reversed(begun):
            if new.exists() and not old.exists():
                new.rename(old)
        raise
