"""What breaks a run, here and in `make soak`: each function is called in the run's own process, before pytest."""

import errno
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

# What Python says of each operation on a file before it is done (PEP 578); a handler that raises prevents it.
_OPERATIONS = {"open", "os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.symlink", "os.truncate"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
ERRORS = {
    "disk full": errno.ENOSPC, "quota": errno.EDQUOT, "read-only": errno.EROFS, "forbidden": errno.EACCES,
    "I/O": errno.EIO,
}  # fmt: skip


def limited(size: int) -> None:
    """Have the system refuse to let any file grow beyond so many bytes, whoever writes it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def no_output() -> None:
    """Have everything printed end on a full disk."""
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, 1)
    os.dup2(full, 2)


def counting(folder: Path, into: Path) -> None:
    """Count the operations on files below a folder, and write their number as the process ends."""
    numbers = [0]

    def count() -> None:
        numbers[0] += 1
        into.write_text(str(numbers[0]), encoding="utf-8")

    _at_each(folder, count)


def failing(folder: Path, after: int, code: int, times: int, name: str = "") -> None:
    """Let so many operations below a folder succeed, and have the next `times` fail, or all for 0.

    Where a name is given, only operations on paths that end with it count.
    """
    numbers = [0]

    def fail() -> None:
        numbers[0] += 1
        if numbers[0] > after and (not times or numbers[0] <= after + times):
            raise OSError(code, os.strerror(code))

    _at_each(folder, fail, name)


def dying(folder: Path, after: int, number: int, name: str = "") -> None:
    """Send this process a signal before the operation after so many, of those on paths that end with a name."""
    numbers = [0]

    def die() -> None:
        numbers[0] += 1
        if numbers[0] == after + 1:
            os.kill(os.getpid(), number)

    _at_each(folder, die, name)


def displaced(folder: Path, after: int) -> None:
    """After so many operations, move the folder away and put a file in its place."""
    numbers = [0]

    def displace() -> None:
        numbers[0] += 1
        if numbers[0] == after + 1:
            folder.rename(moved(folder))
            folder.write_text("in the way", encoding="utf-8")

    _at_each(folder, displace)


def moved(folder: Path) -> Path:
    """Return where `displaced` moves a folder."""
    return folder.with_name(f"moved-{folder.name}")


def throttled(times: int | None) -> None:
    """Have each operation of the simulated AWS throttled so many times before it answers, or for ever."""
    from postpatch.simulator import Simulator
    from postpatch.simulator.fault import Fault, Mishap
    from postpatch.simulator.wire.front import Ours

    remediate = Simulator.remediate

    def remediate_and_throttle(self: Simulator) -> None:
        remediate(self)
        ours = next(step for step in self.front.steps if isinstance(step, Ours))
        for service, operations in ours.services.items():
            for operation in operations:
                self.inject(Fault(f"{service}:{operation}", Mishap.THROTTLED, times=times))

    Simulator.remediate = remediate_and_throttle  # type: ignore[method-assign]


def jumping(jumps: dict[int, float]) -> None:
    """Have this machine's clock jump: after so many times that it was read, by so many seconds."""
    numbers, offset = [0], [0.0]

    class Kind(type(datetime)):  # type: ignore[misc] # what is a datetime stays one
        def __instancecheck__(cls, one: Any) -> bool:
            return isinstance(one, datetime)

    class Jumping(datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            numbers[0] += 1
            offset[0] += jumps.get(numbers[0], 0)
            return datetime.now(tz) + timedelta(seconds=offset[0])

    real = time.time
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("postpatch", "fixtures") and getattr(module, "datetime", None) is datetime:
            module.datetime = Jumping  # type: ignore[attr-defined]
    time.time = lambda: real() + offset[0]


def hurried() -> None:
    """Have a client give up sooner than it should, so that a network that is gone takes seconds, not minutes."""
    from botocore.config import Config

    from postpatch.aws import session

    sooner = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=2, read_timeout=2)
    session._CONFIG = session._CONFIG.merge(sooner)


def _at_each(folder: Path, act: Callable[[], None], name: str = "") -> None:
    places = (str(folder), str(folder.resolve()))
    inside = [False]

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if inside[0] or event not in _OPERATIONS or not _is_below(event, given, places, name):
            return
        inside[0] = True
        try:
            act()
        finally:
            inside[0] = False

    sys.addaudithook(hook)


def _is_below(event: str, given: tuple[Any, ...], places: tuple[str, ...], name: str) -> bool:
    if event == "open" and not (isinstance(given[2], int) and given[2] & _WRITES):
        return False
    paths = [str(os.fspath(one)) for one in given if isinstance(one, (str, os.PathLike))]
    return any(path.startswith(places) and path.endswith(name) for path in paths)


SIGNALS = {"SIGKILL": signal.SIGKILL, "SIGTERM": signal.SIGTERM, "Ctrl-C": signal.SIGINT}
