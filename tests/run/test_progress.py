"""The progress line: one that is redrawn where a person watches, a plain one now and then elsewhere.

That it is seen past pytest's capture is for whole runs to show, in tests/suite/test_progress_line.py.
"""

import io
import sys
import time

import pytest

from postpatch.run.progress import Progress


class Screen(io.StringIO):
    """What is written to stderr; a terminal or not."""

    def __init__(self, *, terminal):
        super().__init__()
        self._terminal = terminal

    def isatty(self):
        """Tell whether a person watches."""
        return self._terminal


@pytest.fixture
def line():
    """Return a progress line that no capture of pytest's is to be told about."""
    return Progress()


def test_on_a_terminal_the_line_is_redrawn_and_taken_away(line, monkeypatch):
    """Each look overwrites the one before, on one line, and nothing of it stays."""
    screen = Screen(terminal=True)
    monkeypatch.setattr(sys, "stderr", screen)
    for scanned in range(3):
        line.update(scanned, 3, "inventory InProgress")
    line.close()
    drawn = screen.getvalue().lstrip("\n")
    assert all(f"{scanned} of 3 hosts scanned" in drawn for scanned in range(3))
    assert drawn.count("\n") == 0
    assert drawn.rsplit("\r", 2)[-2].strip() == ""


def test_elsewhere_a_plain_line_comes_every_half_minute(line, monkeypatch):
    """In a file or a pipeline's log, of many looks only those half a minute apart are told."""
    screen, now = Screen(terminal=False), [1_000.0]
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for scanned in range(4):
        line.update(scanned, 9, "CIS scan IN_PROGRESS")
        now[0] += 20
    told = [text for text in screen.getvalue().splitlines() if text]
    assert [text.split(" of ")[0] for text in told] == ["postpatch: 0", "postpatch: 2"]
    assert "\r" not in screen.getvalue()
