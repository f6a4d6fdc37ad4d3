"""A run that is broken off while the assessment is under way, and the run after it."""

import json
import signal
from pathlib import Path

import pytest

from postpatch.__main__ import main

ROOT = Path(__file__).parents[2]
UNDER_WAY = "hosts scanned"


@pytest.fixture
def policy(tmp_path):
    """Return what writes a policy that polls every so many seconds."""

    def write(seconds):
        path = tmp_path / f"policy-{seconds}.toml"
        written = (ROOT / "verify.toml").read_text(encoding="utf-8")
        assert "poll_seconds = 30" in written
        path.write_text(written.replace("poll_seconds = 30", f"poll_seconds = {seconds}"), encoding="utf-8")
        return f"--policy={path}"

    return write


@pytest.fixture
def broken_off(serve, start, judge, tmp_path, policy):
    """Return what takes a baseline, patches, verifies, and sends a signal in the midst of the wait.

    It returns the server, the options of the run, its reports, its exit code and all that it printed.
    """

    def play(how, *more):
        server, reports = serve("workshop"), tmp_path / "reports"
        options = ["--aws", "live", "--endpoint-url", server.url, policy(1)]
        code, out = judge(reports, "-m", "baseline", *options)
        assert code == 0, out
        server.remediate()
        # Time enough between two polls for the signal to meet the wait.
        run, said = start(reports, "-m", "verify", *options, policy(10), *more), []
        for line in run.stdout:
            said.append(line)
            # The calls of several workers move the simulated time: the assessment may end before the first poll.
            if UNDER_WAY in line or (more and (reports / "launched.json").is_file()):
                run.send_signal(how)
                break
        rest, _ = run.communicate(timeout=180)
        return server, options, reports, run.returncode, "".join([*said, rest])

    return play


def scans(server):
    """Return the CIS scan configurations there are; the baseline made one."""
    return server.client("inspector2").list_cis_scan_configurations()["scanConfigurations"]


def verdict_in(reports):
    """Read the verdict."""
    return json.loads((reports / "verify.json").read_text(encoding="utf-8"))


def goes_on(server, judge, reports, options):
    """Verify again: nothing is launched a second time, the run says so, and is green."""
    assert (reports / "launched.json").is_file()
    assert len(scans(server)) == 2
    code, out = judge(reports, *options)
    assert code == 0, out
    assert "resuming the assessment launched at" in out
    assert len(scans(server)) == 2
    verdict = verdict_in(reports)
    assert (verdict["verdict"], verdict["assessment"]["taken_up"]) == ("PASS", True)
    assert not {"inspector2:CreateCisScanConfiguration", "ssm:StartAssociationsOnce"} & verdict["calls"].keys()
    assert not (reports / "launched.json").exists()


def test_an_interrupted_run_says_so_and_the_next_goes_on(broken_off, judge, capsys):
    """After Ctrl-C the report says interrupted and never PASS, its pack is whole, and nothing is launched twice."""
    server, options, reports, code, out = broken_off(signal.SIGINT)
    assert code == pytest.ExitCode.INTERRUPTED, out
    verdict = verdict_in(reports)
    assert (verdict["verdict"], verdict["interrupted"]) == ("PARTIAL", True), out
    assert "The run was interrupted." in out
    assert "The run was interrupted." in (reports / "verify.html").read_text(encoding="utf-8")
    reasons = {check["id"]: check["reason"] for check in verdict["checks"] if check["outcome"] == "not assessed"}
    assert reasons["SCAN-2"] == "the run was interrupted before this check"
    assert "MW-1" not in reasons
    kept = {path.name for path in (reports / "evidence").iterdir()}
    assert {"window.json", "launch.json", "patching.json", "baseline.ndjson.gz"} <= kept
    for way in ("check", "rejudge"):
        assert main(["evidence", way, str(reports)]) == 0, capsys.readouterr().out
    goes_on(server, judge, reports, options)


@pytest.mark.parametrize(
    ("how", "workers"), [(signal.SIGKILL, ()), (signal.SIGINT, ("-n", "2"))], ids=["killed", "Ctrl-C with xdist"]
)
def test_the_run_after_a_killed_one_goes_on(broken_off, judge, how, workers):
    """A run that judged nothing before it ended leaves no report, and its assessment to the next one."""
    server, options, reports, code, out = broken_off(how, *workers)
    assert code != 0, out
    # A worker of xdist that does not look may have judged the window by then.
    assert not (reports / "verify.json").exists() or (workers and verdict_in(reports)["interrupted"]), out
    goes_on(server, judge, reports, options)
