"""A reader that hangs up, such as `| head -1`, ends a command quietly, as it ends any other."""

import os
import sys
from collections.abc import Callable

CLOSED = 141  # what a shell calls a program that a closed pipe ended: 128 and SIGPIPE


def until_nobody_reads(command: Callable[[], int]) -> int:
    """Run a command and return its exit code, or CLOSED where nobody reads what it prints any more."""
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more as it ends, and would complain (Python documentation, "Note on SIGPIPE").
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    return code
