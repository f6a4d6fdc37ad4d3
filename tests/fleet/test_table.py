"""The table of a fleet: redrawn in place on a terminal, a line for each change elsewhere."""

import io
import re

import pytest

from postpatch.fleet.folder import FleetFolder
from postpatch.fleet.running import Job, State
from postpatch.fleet.table import Table
from postpatch.fleet.targets import Target


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def jobs(number: int) -> list[Job]:
    """Return jobs that wait."""
    return [Job(Target(f"{one:012}_us-east-1", f"{one:012}", "us-east-1", "", ())) for one in range(number)]


def test_without_a_terminal_each_change_is_a_line(tmp_path):
    """Once, and none for what only waits."""
    stream, [one, two] = io.StringIO(), jobs(2)
    table = Table(FleetFolder(tmp_path), stream)
    for _ in range(3):
        table.show([one, two])
    one.state = State.RUNNING
    for _ in range(3):
        table.show([one, two])
    one.state, one.exit_code = State.DONE, 10
    two.state, two.earlier = State.DONE, True
    table.show([one, two])
    name = "000000000000_us-east-1"
    assert stream.getvalue().splitlines() == [
        f"postpatch: {name}: running",
        f"postpatch: {name}: ERROR",
        "postpatch: 000000000001_us-east-1: done before",
    ]


@pytest.mark.parametrize("lines", [10, 40])
def test_on_a_terminal_the_table_fits_and_is_drawn_over(tmp_path, monkeypatch, lines):
    """Whatever the number of targets: what runs comes first, then what did not pass."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", str(lines))
    stream, every = Terminal(), jobs(100)
    for number, job in enumerate(every[:60]):
        job.state, job.exit_code = State.DONE, 1 if number == 7 else 0
    every[60].state = State.RUNNING
    folder = FleetFolder(tmp_path)
    (tmp_path / "targets").mkdir()
    folder.log(every[60].target.name).write_text(
        "old\nwaiting for 3 hosts \x1b[2J" + "x" * 100 + "\n", encoding="utf-8"
    )
    table = Table(folder, stream)
    table.show(every)
    drawn = stream.getvalue().splitlines()
    assert len(drawn) <= lines - 2
    assert all(len(line) < 60 for line in drawn)
    assert drawn[0] == "60 of 100 targets done, 1 of them not passed"
    assert "running" in drawn[1]
    assert "waiting for 3" in drawn[1]
    assert "FAILED" in drawn[2]
    assert "\x1b" not in stream.getvalue()
    table.show(every)
    assert re.findall(r"\x1b\[(\d+)F", stream.getvalue()) == [str(len(drawn))]
