"""Publishing: wherever it is broken off, the earlier pack or the new one is whole, and no manifest is false."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postpatch.evidence.attestation import ENVELOPE, TIMESTAMP
from postpatch.evidence.pack import MANIFEST, NotAPack, PackManifest, read_manifest, seal, sha256_of
from postpatch.model import Mode
from postpatch.run import archiving
from postpatch.run.archiving import newest, prune
from postpatch.run.staging import publish

NAMES = ["evidence", "verify.json", "verify.html", "delta.csv"]
FIRST, SECOND = "1111aaaa-0000", "2222bbbb-0000"
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
KEEP = 10
# What a publication does to the disk, step by step.
STEPS = ((Path, "rename"), (Path, "mkdir"), (os, "link"), (os, "unlink"), (os, "rmdir"))


def lay(folder, run, names=NAMES, *, at=NOW, mode=Mode.LIVE, stage=""):
    """Lay out a run's pack, each file holding the run's id, and seal it."""
    folder.mkdir(parents=True)
    files = []
    for name in names:
        file = f"{name}/window.json" if name == "evidence" else name
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(run, encoding="utf-8")
        files.append(file)
    seal(folder, files, PackManifest("postpatch", run, mode, stage, "PASS", at, at))
    return folder


def whole(folder):
    """Return the run of the pack in a folder, if every file is as its manifest says; else nothing."""
    try:
        manifest = read_manifest(folder)
        hashes = {sha256_of(folder / file.name) == file.sha256 for file in manifest.files}
    except (NotAPack, OSError):
        return ""
    return manifest.run if hashes == {True} else ""


def packs(reports):
    """Return the runs whose packs are whole in a folder of reports, wherever they are."""
    return {run for folder in (reports, *(reports / "runs").glob("2*")) if (run := whole(folder))}


@pytest.fixture
def reports(tmp_path):
    """Return a folder of reports with the signed pack of a first run, beside a file of someone's own."""
    folder = lay(tmp_path / "reports", FIRST)
    for name in ("README.md", ENVELOPE, TIMESTAMP):
        (folder / name).write_text(FIRST, encoding="utf-8")
    return folder


@pytest.fixture
def staging(tmp_path):
    """Return the staging folder of a second run, which has no delta."""
    return lay(tmp_path / "staging", SECOND, NAMES[:3], at=NOW + timedelta(days=1))


def test_the_earlier_pack_is_kept_whole(reports, staging):
    """It is in a dated folder as it was, its signature too; nothing of it is left beside the new one."""
    publish(staging, reports, NAMES, KEEP)
    earlier = reports / "runs" / "20261120T080000Z-1111aaaa"
    assert (whole(reports), whole(earlier)) == (SECOND, FIRST)
    assert {path.name for path in earlier.iterdir()} == {*NAMES, MANIFEST, ENVELOPE, TIMESTAMP}
    assert {path.name for path in reports.iterdir()} == {*NAMES[:3], MANIFEST, "README.md", "runs"}


def break_off(monkeypatch, step, before):
    """Break off before, or after, the step of that number; return the list of the steps that were taken."""
    taken = []

    def counting(action, name):
        def count(*given, **named):
            if before and len(taken) == step:
                raise KeyboardInterrupt
            result = action(*given, **named)
            taken.append(name)
            if not before and len(taken) == step + 1:
                raise KeyboardInterrupt
            return result

        return count

    for place, name in STEPS:
        monkeypatch.setattr(place, name, counting(getattr(place, name), name))
    return taken


@pytest.mark.parametrize("links", [True, False], ids=["links", "copies"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_wherever_it_is_broken_off_a_pack_is_whole(tmp_path, reports, staging, monkeypatch, before, links):
    """After each step the first pack is whole, and after the last the second too; a manifest is never false.

    The next run publishes as ever, and keeps the first one.
    """
    if not links:
        monkeypatch.setattr(archiving, "_linked", shutil.copy2)
    with monkeypatch.context() as patched:
        every = break_off(patched, -1, before)
        publish(shutil.copytree(staging, tmp_path / "s"), shutil.copytree(reports, tmp_path / "r"), NAMES, KEEP)
    assert every.count("rename") == 12
    for step in range(len(every)):
        here = shutil.copytree(reports, tmp_path / f"reports-{step}")
        there = shutil.copytree(staging, tmp_path / f"staging-{step}")
        with monkeypatch.context() as patched:
            break_off(patched, step, before)
            with pytest.raises(KeyboardInterrupt):
                publish(there, here, NAMES, KEEP)
        assert FIRST in packs(here), (step, every[step])
        assert not (here / MANIFEST).exists() or whole(here)
        assert all(whole(pack) for pack in (here / "runs").glob("2*"))
        again = lay(tmp_path / f"again-{step}", "3333cccc", at=NOW + timedelta(days=2))
        publish(again, here, NAMES, KEEP)
        assert whole(here) == "3333cccc"
        assert FIRST in packs(here)
        assert not list((here / "runs").glob(".unfinished-*"))


def test_the_pack_that_an_earlier_version_kept_is_taken_over(reports, staging):
    """What 0.1.0 kept in `previous` gets a dated folder too."""
    lay(reports / "previous", "0000dddd", at=NOW - timedelta(days=1))
    publish(staging, reports, NAMES, KEEP)
    assert packs(reports) == {"0000dddd", FIRST, SECOND}
    assert not (reports / "previous").exists()


def test_a_pack_that_cannot_be_read_is_kept(reports, staging):
    """A manifest of another form may be evidence all the same."""
    (reports / MANIFEST).write_text("{}", encoding="utf-8")
    publish(staging, reports, NAMES, KEEP)
    (kept,) = (reports / "runs").glob("2*-unreadable")
    assert (kept / "verify.json").read_text(encoding="utf-8") == FIRST


def test_so_many_are_kept_of_each_kind(tmp_path):
    """The oldest go first; rehearsals displace rehearsals alone, and what cannot be read counts as a run on AWS."""
    kinds = {"live": (Mode.LIVE, ""), "recorded": (Mode.RECORDED, ""), "rehearsal": (Mode.SIMULATED, "world workshop")}
    for number in range(13):
        for place, (name, (mode, stage)) in enumerate(kinds.items()):
            at = NOW + timedelta(days=number, hours=place)
            lay(tmp_path / "runs" / f"{at:%Y%m%dT%H%M%SZ}-{name}", name, at=at, mode=mode, stage=stage)
    (tmp_path / "runs" / "mine").mkdir()
    prune(tmp_path, 10)
    left = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert len(left) == 31
    assert "mine" in left
    for name in kinds:
        assert [one[6:8] for one in left if one.endswith(name)] == [f"{20 + number:02}" for number in range(3, 11)] + [
            "01",
            "02",
        ]
    assert newest(tmp_path).name == "20261202T100000Z-rehearsal"
