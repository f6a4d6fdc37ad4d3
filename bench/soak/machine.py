"""Trials of what the machine may do to a run: full disks, lost folders, signals, jumping clocks, other runs."""

import errno
import random
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import uuid4

from bench.soak.promises import broken_promises, whole_baselines, whole_packs
from bench.soak.running import Ended, Running, run
from tests.suite.faults import (
    ERRORS,
    SIGNALS,
    counting,
    displaced,
    dying,
    failing,
    jumping,
    limited,
    moved,
    no_output,
    throttled,
)  # fmt: skip

GREEN, RED = "workshop", "failed-install"
# A fault may come after all that matters was done: then the run ends as its world has it.
COULD_NOT = {10, 4}
_STOPPED = {"SIGKILL": {-9}, "SIGTERM": {-15}, "Ctrl-C": {2}}


@dataclass(frozen=True)
class Trial:
    """What was tried, the exit code that it came to, and the promises that were broken."""

    what: str
    exit: int
    broken: tuple[str, ...]
    out: str = ""


@dataclass
class Ground:
    """Where trials are made: a folder, the seed's chance, and an earlier pack to start from."""

    folder: Path
    chance: random.Random
    operations: int = 0
    requests: int = 0
    seconds: float = 3.0
    earlier: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Publish an earlier pack, and count what a run does to its folder."""
        first = self.folder / "first"
        assert run(first, "--world", GREEN).exit == 0  # noqa: S101 - without it no trial says anything
        assert run(self.folder / "baselines", "-m", "baseline").exit == 0  # noqa: S101
        shutil.copytree(first, self.folder / "second", symlinks=True)
        number = self.folder / "operations"
        run(self.folder / "second", "--world", GREEN, prepare=partial(counting, self.folder / "second", number))
        self.operations = int(number.read_text(encoding="utf-8"))
        self.earlier = whole_packs(first)

    def reports(self, *, with_earlier: bool = True) -> Path:
        """Return a new folder of reports, with the pack of an earlier run in it."""
        new = self.folder / f"reports-{uuid4().hex[:8]}"
        if with_earlier:
            shutil.copytree(self.folder / "first", new, symlinks=True)
        return new

    def clear(self, reports: Path) -> None:
        """Delete what a trial left."""
        for path in (reports, moved(reports)):
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)

    def world(self) -> tuple[str, set[int]]:
        """Return a world, and the exit code of its run if nothing breaks."""
        return self.chance.choice(((GREEN, {0}), (RED, {1})))


def judged(ground: Ground, what: str, ended: Ended, exits: set[int], world: str, kept_in: Path | None = None) -> Trial:
    """Return a trial whose run started from the earlier pack."""
    found = tuple(
        broken_promises(ended, exits=exits, earlier=ground.earlier, green=world == GREEN, kept_in=kept_in)
    )  # fmt: skip
    return Trial(what, ended.exit, found, ended.out)


def disk(ground: Ground) -> Iterator[Trial]:
    """Let no file grow beyond a size, and let operations on files fail from some moment on, or for a while."""
    world, own = ground.world()
    reports = ground.reports()
    size = int(2 ** ground.chance.uniform(6, 18))
    ended = run(reports, "--world", world, prepare=partial(limited, size))
    yield judged(ground, "a file may not grow", ended, own | COULD_NOT, world)
    ground.clear(reports)
    reports, (name, code) = ground.reports(), ground.chance.choice(sorted(ERRORS.items()))
    after, times = ground.chance.randrange(ground.operations), ground.chance.choice((0, 0, 1, 3))
    ended = run(reports, "--world", world, prepare=partial(failing, reports, after, code, times))
    # One operation that fails may be one that nothing depends on, such as the deletion of a temporary file.
    yield judged(ground, name, ended, own | COULD_NOT, world)
    ground.clear(reports)


def output(ground: Ground) -> Iterator[Trial]:
    """Print to a full disk."""
    reports = ground.reports()
    ended = run(reports, "--world", GREEN, prepare=no_output)
    yield judged(ground, "printing on a full disk", ended, COULD_NOT, GREEN)
    ground.clear(reports)


def folder(ground: Ground) -> Iterator[Trial]:
    """Put a file in the place of the folder, before the run and in the middle."""
    reports = ground.reports(with_earlier=False)
    reports.write_text("in the way", encoding="utf-8")
    ended = run(reports, "--world", GREEN)
    yield Trial("a file in its place, before", ended.exit, tuple(broken_promises(ended, exits={4})))
    ground.clear(reports)
    world, own = ground.world()
    reports, after = ground.reports(), ground.chance.randrange(ground.operations)
    ended = run(reports, "--world", world, prepare=partial(displaced, reports, after))
    yield judged(ground, "a file in its place, later", ended, own | COULD_NOT, world, kept_in=moved(reports))
    ground.clear(reports)


def stopped(ground: Ground) -> Iterator[Trial]:
    """Send a signal at any time, and before any operation on files; then run once more over what that left."""
    for at_operation in (False, True):
        world, own = ground.world()
        name = ground.chance.choice(("SIGKILL", "SIGKILL", "SIGKILL", "SIGTERM", "Ctrl-C"))
        reports = ground.reports()
        if at_operation:
            after = ground.chance.randrange(ground.operations)
            ended = run(reports, "--world", world, prepare=partial(dying, reports, after, SIGNALS[name]))
        else:
            running = Running(reports, ("--world", world))
            running.send(SIGNALS[name], ground.chance.uniform(0, ground.seconds))
            ended = running.end()
        what = f"{name}, {'at a file' if at_operation else 'at any time'}"
        yield judged(ground, what, ended, own | _STOPPED[name], world)
        if ground.chance.random() < 0.2:
            earlier = whole_packs(reports)
            ended = run(reports, "--world", GREEN)
            found = [*broken_promises(ended, exits={0}, earlier=earlier)]
            found += [f"left {path.name}" for path in reports.glob(".run-*")]
            yield Trial("the run after it", ended.exit, tuple(found), ended.out)
        ground.clear(reports)


def baselines(ground: Ground) -> Iterator[Trial]:
    """Kill a run that takes a baseline over an earlier one; let its disk fill."""
    for fault in ("SIGKILL", "disk full"):
        reports = ground.folder / f"baselines-{uuid4().hex[:8]}"
        shutil.copytree(ground.folder / "baselines", reports)
        before = whole_baselines(reports)
        # Publishing is the end of it; that end is what may lose one.
        after = ground.chance.randrange(60)
        prepare = (
            partial(dying, reports, after, signal.SIGKILL)
            if fault == "SIGKILL"
            else partial(failing, reports, after, errno.ENOSPC, 0)
        )
        ended = run(reports, "-m", "baseline", prepare=prepare)
        found = list(broken_promises(ended, exits={0, -9} if fault == "SIGKILL" else {0, 10, 4}))
        found = [one for one in found if not one.startswith("exit code 0, and published")]
        if not before <= whole_baselines(reports):
            found.append("lost the earlier baseline")
        yield Trial(f"a baseline, {fault}", ended.exit, tuple(found), ended.out)
        ground.clear(reports)


def clocks(ground: Ground) -> Iterator[Trial]:
    """Have this machine's clock jump during a run, forwards and back."""
    world, own = ground.world()
    reports = ground.reports()
    jumps = {
        ground.chance.randrange(1, 6): ground.chance.choice((-1, 1)) * 10 ** ground.chance.uniform(1, 7)
        for _ in range(2)
    }
    ended = run(reports, "--world", world, prepare=partial(jumping, jumps))
    yield judged(ground, "a clock that jumps", ended, own | COULD_NOT, world)
    ground.clear(reports)


def throttling(ground: Ground) -> Iterator[Trial]:
    """Have each operation throttled a few times, as often as it is tried, and for ever."""
    for times, exits in ((ground.chance.randrange(1, 8), None), (None, {10})):
        world, own = ground.world()
        reports = ground.reports()
        ended = run(reports, "--world", world, prepare=partial(throttled, times))
        what = f"each operation throttled {'for ever' if times is None else 'at first'}"
        yield judged(ground, what, ended, exits or own, world)
        ground.clear(reports)


def together(ground: Ground) -> Iterator[Trial]:
    """Have two runs publish to one folder at the same moment: both packs are whole, wherever they are."""
    reports, both = ground.reports(), []
    started = [Running(reports, ("--world", GREEN)) for _ in range(2)]
    threads = [threading.Thread(target=lambda one=one: both.append(one.end())) for one in started]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    packs = whole_packs(reports)
    for ended in both:
        found = [one for one in broken_promises(ended, exits={0}, earlier=ground.earlier) if "and published" not in one]
        if len(packs) != len(ground.earlier) + len(both):
            found.append(f"{len(packs)} whole packs of {len(ground.earlier) + len(both)} runs")
        yield Trial("two runs at once", ended.exit, tuple(found), ended.out)
    ground.clear(reports)


PARTS: dict[str, Callable[[Ground], Iterator[Trial]]] = {
    "disk": disk, "output": output, "folder": folder, "signals": stopped, "baselines": baselines, "clocks": clocks,
    "throttling": throttling, "two runs": together,
}  # fmt: skip
