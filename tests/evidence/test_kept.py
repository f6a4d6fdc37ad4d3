"""One frozen value a file, whole or not at all."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from postpatch.errors import BadEvidence, CouldNotCheck
from postpatch.evidence.kept import keep, read_kept, replace_text
from postpatch.model import ExistingWindow, Host, ManagedHost, Patching, PatchState, Scope, WindowTarget

MOMENT = datetime(2026, 11, 20, 21, 4, 5, 678901, tzinfo=UTC)
TARGET = WindowTarget("t-1", "pww_targets", "INSTANCE", (("tag:Name", ("a", "b")),))


@dataclass(frozen=True)
class Unwritable:
    """A value that cannot be kept."""

    thing: object


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Scope("tag", ("prod",), "Env"), Scope),
        ((Host("i-1", launched_at=MOMENT, tags=(("Name", "<b>é</b>"),)), Host("i-2")), tuple[Host, ...]),
        (ExistingWindow(("mw-1",), targets=(TARGET,), managed=(ManagedHost("i-1", "Online"),)), ExistingWindow),
        (Patching((PatchState("i-1", "Install", MOMENT, MOMENT, "pb-1"),)), Patching),
        ((), tuple[Host, ...]),
    ],
    ids=["scope", "hosts", "window", "patching", "nothing"],
)
def test_what_is_kept_comes_back_equal(tmp_path: Path, value: object, kind: Any) -> None:
    """A value crosses processes unchanged: times with their zone and microseconds, tuples as tuples."""
    path = tmp_path / "folder" / "value.json"
    keep(path, value, kind)
    assert read_kept(path, kind) == value
    assert [file.name for file in path.parent.iterdir()] == ["value.json"]


@pytest.mark.parametrize("content", ["", "{", "null", "[]", '{"kind": "stack"}', '{"kind": 1, "values": ["a"]}'])
def test_what_is_not_such_a_value_is_refused(tmp_path: Path, content: str) -> None:
    """A file that is cut off, or of another kind, is bad evidence that names the file."""
    path = tmp_path / "value.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadEvidence, match="has unexpected content") as error:
        read_kept(path, Scope)
    assert str(error.value).startswith(f"Run the suite again: {path} ")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there could not be looked at: it is no empty value."""
    with pytest.raises(CouldNotCheck, match="cannot be read: No such file or directory"):
        read_kept(tmp_path / "value.json", Scope)


def test_what_cannot_be_kept_leaves_the_old_value(tmp_path: Path) -> None:
    """A value that fails to be written does not touch what stood there."""
    path = tmp_path / "value.json"
    keep(path, Scope("stack", ("pww",)), Scope)
    with pytest.raises(Exception, match="serialize"):
        keep(path, Unwritable(object()), Unwritable)
    assert read_kept(path, Scope) == Scope("stack", ("pww",))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_text_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    """Half a text never stands under the name, and no temporary file is left."""
    path = tmp_path / "text"
    with pytest.raises(UnicodeEncodeError):
        replace_text(path, "\ud800")
    assert list(tmp_path.iterdir()) == []
