"""Wherever the writing of a snapshot is broken off, a whole one is left, or none."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from postpatch.errors import BadEvidence
from postpatch.evidence.snapshot import manifest_path, open_snapshot, publish_snapshot, write_snapshot
from postpatch.model import Finding
from tests.evidence.test_snapshot import MANIFEST, REMEDY, REPOSITORY, TAKEN, finding, path, refused, write

__all__ = ["path", "refused"]


def test_a_writer_that_fails_leaves_the_old_pair(path: Path) -> None:
    """Where the findings cannot be read to their end, what stood there stays, and nothing half is left beside it."""
    old = write(path, 5)

    def breaking() -> Iterator[Finding]:
        yield finding(1)
        raise RuntimeError("AWS went away")

    with pytest.raises(RuntimeError, match="AWS went away"):
        write_snapshot(path, breaking(), lambda: MANIFEST)
    assert open_snapshot(path, REMEDY) == old
    assert len(list(path.parent.iterdir())) == 2


KILLED = """
import os, pathlib, signal, sys
sys.path.insert(0, {repository!r})
from postpatch.evidence.kept import read_kept
from postpatch.model import Manifest
from postpatch.evidence.snapshot import manifest_path
from postpatch.evidence.snapshot import write_snapshot
path = pathlib.Path({path!r})
manifest = read_kept(manifest_path(path), Manifest)
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
def findings():
    if {when!r} == "writing":
        die()
    yield from ()
if {when!r} == "renaming":
    pathlib.Path.replace = die
write_snapshot(path, findings(), lambda: manifest)
"""


@pytest.mark.external
@pytest.mark.parametrize("when", ["writing", "renaming"])
def test_a_writer_that_is_killed_leaves_nothing_that_looks_whole(
    path: Path, refused: Callable[[], str], when: str
) -> None:
    """Killed while it writes, the old pair stays whole; killed between the renames, no pair is left to be believed."""
    old = write(path, 5)
    script = KILLED.format(repository=str(REPOSITORY), path=str(path), when=when)
    killed = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)  # noqa: S603 - our own text
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    if when == "writing":
        assert open_snapshot(path, REMEDY) == old
    else:
        assert "has no manifest" in refused()


def test_publishing_keeps_the_baseline_that_stood_there(path: Path, tmp_path: Path) -> None:
    """A new baseline takes the place of the old one, which stays beside it under the time it was taken."""
    old = write(path, 5)
    new = write(tmp_path / "run" / "baseline.ndjson.gz", 2, taken_at=TAKEN + timedelta(days=1))
    publish_snapshot(new, path)
    assert open_snapshot(path, REMEDY).manifest == new.manifest
    kept = open_snapshot(path.with_name("baseline-20261120T210405Z.ndjson.gz"), REMEDY)
    assert kept.manifest == old.manifest


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_wherever_publishing_is_broken_off_the_old_baseline_is_whole(tmp_path: Path, *, before: bool) -> None:
    """The findings before patching cannot be had again: they are whole in their place, or under their date."""
    steps = ((Path, "replace"), (Path, "unlink"), (os, "link"))
    step = taken = 0
    while step <= taken:
        path = tmp_path / f"reports-{step}" / "baseline.ndjson.gz"
        old = write(path, 5)
        new = write(tmp_path / f"run-{step}" / "baseline.ndjson.gz", 2, taken_at=TAKEN + timedelta(days=1))
        taken = 0

        def breaking(action: Callable[..., Any], at: int) -> Callable[..., Any]:
            def act(*given: Any, **named: Any) -> Any:
                nonlocal taken
                taken += 1
                if before and taken > at:
                    raise KeyboardInterrupt
                result = action(*given, **named)
                if not before and taken > at:
                    raise KeyboardInterrupt
                return result

            return act

        with pytest.MonkeyPatch.context() as patched:
            for place, name in steps:
                patched.setattr(place, name, breaking(getattr(place, name), step))
            with suppress(KeyboardInterrupt):
                publish_snapshot(new, path)
        whole = []
        for one in path.parent.glob("baseline*.ndjson.gz"):
            with suppress(BadEvidence):
                whole.append(open_snapshot(one, REMEDY).manifest)
        assert old.manifest in whole, step
        step += 1
    assert step > 8


def test_a_damaged_baseline_does_not_keep_a_new_one_out(path: Path, tmp_path: Path) -> None:
    """The remedy for a manifest that cannot be read is a new baseline: it can be published."""
    write(path)
    manifest_path(path).write_text("{", encoding="utf-8")
    new = write(tmp_path / "run" / "baseline.ndjson.gz", 2)
    publish_snapshot(new, path)
    assert open_snapshot(path, REMEDY).manifest == new.manifest
    assert len(list(path.parent.glob("baseline-*.ndjson.gz"))) == 1
