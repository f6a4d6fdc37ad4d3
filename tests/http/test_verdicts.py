"""The suite judges a served AWS as it judges the embedded one: `--aws live` with an endpoint, check by check."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def outcomes(reports: Path) -> dict[str, str]:
    """Read each check's outcome."""
    verdict = json.loads((reports / "verify.json").read_text(encoding="utf-8"))
    return {check["id"]: check["outcome"] for check in verdict["checks"]}


@pytest.mark.parametrize(
    "world", ["workshop", "unpatched", "drifted-window", "workshop-classic", "mixed-estate", "windows-not-offered"]
)
def test_the_verdict_is_the_same_over_http(world, serve, judge, rehearsed, tmp_path):
    """Each check comes out over HTTP as it does in process, and both runs end with the same exit code."""
    policy = tmp_path / "policy.toml"
    written = (ROOT / "verify.toml").read_text(encoding="utf-8")
    assert "poll_seconds = 30" in written
    policy.write_text(written.replace("poll_seconds = 30", "poll_seconds = 1"), encoding="utf-8")
    # Over HTTP a run waits in real time: few polls, each a long time for the simulated AWS.
    server = serve(world, "--poll-takes", "300")
    engine = "classic" if world.endswith("classic") else "v2"
    live = ["--aws", "live", "--inspector", engine, "--endpoint-url", server.url, f"--policy={policy}"]
    code, out = judge(tmp_path / "served", "-m", "baseline", *live)
    assert code == 0, out
    server.remediate()
    code, out = judge(tmp_path / "served", "-m", "verify", *live)
    embedded = rehearsed("--world", world)
    assert outcomes(tmp_path / "served") == embedded.outcomes, f"{out}\n{embedded.out}"
    assert code == embedded.exit
    assert server.alive


def test_a_world_is_served_where_the_policy_wants_it(serve, judge, tmp_path):
    """A stack, an account and a Region of one's own are served, and a baseline is taken there."""
    policy = tmp_path / "policy.toml"
    written = (ROOT / "verify.toml").read_text(encoding="utf-8").replace("poll_seconds = 30", "poll_seconds = 1")
    own = {"123456789012": "210987654321", "us-east-1": "eu-west-1", 'stack = "pww"': 'stack = "shop"'}
    for usual, place in own.items():
        assert usual in written
        written = written.replace(usual, place)
    policy.write_text(written, encoding="utf-8")
    server = serve("workshop", "--account", "210987654321", "--region", "eu-west-1", "--stack", "shop")
    live = ["--aws", "live", "--endpoint-url", server.url, f"--policy={policy}"]
    code, out = judge(tmp_path / "served", "-m", "baseline", *live)
    assert code == 0, out
    assert "stack shop" in out


def test_another_account_is_refused_before_anything_is_started(serve, judge, tmp_path):
    """Live, a policy for another account ends in errors, and no scan, window or command was begun."""
    policy = tmp_path / "policy.toml"
    written = (ROOT / "verify.toml").read_text(encoding="utf-8")
    policy.write_text(written.replace("123456789012", "210987654321"), encoding="utf-8")
    server = serve("workshop")
    live = ["--aws", "live", "--endpoint-url", server.url, f"--policy={policy}", "--baseline=reconstruct"]
    code, out = judge(tmp_path / "served", "-m", "verify", *live)
    assert code == 10, out
    assert set(outcomes(tmp_path / "served").values()) == {"error"}
    verdict = json.loads((tmp_path / "served" / "verify.json").read_text(encoding="utf-8"))
    assert set(verdict["calls"]) == {"sts:GetCallerIdentity"}
    assert server.client("ssm").describe_maintenance_windows()["WindowIdentities"] == []


def test_without_a_baseline_nothing_is_asked_and_the_plan_changes_nothing(serve, judge, tmp_path):
    """Live, a first run without a baseline is refused before any call; a plan reads, and begins nothing."""
    server = serve("workshop")
    live = ["-m", "verify", "--aws", "live", "--endpoint-url", server.url]
    code, out = judge(tmp_path / "served", *live)
    assert (code, out.count("Take a baseline: ")) == (4, 1), out
    server.remediate()
    code, out = judge(tmp_path / "served", *live, "--baseline=reconstruct", "--plan")
    assert code == 0, out
    assert "permissions were not checked beforehand. " in out  # the served AWS has no policy simulator
    assert "create: maintenance window pww_mw" in out
    assert server.client("ssm").describe_maintenance_windows()["WindowIdentities"] == []
    assert server.client("inspector2").list_cis_scan_configurations()["scanConfigurations"] == []
    assert not (tmp_path / "served").exists()
