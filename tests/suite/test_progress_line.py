"""The progress line in a terminal, while pytest captures what is printed."""

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.suite.conftest import ROOT
from tests.suite.forks import QUICKLY, inherited, start_in_fork


@pytest.fixture
def terminal():
    """Yield both ends of a terminal; who opens the second one writes what the first one reads."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    yield ours, theirs
    os.close(ours)


def test_a_person_sees_it_past_the_capture(tmp_path, terminal):
    """The line is there while pytest captures."""
    ours, theirs = terminal
    words = [*QUICKLY, "--world", "workshop", f"--reports={tmp_path}"]
    process = start_in_fork(words, ROOT, inherited(), Path(os.ttyname(theirs)), None)
    # The fork opens the terminal anew: until it has, this end keeps it open.
    seen = _read(ours)
    os.close(theirs)
    seen += b"".join(iter(lambda: _read(ours), b""))
    process.join()
    assert process.exitcode == 0
    assert b"of 3 hosts scanned" in seen


def test_a_person_sees_it_past_a_workers_capture(tmp_path, terminal):
    """The line of a worker of pytest-xdist is there too."""
    ours, theirs = terminal
    words = ["-p", "no:hypothesispytest", "-m", "verify", "--world", "workshop", f"--reports={tmp_path}", "-n", "1"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-m", "pytest", *words], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        seen = b"".join(iter(lambda: _read(ours), b""))
    assert process.returncode == 0
    assert b"of 3 hosts scanned" in seen


def _read(terminal):
    try:
        return os.read(terminal, 4_096)
    except OSError:  # Linux's answer once the other side is closed
        return b""
