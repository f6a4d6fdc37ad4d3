"""Run the suite in forks of a warm process, signal it at any moment, and read all that it prints."""

import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.suite.forks import QUICKLY, Prepare, inherited, start_in_fork

ROOT = Path(__file__).parents[2]
_SECONDS = 240


@dataclass(frozen=True)
class Ended:
    """A run that ended: its exit code, negative for the signal that ended it, and all it printed."""

    exit: int
    out: str
    reports: Path


@dataclass
class Running:
    """A run on its way; its output goes through a pipe, which no limit on files concerns."""

    reports: Path
    args: tuple[str, ...] = ()
    prepare: Prepare | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start it."""
        self._pipe = self.reports.with_name(f"{self.reports.name}-{time.monotonic_ns()}.pipe")
        os.mkfifo(self._pipe)
        self._said = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        words = [*QUICKLY, "-p", "no:cacheprovider", f"--reports={self.reports}", *self.args]
        self._process = start_in_fork(words, ROOT, inherited() | dict(self.environment), self._pipe, self.prepare)

    def send(self, name: signal.Signals, after: float) -> None:
        """Send a signal so many seconds after the run has printed what it judges, unless it has ended by then."""
        until = time.monotonic() + _SECONDS
        while b"postpatch: " not in self._said and self._process.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        self._process.join(after)
        if self._process.is_alive() and self._process.pid:
            os.kill(self._process.pid, name)

    def end(self) -> Ended:
        """Wait until it has ended; one that does not is killed, which no part expects."""
        self._process.join(_SECONDS)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
            self._said += b"\nTraceback (most recent call last): the run did not end\n"
        self._reader.join(5)
        self._pipe.unlink(missing_ok=True)
        return Ended(self._process.exitcode or 0, self._said.decode(errors="replace"), self.reports)

    def _read(self) -> None:
        with self._pipe.open("rb", buffering=0) as pipe:
            while part := pipe.read(65536):
                self._said += part


def run(reports: Path, *args: str, prepare: Prepare | None = None, **environment: str) -> Ended:
    """Run the suite to its end."""
    return Running(reports, args, prepare, environment).end()
