"""The examples for pipelines: none can be green on a simulation by accident.

That the files fit their schemas is `make lint`'s to say, and that the action runs as it is written tests/gate's.
"""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PHASES = {"install", "pre_build", "build", "post_build"}


def _read(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_action_names_what_it_judges():
    """What is judged has no default, and no input is put into a script's text, where it could be code."""
    action = _read("action.yml")
    assert action["inputs"]["aws"] == action["inputs"]["aws"] | {"required": True}
    assert "default" not in action["inputs"]["aws"]
    assert not any("${{" in step.get("run", "") for step in action["runs"]["steps"])


@pytest.mark.parametrize("name", ["action.yml", "ci/github/patch-round.yml", "ci/github/fleet.yml"])
def test_actions_of_others_are_pinned(name):
    """Each action of somebody else is named by the hash of a commit, with its version beside it."""
    uses = re.findall(r"uses: (?!\./)(.+)", (ROOT / name).read_text(encoding="utf-8"))
    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in uses)


@pytest.mark.parametrize("name", ["ci/gitlab/.gitlab-ci.yml", "ci/codebuild/buildspec.yml"])
def test_every_example_names_live(name):
    """Every run of the suite in an example says `--aws live`, and leaves JUnit where the pipeline looks for it."""
    runs = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "-m pytest" in line]
    assert runs
    assert all("--aws live" in line and "--junitxml=reports/junit.xml" in line for line in runs)


def test_the_workflow_judges_live_in_every_phase():
    """Both runs of the workflow name `live`, each with a role of its own and no stored key."""
    jobs = _read("ci/github/patch-round.yml")["jobs"]
    runs = [step["with"] for job in jobs.values() for step in job["steps"] if step.get("uses") == "./"]
    assert [(run["aws"], run.get("phase", "verify")) for run in runs] == [("live", "baseline"), ("live", "verify")]
    assert "secrets." not in (ROOT / "ci/github/patch-round.yml").read_text(encoding="utf-8")


def test_the_buildspec_has_the_documented_parts():
    """CodeBuild's phases by their names, the gate in `build`, and a report group of JUnit files."""
    spec = _read("ci/codebuild/buildspec.yml")
    assert spec["version"] == 0.2
    assert set(spec["phases"]) <= PHASES
    assert any("pytest -m verify" in command for command in spec["phases"]["build"]["commands"])
    assert spec["reports"]["postpatch"]["file-format"] == "JUNITXML"
