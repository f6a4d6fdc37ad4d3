"""Publishing: wherever it is broken off, a manifest that stands speaks of a whole pack."""

from pathlib import Path

import pytest

from postpatch.run.staging import publish

NAMES = ["evidence", "verify.json", "verify.html", "delta.csv"]


def lay(folder, run, names):
    """Lay out a run's pack, each file holding the run's name."""
    folder.mkdir()
    for name in [*names, "manifest.json"]:
        (folder / name).write_text(run, encoding="utf-8")


def holding(folder):
    """Return what the files of a folder hold."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}


def test_the_pack_before_is_kept_whole(tmp_path):
    """What stood is moved as it was, also what the new run does not have; what is no part of it stays."""
    lay(tmp_path / "reports", "first", NAMES)
    lay(tmp_path / "staging", "second", NAMES[:3])
    (tmp_path / "reports" / "README.md").write_text("ours", encoding="utf-8")
    publish(tmp_path / "staging", tmp_path / "reports", NAMES)
    assert holding(tmp_path / "reports") == dict.fromkeys([*NAMES[:3], "manifest.json"], "second") | {
        "README.md": "ours"
    }
    assert holding(tmp_path / "reports" / "previous") == dict.fromkeys([*NAMES, "manifest.json"], "first")


@pytest.mark.parametrize("renames", range(10))
def test_a_publication_that_is_broken_off_leaves_no_false_manifest(tmp_path, monkeypatch, renames):
    """After however many of its ten moves it ends: a manifest stands only beside all the files of its own run."""
    lay(tmp_path / "reports", "first", NAMES)
    lay(tmp_path / "staging", "second", NAMES)
    moved = []
    rename = Path.rename

    def breaking_off(path, target):
        if len(moved) == renames:
            raise KeyboardInterrupt
        moved.append(target)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", breaking_off)
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path / "staging", tmp_path / "reports", NAMES)
    there = holding(tmp_path / "reports")
    if "manifest.json" in there:
        assert there == dict.fromkeys([*NAMES, "manifest.json"], there["manifest.json"])
