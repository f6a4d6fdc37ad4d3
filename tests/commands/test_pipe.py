"""How a command ends where its output or a disk fails it: no exit code that answers what was asked, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from postpatch.commands.pipe import CLOSED, COULD_NOT, until_nobody_reads

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("error", "code"), [(BrokenPipeError(), CLOSED), (OSError(28, "No space left"), COULD_NOT)])
def test_a_command_that_the_machine_fails_has_no_answer(capsys, error, code):
    """1 would say that a pack was altered; a reader that hung up wants to hear nothing."""

    def command():
        raise error

    assert until_nobody_reads(command) == code
    assert capsys.readouterr().err.startswith("Free space on the disk" if code == COULD_NOT else "")
    assert until_nobody_reads(lambda: 0) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_cannot_be_written_is_told():
    """Printed on a full disk, even what Python flushes at its end is no traceback."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "postpatch", "worlds", "--all"],
            stdout=full, stderr=subprocess.PIPE, env=environment, text=True, check=False, timeout=120,
        )  # fmt: skip
    assert ran.returncode == COULD_NOT
    assert ran.stderr.count("\n") == 1
    assert "No space left on device" in ran.stderr
