"""Show how far the runs of a fleet are: one table that redraws on a terminal, a line for each change elsewhere."""

import shutil
import sys
from collections.abc import Sequence
from typing import TextIO

from postpatch.fleet.folder import FleetFolder
from postpatch.fleet.running import Job, State
from postpatch.text.legible import one_line

_LEAST_ROWS = 5
_WORDS = {0: "passed", 1: "FAILED", 2: "stopped", 4: "REFUSED", 10: "ERROR"}


class Table:
    """The table of a fleet's jobs. `stream` is where it is shown."""

    def __init__(self, folder: FleetFolder, stream: TextIO | None = None) -> None:
        self._folder = folder
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._drawn = 0
        self._shown: dict[str, tuple[State, int | None]] = {}

    def show(self, jobs: Sequence[Job]) -> None:
        """Show the jobs as they are now."""
        if self._terminal:
            self._redraw(jobs)
            return
        for job in jobs:
            now = (job.state, job.exit_code)
            if job.state is not State.WAITING and self._shown.get(job.target.name) != now:
                self._shown[job.target.name] = now
                self._write(f"{job.target.name}: {_words(job)}")

    def _redraw(self, jobs: Sequence[Job]) -> None:
        size = shutil.get_terminal_size()
        lines = [line[: size.columns - 1] for line in self._lines(jobs, max(_LEAST_ROWS, size.lines - 3))]
        up = f"\x1b[{self._drawn}F\x1b[0J" if self._drawn else ""
        self._stream.write(up + "".join(f"{line}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)

    def _lines(self, jobs: Sequence[Job], rows: int) -> list[str]:
        done = [job for job in jobs if job.state is State.DONE]
        begun = [job for job in jobs if job.state in (State.RUNNING, State.ELSEWHERE)]
        bad = [job for job in done if job.exit_code]
        shown = [*begun, *reversed(bad), *reversed([job for job in done if not job.exit_code])][:rows]
        width = max((len(job.target.name) for job in shown), default=0)
        scanned = sum(job.scanned for job in jobs)
        more = f", {scanned} scanned" if scanned else ""
        lines = [f"{len(done)} of {len(jobs)} targets done, {len(bad)} of them not passed{more}"]
        for job in shown:
            said = self._folder.last_words(job.target.name) if job.state is State.RUNNING else ""
            lines.append(f"  {job.target.name:{width}}  {_words(job):10}  {said}".rstrip())
        return lines

    def _write(self, line: str) -> None:
        self._stream.write(f"postpatch: {one_line(line)}\n")
        self._stream.flush()


def _words(job: Job) -> str:
    if job.state is not State.DONE:
        return job.state.value
    if job.earlier:
        return "done before"
    return _WORDS.get(job.exit_code or 0, f"ended with {job.exit_code}")
