"""`python -m postpatch cleanup`, as a person runs it, against a served AWS."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEYS = {"AWS_ACCESS_KEY_ID": "SIMULATED", "AWS_SECRET_ACCESS_KEY": "simulated", "AWS_REGION": "us-east-1"}


@pytest.fixture
def cleanup(sealed):
    """Return what runs the clean-up and returns its exit code and all it said."""

    def run(url, *args, **environment):
        command = [sys.executable, "-m", "postpatch", "cleanup", "--endpoint-url", url, *args]
        done = subprocess.run(  # noqa: S603 - our own command
            command, cwd=ROOT, env=sealed | KEYS | environment, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_it_lists_first_and_deletes_only_when_told(serve, cleanup):
    """Without --yes nothing is deleted; with it all of ours is, and a second time there is nothing to do."""
    server = serve("workshop")
    window = server.client("ssm").create_maintenance_window(
        Name="pww_mw", Schedule="rate(12 hours)", Duration=1, Cutoff=0, AllowUnassociatedTargets=True,
        Tags=[{"Key": "created-by", "Value": "postpatch"}],
    )["WindowId"]  # fmt: skip
    code, listed = cleanup(server.url)
    assert code == 0
    assert window in listed
    assert "Add --yes to delete" in listed
    code, done = cleanup(server.url, "--yes")
    assert code == 0
    assert f"({window}): deleted" in done
    assert "0 created by this suite" in cleanup(server.url)[1]


def test_another_account_is_refused(serve, cleanup, tmp_path):
    """Nothing is deleted in an account that the policy is not for."""
    policy = tmp_path / "policy.toml"
    text = (ROOT / "verify.toml").read_text(encoding="utf-8")
    policy.write_text(text.replace("123456789012", "210987654321"), encoding="utf-8")
    code, said = cleanup(serve("workshop").url, "--yes", "--policy", str(policy))
    assert code == 10
    assert "210987654321" in said
    assert "Nothing was changed" in said


def test_a_policy_that_is_not_there_is_a_usage_error(served, cleanup):
    """The file that cannot be read is named."""
    code, said = cleanup(served.url, "--policy", "nowhere.toml")
    assert code == 4
    assert "nowhere.toml" in said
