"""Beside other projects the plugin is inert, and other plugins do not change what the checks say."""

import json
import re
from xml.etree import ElementTree

import pytest

from postpatch.verdict.checks import CHECKS
from tests.install.environments import made_beside
from tests.install.projects import PROJECTS

_PLUGINS = (
    "pytest-django", "pytest-randomly", "pytest-rerunfailures", "pytest-timeout", "pytest-json-ctrf", "allure-pytest",
    "allure-python-commons", "django", "asgiref", "sqlparse",
)  # fmt: skip
_RUNS = [(project, command) for project in PROJECTS for command in project.commands]
# What differs from one run to the next: times, addresses, threads, the list of plugins, in which ours is named, and
# how far a heading is filled up, since its length depends on the time in it.
_PASSING = re.compile(
    r"\d+\.\d+\s?s(econds)?\b( \(\d+:\d\d:\d\d\))?|0x[0-9a-f]+|\(\d{6,}\)|^plugins: .*$|^={3,} | ={3,}$", re.MULTILINE
)
_PROGRESS = re.compile(r"^[.FERsxX]+(?= +\[ *\d+%\]$)", re.MULTILINE)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with the projects, above the environment in which they run."""
    folder = tmp_path_factory.mktemp("projects")
    for project in PROJECTS:
        for name, text in project.files.items():
            path = folder / project.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def env(place):
    """Return an environment with the plugins, below one of the projects."""
    environment = made_beside(place / "bare" / ".venv")
    environment.pip("--no-deps", *_PLUGINS)
    return environment


def _told(env, place, project, command):
    words = ("-p", "no:hypothesispytest", "-p", "no:cacheprovider", "--randomly-seed=1", *command)
    ran = env.run("pytest", *words, cwd=place / project.name, PYTHONDONTWRITEBYTECODE="1")
    # Two workers end their tests in either order.
    ordered = _PROGRESS.sub(lambda progress: "".join(sorted(progress[0])), ran.out)
    return ran.exit, _PASSING.sub("…", ordered)


@pytest.fixture(scope="module")
def without(env, place):
    """Return what each command line says where postpatch is not installed."""
    return {(project.name, command): _told(env, place, project, command) for project, command in _RUNS}


@pytest.fixture(scope="module")
def beside(without, env, wheel):
    """Return the environment with postpatch in it too."""
    assert without
    env.add(wheel)
    return env


@pytest.mark.parametrize(
    ("project", "command"), _RUNS, ids=lambda value: getattr(value, "name", None) or " ".join(value)
)
def test_pytest_says_the_same(project, command, without, beside, place):
    """Exit code and output are those of the same command without postpatch installed."""
    exit_code, out = without[project.name, command]
    assert _told(beside, place, project, command) == (exit_code, out)


def test_the_projects_ran(without):
    """What is compared is no row of usage errors: tests were run, red ones too, and a second try was."""
    assert without["bare", ()][0] == 1
    assert without["django", ()][0] == 0
    assert without["strict", ()][0] == 0
    assert without["same-names", ("-m", "verify")][0] == 0
    assert "1 rerun" in without["plugins", ("-n", "2", "--reruns", "1")][1]
    assert "Timeout" in without["plugins", ("--timeout", "0.5", "--timeout-method", "signal")][1]


def test_no_second_try_turns_a_red_check_green(beside, folder, outcomes):
    """With every plugin at work the checks say what they say alone, each once, in every output."""
    words = (
        "--world",
        "unpatched",
        "--reruns",
        "2",
        "--timeout",
        "300",
        "--ctrf",
        "ctrf.json",
        "--alluredir",
        "allure",
    )
    ran = beside.run("postpatch", "verify", *words, "--junitxml", "junit.xml", "-p", "no:hypothesispytest", cwd=folder)
    assert ran.exit == 1, ran.out
    red = {check for check, outcome in outcomes(folder / "reports").items() if outcome == "failed"}
    assert red == {"PATCH-1", "FIND-1", "FIND-4"}
    assert "rerun" not in ran.out.lower().replace("pytest-rerunfailures", "").replace("rerunfailures-", "")
    junit = ElementTree.parse(folder / "junit.xml").iter("testcase")  # noqa: S314 - of our own run
    assert len([case for case in junit if case.find("failure") is not None]) == len(red)
    summary = json.loads((folder / "ctrf.json").read_text(encoding="utf-8"))["results"]["summary"]
    assert (summary["failed"], summary["passed"]) == (len(red), len(CHECKS) - len(red))
    results = [json.loads(path.read_text(encoding="utf-8")) for path in (folder / "allure").glob("*-result.json")]
    assert sorted(one["status"] for one in results) == sorted(
        ["passed"] * (len(CHECKS) - len(red)) + [*["failed"] * len(red)]
    )


def test_another_plugins_option_is_told(beside, folder):
    """Where a plugin has an option of the same name, the command says which one, and judges nothing."""
    (folder / "theirs.py").write_text("def pytest_addoption(parser):\n    parser.addoption('--policy')\n")
    ran = beside.run("postpatch", "verify", "-p", "theirs", cwd=folder, PYTHONPATH=str(folder))
    assert (ran.exit, "--policy" in ran.out) == (4, True), ran.out
    assert not (folder / "reports").exists()
