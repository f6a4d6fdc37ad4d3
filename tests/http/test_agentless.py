"""A fleet that Inspector scans once a day: a run that came too early, and `--resume` after the daily scan."""

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from postpatch.simulator import Simulator, worlds
from postpatch.simulator.serving import Served

COULD_NOT_CHECK, USAGE = 10, 4
BASELINE_AT = worlds()["agentless-awaited"].begins_at


@pytest.fixture
def play(judge, tmp_path):
    """Return what serves a world whose clock only its calls move, and verifies it with the command's options."""
    servers = []

    def playing(world):
        aws = Simulator(worlds()[world], BASELINE_AT.replace(hour=21))

        class Dated(WSGIRequestHandler):
            """Date each answer with the simulated time, and log nothing."""

            def date_time_string(self, timestamp=None):
                """Say the time of the simulator."""
                return super().date_time_string(aws.now().timestamp() if timestamp is None else timestamp)

            def log(self, *_):
                """Drop the line."""

        server = make_server("127.0.0.1", 0, Served(aws, now=aws.now), threaded=True, request_handler=Dated)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        policy = tmp_path / "policy.toml"
        text = (Path(__file__).parents[2] / "verify.toml").read_text(encoding="utf-8")
        policy.write_text(text.replace("poll_seconds = 30", "poll_seconds = 1").replace("minutes = 90", "minutes = 1"))

        def verify(*options, phase="verify"):
            url = f"http://127.0.0.1:{server.port}"
            return judge(
                tmp_path / "reports",
                "-m",
                phase,
                "--aws",
                "live",
                "--endpoint-url",
                url,
                f"--policy={policy}",
                *options,
            )

        return aws, verify

    yield playing
    for server in servers:
        server.shutdown()
        server.server_close()


def scans(aws):
    """Return how many CIS scans were started, the baseline's too."""
    return len(aws.client("inspector2").list_cis_scan_configurations()["scanConfigurations"])


def verdict_in(folder):
    """Read the verdict."""
    return json.loads((folder / "reports" / "verify.json").read_text(encoding="utf-8"))


def outcomes(verdict):
    """Return the ids of the checks by outcome."""
    return {
        outcome: {check["id"] for check in verdict["checks"] if check["outcome"] == outcome}
        for outcome in ("failed", "error")
    }


@pytest.mark.parametrize(("world", "hosts"), [("agentless", "3 hosts"), ("agentless-among-others", "1 host")])
def test_a_run_before_the_daily_scan_is_continued_after_it(play, tmp_path, world, hosts):
    """Exit 10 says when to come back; then the same launch is judged, nothing is started again, and all is green."""
    aws, verify = play(world)
    code, out = verify(phase="baseline")
    assert code == 0, out
    aws.remediate()
    code, out = verify()
    assert code == COULD_NOT_CHECK, out
    assert "Come back after 2026-11-21 20:30 UTC, and continue this run with postpatch verify --resume" in out, out
    assert f"has not scanned {hosts} (" in out
    early, launched = verdict_in(tmp_path), scans(aws)
    assert not outcomes(early)["failed"]
    assert outcomes(early)["error"] >= {"SCAN-2", "FIND-1"}
    code, out = verify("--resume")
    assert code == COULD_NOT_CHECK, out
    assert "Come back after 2026-11-21 20:30 UTC" in out, "who comes back too early again is told the same"
    assert scans(aws) == launched
    aws.clock.advance(timedelta(hours=13))
    code, out = verify("--resume")
    assert code == 0, out
    assert "resuming the assessment launched at" in out
    verdict = verdict_in(tmp_path)
    assert (verdict["verdict"], verdict["assessment"]["taken_up"]) == ("PASS", True)
    assert scans(aws) == launched
    assert not {"inspector2:CreateCisScanConfiguration", "ssm:StartAssociationsOnce"} & verdict["calls"].keys()
    code, out = verify("--resume")
    assert code == USAGE, out
    assert "no run has left an assessment to continue" in out


@pytest.mark.parametrize(
    ("world", "hours", "failed"),
    [
        pytest.param("agentless-unpatched", 25, {"PATCH-1", "PATCH-2", "FIND-4"}, id="a-host-was-not-patched"),
        pytest.param("agentless-overdue", 25, {"SCAN-2"}, id="a-scan-never-came"),
    ],
)
def test_what_is_left_after_the_daily_scan_is_red(play, tmp_path, world, hours, failed):
    """A finding that patching should have removed, and a host whose scan is overdue, fail the run that is resumed."""
    aws, verify = play(world)
    code, out = verify(phase="baseline")
    assert code == 0, out
    aws.remediate()
    assert verify()[0] in (1, COULD_NOT_CHECK)
    assert "SCAN-2" in outcomes(verdict_in(tmp_path))["error"]
    aws.clock.advance(timedelta(hours=hours))
    code, out = verify("--resume")
    assert code == 1, out
    assert outcomes(verdict_in(tmp_path))["failed"] >= failed
