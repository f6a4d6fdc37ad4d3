"""How a command ends where the machine fails it: its reader hangs up, such as `| head -1`, or a disk is full."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from postpatch.run.unwritable import what_to_do
from postpatch.text.legible import one_line

CLOSED = 141  # what a shell calls a program that a closed pipe ended: 128 and SIGPIPE
COULD_NOT = 2  # no exit code that says anything about what was asked


def until_nobody_reads(command: Callable[[], int]) -> int:
    """Run a command and return its exit code; CLOSED where nobody reads what it prints, COULD_NOT where it breaks."""
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return CLOSED
    except OSError as error:
        with suppress(OSError):
            sys.stderr.write(one_line(f"{what_to_do(error)}. {error}") + "\n")
        _drop_output()
        return COULD_NOT
    return code


def _drop_output() -> None:
    # Python flushes once more as it ends, and would complain (Python documentation, "Note on SIGPIPE").
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
