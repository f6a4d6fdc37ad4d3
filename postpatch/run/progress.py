"""Show the progress of the collection on stderr, even if pytest captures it."""

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from tqdm import tqdm

from postpatch.text.legible import one_line

_STATE = 200  # characters
_PLAIN_EVERY = 30.0  # seconds between two lines if the output is not a terminal


class Progress:
    """A line that redraws on a terminal, and a plain line every 30 seconds elsewhere.

    `uncaptured` is entered around each write, so that pytest's capture lets it through.
    """

    def __init__(self, uncaptured: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._uncaptured = uncaptured
        self._bar: Any = None
        self._begun = time.monotonic()
        self._said = -_PLAIN_EVERY
        self._spoke = False

    def say(self, line: str) -> None:
        """Print one line at once, such as a step of the plan before it is taken."""
        with self._uncaptured():
            self._leave_dots_alone()
            _write(line)

    def update(self, scanned: int, hosts: int, state: str) -> None:
        """Show how many hosts are scanned of all, for how long, and in which state the run is."""
        with self._uncaptured():
            if sys.stderr.isatty():
                self._redraw(scanned, hosts, state)
            elif time.monotonic() - self._said >= _PLAIN_EVERY:
                self._said = time.monotonic()
                elapsed = round(self._said - self._begun)
                _write(f"{scanned} of {hosts} hosts scanned, {elapsed} s, {state}")

    def close(self) -> None:
        """Remove the line."""
        if self._bar is not None:
            with self._uncaptured():
                self._bar.close()
            self._bar = None

    def _redraw(self, scanned: int, hosts: int, state: str) -> None:
        if self._bar is None:
            self._leave_dots_alone()
            form = "{n_fmt} of {total_fmt} hosts scanned, {elapsed}, {desc}"
            self._bar = tqdm(total=hosts, bar_format=form, leave=False, file=sys.stderr, dynamic_ncols=True)
        self._bar.set_description_str(one_line(state, _STATE), refresh=False)
        self._bar.n = scanned
        self._bar.refresh()

    def _leave_dots_alone(self) -> None:
        # Before the first line, pytest's cursor is behind the name of the test file.
        if not self._spoke:
            self._spoke = True
            sys.stderr.write("\n")


def _write(line: str) -> None:
    sys.stderr.write(f"postpatch: {one_line(line)}\n")
    sys.stderr.flush()
