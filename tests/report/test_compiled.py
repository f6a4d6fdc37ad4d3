"""Compiled templates that are kept beside them change nothing but the time that a page takes."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from postpatch.report.compiled import CompiledTemplates

_TEMPLATE = "page.jinja"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a template and the file of its filters, where Python may write bytecode."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / _TEMPLATE).write_text("{{ 'a' | loud }} {{ value }}")
    (tmp_path / "filters.py").write_text("loud = str.upper")
    return tmp_path


def rendered(folder: Path, loud: str = "A") -> str:
    """Return the template as a new process renders it, and whose filter says `loud`."""
    kept = CompiledTemplates(folder, [str(folder / "filters.py")])
    environment = Environment(loader=FileSystemLoader(folder), bytecode_cache=kept, autoescape=True)
    environment.filters["loud"] = lambda _: loud
    return environment.get_template(_TEMPLATE).render(value="<b>")


def kept(folder: Path) -> list[Path]:
    """Return the files that hold compiled templates."""
    return sorted((folder / "__pycache__").glob("*"))


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept is used by the next process, which compiles nothing."""
    first = rendered(folder)
    assert len(kept(folder)) == 1
    monkeypatch.setattr(Environment, "_generate", lambda *_, **__: pytest.fail("compiled again"))
    assert rendered(folder) == first == "A &lt;b&gt;"


def test_what_changed_is_compiled_again(folder: Path) -> None:
    """A new text of the template counts, and so does a new filter, of which constants are computed."""
    rendered(folder)
    (folder / "filters.py").write_text("loud = str.title")
    assert rendered(folder, "B") == "B &lt;b&gt;"
    (folder / _TEMPLATE).write_text("other {{ value }}")
    assert rendered(folder) == "other &lt;b&gt;"
    assert len(kept(folder)) == 1


@pytest.mark.parametrize("content", [b"", b"j2", b"\0" * 200])
def test_a_damaged_file_is_made_again(folder: Path, content: bytes) -> None:
    """A file that is cut off or of something else is neither believed nor an error."""
    first = rendered(folder)
    (path,) = kept(folder)
    whole = path.read_bytes()
    for damaged in (content, whole[:70], whole[:90], whole[: len(whole) // 2], whole[:-1], whole[:-1] + b"?"):
        path.write_bytes(damaged)
        assert rendered(folder) == first
        assert path.read_bytes() == whole


def test_nothing_is_kept_where_nothing_can_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is none does not stop a page, and Python's own option for its bytecode counts here too."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(folder) == "A &lt;b&gt;"
    assert not kept(folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (folder / "__pycache__").write_text("a file")
    assert rendered(folder) == "A &lt;b&gt;"
