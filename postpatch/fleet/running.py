"""Run the targets of a fleet: each in a process of its own, a bounded number at once."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from postpatch.fleet.expected import BASELINE
from postpatch.fleet.folder import FleetFolder
from postpatch.fleet.targets import Target

_POLL = 0.2  # seconds
_COLUMNS = "500"  # of a log: pytest cuts the reasons in its summary to the width of its terminal
_GRACE = 60  # seconds in which a run that is told to stop may write what it has
# Each run would write into the summary and outputs of the job that the whole fleet is.
_NOT_INHERITED = ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST")


class State(StrEnum):
    """Where the run of a target is."""

    WAITING = "waiting"
    RUNNING = "running"
    ELSEWHERE = "run by an earlier command"
    SCANNED = "scanned, its findings are to be read"
    DONE = "done"


class Findings(StrEnum):
    """Who reads the findings of the runs: each its own, or an administrator, after these runs or before them."""

    OWN = "own"
    TO_BE_READ = "to be read"
    READ = "read"


_ENDED = (State.SCANNED, State.DONE)


@dataclass
class Job:
    """The run of one target. `exit_code` is None while there is none; `earlier`: it was done before this command."""

    target: Target
    state: State = State.WAITING
    exit_code: int | None = None
    earlier: bool = False
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def scanned(self) -> bool:
        """Return whether its hosts are scanned, and its findings are still to be read."""
        return self.state is State.SCANNED


@dataclass(frozen=True)
class Orders:
    """What every run of the fleet is told: the phase, when the fleet's run began, where STS is asked, and options."""

    phase: str
    began_at: datetime
    region: str
    at_once: int
    live: bool
    resume: bool
    options: tuple[str, ...] = ()
    findings: Findings = Findings.OWN


class Runner:
    """Runs the jobs of a fleet. `command` makes the command line of a phase with options; `show` shows the jobs."""

    def __init__(
        self,
        folder: FleetFolder,
        orders: Orders,
        command: Callable[[str, list[str]], list[str]],
        environment: Mapping[str, str],
        show: Callable[[Sequence[Job]], None],
    ) -> None:
        self._folder = folder
        self._orders = orders
        self._command = command
        self._environment = {name: value for name, value in environment.items() if name not in _NOT_INHERITED}
        self._show = show

    def run(self, targets: Sequence[Target]) -> list[Job]:
        """Run the targets that are not done, and return every job; KeyboardInterrupt stops the runs, and is raised.

        Where an administrator is to read the findings, a job ends as soon as its hosts are scanned.
        """
        jobs = [Job(target) for target in targets]
        try:
            while any(job.state not in _ENDED for job in jobs):
                for job in jobs:
                    self._advance(job, jobs)
                self._show(jobs)
                time.sleep(_POLL if any(job.state not in _ENDED for job in jobs) else 0)
        except BaseException:
            _stop([job.process for job in jobs if job.process and job.state is State.RUNNING])
            raise
        return jobs

    def _advance(self, job: Job, jobs: Sequence[Job]) -> None:
        if job.state is State.RUNNING and job.process:
            job.exit_code = job.process.poll()
            if job.exit_code is not None:
                job.state = State.SCANNED if self._awaits(job.target) else State.DONE
        elif job.state not in _ENDED and sum(one.state is State.RUNNING for one in jobs) < self._orders.at_once:
            self._begin(job)

    def _begin(self, job: Job) -> None:
        name = job.target.name
        lock = self._folder.lock(name)
        if lock is None:
            job.state = State.ELSEWHERE
            return
        try:
            if self._orders.resume and self._folder.is_done(name, self._orders.phase, self._orders.began_at):
                job.state, job.earlier = State.DONE, True
                return
            if self._orders.findings is Findings.TO_BE_READ:
                if self._orders.resume and self._awaits(job.target):
                    job.state = State.SCANNED
                    return
                self._folder.forget_findings(job.target)
            self._folder.prepare(job.target, self._orders.region)
            with self._folder.log(name).open("wb") as log:
                # Of a session of its own: what stops this process is handed on, in the way that pytest understands.
                job.process = subprocess.Popen(  # noqa: S603 - our own suite
                    self._command(self._orders.phase, self._words(job.target)), stdin=subprocess.DEVNULL, stdout=log,
                    stderr=subprocess.STDOUT, env=self._its_environment(job.target), cwd=self._folder.root,
                    start_new_session=True, pass_fds=[lock], preexec_fn=_hear_interrupts,
                )  # fmt: skip
            job.state = State.RUNNING
        finally:
            os.close(lock)

    def _awaits(self, target: Target) -> bool:
        return self._orders.findings is Findings.TO_BE_READ and self._folder.awaits_findings(target.name)

    def _words(self, target: Target) -> list[str]:
        folder, name = self._folder, target.name
        words = [f"--policy={folder.policy(name)}", f"--reports={folder.reports(name)}", "-p", "no:cacheprovider"]
        if target.roles and self._orders.live:
            words.append(f"--roles={folder.roles(name)}")
        if self._orders.findings is not Findings.OWN:
            words.append(f"--findings={folder.findings(target.account, target.region)}")
        if self._orders.resume and self._orders.phase != BASELINE and self._orders.live and folder.waits(name):
            words.append("--resume")
        return [*words, *self._orders.options]

    def _its_environment(self, target: Target) -> dict[str, str]:
        # A run refuses to judge another Region than the environment's.
        place = {"AWS_REGION": target.region, "AWS_DEFAULT_REGION": target.region}
        return self._environment | place | {"COLUMNS": _COLUMNS}


def _hear_interrupts() -> None:
    # What a shell puts into the background ignores them, and hands that on to what it starts.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _stop(processes: Sequence["subprocess.Popen[Any]"]) -> None:
    for process in processes:
        process.send_signal(signal.SIGINT)
    ends = time.monotonic() + _GRACE
    for process in processes:
        try:
            process.wait(max(0.0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def raise_on_terminate() -> Iterator[None]:
    """Have SIGTERM stop this process in the block as Ctrl-C does, so that the runs are stopped too."""

    def stop(_: int, __: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def absolute(folder: Path) -> FleetFolder:
    """Return a fleet's folder by its whole path, for processes that work elsewhere."""
    return FleetFolder(folder.absolute())
