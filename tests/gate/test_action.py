"""The gate in pipelines: the action runs as it is written; what the files say is tests/contract's."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def _judge(workspace, **inputs):
    (step,) = [
        step
        for step in yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
        if step.get("name") == "Judge"
    ]
    defaults = {"PHASE": "verify", "POLICY": "verify.toml", "BASELINE": "", "AFTER": "", "READ_ONLY": "false"}
    given = {"AWS": "simulated", "REPORTS": "out", "GITHUB_WORKSPACE": str(workspace), "GITHUB_ACTION_PATH": str(ROOT)}
    assert set(defaults | given) - {"GITHUB_WORKSPACE", "GITHUB_ACTION_PATH"} == set(step["env"])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "GITHUB_", "AWS_"))}
    environment = kept | {"CI": "true", "GITHUB_ACTIONS": "true"} | defaults | given | inputs
    # As GitHub runs `shell: bash`.
    words = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603


@pytest.fixture
def workspace(tmp_path):
    """Return a checkout with a policy of its own, in a path with a space."""
    folder = tmp_path / "my work"
    folder.mkdir()
    (folder / "verify.toml").write_bytes((ROOT / "verify.toml").read_bytes())
    return folder


@pytest.mark.skipif(not (ROOT / ".venv").is_dir(), reason="the action runs in .venv, which `make install` makes")
def test_the_action_judges_and_leaves_its_report(workspace):
    """Its step takes baseline and policy from the workspace, leaves report and JUnit there, and says SIMULATED."""
    taken = _judge(workspace, PHASE="baseline", REPORTS="before")
    assert taken.returncode == 0, taken.stdout + taken.stderr
    ran = _judge(workspace, BASELINE="before/baseline.ndjson.gz")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {"verify.html", "verify.json", "junit.xml"} <= {path.name for path in (workspace / "out").iterdir()}
    assert "::warning title=SIMULATED::" in ran.stdout


@pytest.mark.skipif(not (ROOT / ".venv").is_dir(), reason="the action runs in .venv, which `make install` makes")
def test_the_action_fails_with_the_gate(workspace):
    """Two files that show no progress fail the step, with an annotation for each reason; reading only is passed on."""
    export = workspace / "findings.json"
    export.write_text('{"findings": []}', encoding="utf-8")
    ran = _judge(workspace, AWS="recorded", BASELINE=export.name, AFTER=export.name, READ_ONLY="true")
    assert ran.returncode == 1
    assert "::error title=" in ran.stdout
    assert "read only" in ran.stdout
