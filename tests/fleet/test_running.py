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
from postpatch.fleet.running import Findings, Job, Orders, Runner, State
from postpatch.fleet.targets import Target

# What stands in for pytest: it notes that it began and ended, and what options it had.
RUN = """
import os, sys, time, pathlib
words = sys.argv[1:]
reports = pathlib.Path(next(word for word in words if word.startswith("--reports=")).partition("=")[2])
reports.mkdir(exist_ok=True)
for name in os.environ.get("LEAVES", "").split():
    (reports / name).touch()
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


def runner(
    root: Path,
    shown: list[list[State]],
    *,
    resume: bool = False,
    findings: Findings = Findings.OWN,
    **environment: str,
) -> Runner:
    """Return a runner of the stand-in, two at once."""
    began_at = datetime(2026, 1, 1, tzinfo=UTC)
    orders = Orders(VERIFY, began_at, "us-east-1", 2, live=True, resume=resume, findings=findings)

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


def options_of(root: Path, number: int) -> list[str]:
    """Return the options of a run."""
    return (root / target(number).name / "began").read_text().split()


def test_a_run_whose_findings_are_to_be_read_ends_when_it_has_scanned(tmp_path):
    """It is continued when they are there, and not scanned again by a command that resumes."""
    shown: list[list[State]] = []
    leaves = {"LEAVES": "launched.json scanned.json", "CODE": "10"}
    to_be_read = runner(tmp_path, shown, findings=Findings.TO_BE_READ, **leaves)
    assert [job.scanned for job in to_be_read.run([target(1)])] == [True]
    file = f"--findings={FleetFolder(tmp_path).findings(target(1).account, 'eu-west-1')}"
    assert file in options_of(tmp_path, 1)
    assert "--resume" not in options_of(tmp_path, 1)
    (tmp_path / target(1).name / "began").unlink()
    [job] = runner(tmp_path, shown, resume=True, findings=Findings.TO_BE_READ, **leaves).run([target(1)])
    assert (job.scanned, job.process) == (True, None)
    [job] = runner(tmp_path, shown, resume=True, findings=Findings.READ).run([target(1)])
    assert (job.state, job.exit_code) == (State.DONE, 0)
    assert {file, "--resume"} <= {*options_of(tmp_path, 1)}


def test_what_an_earlier_fleet_left_counts_for_nothing(tmp_path):
    """Neither its findings nor its scan: a run that could not scan this time is done, and in error."""
    reports, findings = tmp_path / target(1).name, FleetFolder(tmp_path).findings(target(1).account, "eu-west-1")
    reports.mkdir()
    findings.parent.mkdir()
    stale = [
        reports / "scanned.json",
        reports / "launched.json",
        findings,
        findings.with_name(f"{target(1).name}.findings.read.json"),
    ]
    for path in stale:
        path.touch()
    [job] = runner(tmp_path, [], findings=Findings.TO_BE_READ, CODE="10").run([target(1)])
    assert (job.scanned, job.exit_code) == (False, 10)
    assert [path.exists() for path in stale] == [False, True, False, False]
