"""The last lines in the terminal: what to do comes first, and no id is broken at the edge."""

from typing import Any

import pytest

from fixtures.terminal import show
from postpatch.report.todo import todo
from postpatch.verdict.run import Run


class Reporter:
    """pytest's reporter, as far as the last lines use it; `lines` are what it wrote."""

    def __init__(self, *, isatty: bool) -> None:
        self.isatty = isatty
        self.lines: list[str] = []

    def section(self, title: str) -> None:
        """Begin a section."""

    def write_line(self, line: str, **_: bool) -> None:
        """Write a line."""
        self.lines.append(line)


def shown(run: Run, *, isatty: bool) -> list[str]:
    """Return the lines of a run."""
    reporter: Any = Reporter(isatty=isatty)
    show(reporter, run)
    lines: list[str] = reporter.lines
    return lines


@pytest.mark.parametrize("columns", [60, 80])
def test_a_terminal_breaks_lines_between_words(monkeypatch: pytest.MonkeyPatch, failing: Run, columns: int) -> None:
    """Only a command, which is copied whole, or one long word is wider than the terminal; a pipe gets whole lines."""
    monkeypatch.setenv("COLUMNS", str(columns))
    lines, whole = shown(failing, isatty=True), shown(failing, isatty=False)
    commands = {f"  {command}" for item in todo(failing) for command in item.commands}
    assert commands
    assert all(len(line) <= columns or line in commands or len(line.split()) == 1 for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(" ".join(whole).split())


def test_what_to_do_comes_before_the_counts(failing: Run) -> None:
    """The verdict, what went wrong and what to do stand above the numbers of each outcome."""
    begins = [line.split(":")[0].strip() for line in shown(failing, isatty=False)]
    (item, *_) = todo(failing)
    assert begins.index(f"to do ({item.owner})") < begins.index("findings")
