"""Running targets: a bounded number at once, each once, and nothing left behind."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postpatch.fleet.expected import VERIFY
from postpatch.fleet.folder import FleetFolder
from postpatch.fleet.running import Job, Orders, Runner, State
from postpatch.fleet.targets import Target

# What stands in for pytest: it notes that it began and ended, and what it was told.
RUN = """
import os, sys, time, pathlib
words = sys.argv[1:]
reports = pathlib.Path(next(word for word in words if word.startswith("--reports=")).partition("=")[2])
reports.mkdir(exist_ok=True)
(reports / "began").write_text(" ".join(words) + " " + os.environ["AWS_REGION"])
print("working on", reports.name, flush=True)
try:
    time.sleep(float(os.environ.get("SLEEP", "0.3")))
except KeyboardInterrupt:
    (reports / "stopped").touch()
    sys.exit(2)
sys.exit(int(os.environ.get("CODE", "0")))
"""


def target(number: int) -> Target:
    """Return one of several targets."""
    return Target(f"{number:012}_eu-west-1", f"{number:012}", "eu-west-1", "[scope]\n", ())


def runner(root: Path, shown: list[list[State]], *, resume: bool = False, **environment: str) -> Runner:
    """Return a runner of the stand-in, two at once."""
    orders = Orders(VERIFY, datetime(2026, 1, 1, tzinfo=UTC), "us-east-1", 2, live=True, resume=resume)

    def command(phase: str, words: list[str]) -> list[str]:
        return [sys.executable, "-c", RUN, phase, *words]

    def show(jobs: list[Job]) -> None:
        shown.append([job.state for job in jobs])

    return Runner(FleetFolder(root), orders, command, {**os.environ, **environment}, show)


def test_each_target_runs_once_and_no_more_than_two_at_a_time(tmp_path):
    """With its own policy, folder and Region; what it prints is its log."""
    shown: list[list[State]] = []
    jobs = runner(tmp_path, shown, CODE="1").run([target(number) for number in range(5)])
    assert [job.exit_code for job in jobs] == [1] * 5
    assert max(states.count(State.RUNNING) for states in shown) == 2
    folder = FleetFolder(tmp_path)
    for number in range(5):
        name = target(number).name
        said = (folder.reports(name) / "began").read_text().split()
        assert f"--policy={folder.policy(name)}" in said
        assert said[-1] == "eu-west-1"
        assert folder.last_words(name) == f"working on {name}"


def test_a_run_of_a_killed_command_is_waited_for(tmp_path):
    """It holds the target's lock for as long as it lives, so that no second run writes into its folder."""
    folder, one = FleetFolder(tmp_path), target(1)
    lock = folder.lock(one.name)
    assert lock is not None
    holder = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(2)"], pass_fds=[lock])
    os.close(lock)
    shown: list[list[State]] = []
    [job] = runner(tmp_path, shown).run([one])
    assert holder.poll() == 0
    assert [State.ELSEWHERE] in shown
    assert job.exit_code == 0


def test_what_stops_the_command_stops_its_runs(tmp_path):
    """Ctrl-C reaches each run, in the way in which pytest writes down what it has."""
    shown: list[list[State]] = []

    def interrupt(jobs: list[Job]) -> None:
        if all((tmp_path / job.target.name / "began").exists() for job in jobs):
            time.sleep(0.3)
            raise KeyboardInterrupt

    stopped = runner(tmp_path, shown, SLEEP="60")
    stopped._show = interrupt
    with pytest.raises(KeyboardInterrupt):
        stopped.run([target(1), target(2)])
    assert all((tmp_path / target(number).name / "stopped").exists() for number in (1, 2))


def test_a_terminated_command_is_interrupted():
    """SIGTERM, which CI sends, stops the runs too."""
    program = (
        "import os, signal; from postpatch.fleet.running import raise_on_terminate\n"
        "try:\n"
        " with raise_on_terminate(): os.kill(os.getpid(), signal.SIGTERM); import time; time.sleep(5)\n"
        "except KeyboardInterrupt: print('stopped', signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)"
    )
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True)  # noqa: S603 - our own code
    assert ran.stdout.strip() == "stopped True"
