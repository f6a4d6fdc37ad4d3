"""The wheel, installed alone: the whole suite from any folder, under names of its own, with nothing left elsewhere."""

import email
import re
import zipfile
from xml.etree import ElementTree

import pytest

import postpatch
from postpatch.policy import load_policy
from postpatch.verdict.checks import CHECKS
from tests.install.environments import ROOT, made_beside

USAGE, COULD_NOT_CHECK = 4, 10
_RECORDED = {check.id for check in CHECKS if check.recorded}


@pytest.fixture(scope="module")
def env(wheel, tmp_path_factory):
    """Return an environment with the wheel; what the wheel needs is this one's."""
    environment = made_beside(tmp_path_factory.mktemp("env"))
    environment.add(wheel)
    return environment


def test_what_the_wheel_holds(wheel):
    """One package and its metadata: typed, with the checks, the sample policy, the command and pytest's entry point."""
    with zipfile.ZipFile(wheel) as held:
        names = held.namelist()
        about = f"postpatch-{postpatch.__version__}.dist-info"
        points = held.read(f"{about}/entry_points.txt").decode()
        metadata = email.message_from_bytes(held.read(f"{about}/METADATA"))
    assert {name.split("/")[0] for name in names} == {"postpatch", about}
    suite = {name.removeprefix("postpatch/_suite/") for name in names if name.startswith("postpatch/_suite/")}
    ours = [path for part in ("fixtures", "tests_verify") for path in (ROOT / part).glob("*.py")]
    assert suite == {"__init__.py", "verify.toml", *(str(path.relative_to(ROOT)) for path in ours)}
    assert "postpatch/py.typed" in names
    assert "postpatch = postpatch.__main__:main" in points
    assert re.search(r"\[pytest11\]\npostpatch = postpatch.plugin", points)
    assert metadata["Version"] == postpatch.__version__
    assert {line.split(",")[0] for line in metadata.get_all("Project-URL")} >= {"Homepage", "Issues", "Changelog"}
    needed = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert not re.search("moto|flask", " ".join(needed))


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    """Templates, styles, queries and facts are installed too."""
    package = ROOT / "postpatch"
    every = [path for path in package.rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    files = {str(path.relative_to(ROOT)) for path in every}
    with zipfile.ZipFile(wheel) as held:
        assert files <= set(held.namelist())


@pytest.mark.parametrize(
    "command",
    [("pytest", "-m", "verify"), ("postpatch", "verify"), ("postpatch", "verify", "-n", "2")],
    ids=" ".join,
)
def test_an_empty_folder_with_a_policy_is_enough(env, folder, outcomes, command):
    """All checks are run, reports lie beside the policy, checks are named as in a clone, the verdict is repeated."""
    ran = env.run(*command, "--junitxml=junit.xml", "-v", cwd=folder)
    assert ran.exit == 0, ran.out
    assert set(outcomes(folder / "reports").values()) == {"passed"}
    assert {path.name for path in folder.iterdir()} == {"verify.toml", "reports", "junit.xml", ".pytest_cache"}
    cases = list(ElementTree.parse(folder / "junit.xml").iter("testcase"))  # noqa: S314 - of our own run
    assert len(cases) == len(CHECKS)
    assert cases[0].get("classname", "").startswith("tests_verify.")
    told = [ran.out, *((folder / "reports" / name).read_text() for name in ("verify.html", "verify.json"))]
    assert not [text for text in told if "_suite" in text]
    again = env.run("postpatch", "evidence", "rejudge", "reports", cwd=folder)
    assert again.exit == 0, again.out
    assert "the same verdict: PASS" in again.out


def test_a_baseline_is_taken(env, folder):
    """`postpatch baseline` leaves the findings, and nothing of the checks."""
    ran = env.run("postpatch", "baseline", cwd=folder)
    assert ran.exit == 0, ran.out
    assert (folder / "reports" / "baseline.ndjson.gz").is_file()
    assert not (folder / "reports" / "verify.json").exists()


def test_two_files_elsewhere(env, folder, exports, outcomes):
    """Bare paths after an option are no tests: where they lie nothing else is read, and nothing written."""
    elsewhere = folder.parent / "evidence"
    (elsewhere / "pytest.ini").write_text("[pytest]\npython_files = none_*.py\npython_functions = none_*\n")
    before = sorted(elsewhere.rglob("*"))
    ran = env.run("pytest", *exports, cwd=folder)
    assert ran.exit == 0, ran.out
    told = outcomes(folder / "reports")
    assert {check for check, outcome in told.items() if outcome == "passed"} == _RECORDED
    assert sorted(elsewhere.rglob("*")) == before


def test_the_environment_may_lie_in_the_folder(wheel, folder, outcomes):
    """A folder that holds the environment itself, and a conftest.py of its own, is judged like an empty one."""
    environment = made_beside(folder / ".venv")
    environment.add(wheel)
    (folder / "conftest.py").write_text("raise RuntimeError('another project was loaded')\n")
    ran = environment.run("pytest", "-m", "verify", cwd=folder)
    assert ran.exit == 0, ran.out
    assert set(outcomes(folder / "reports").values()) == {"passed"}


def test_a_clone_beside_the_wheel_judges_by_its_own_code(env, folder, exports):
    """In a clone each plugin is registered once, the clone's, wherever pytest takes its root folder to be."""
    for words in (("-m", "verify"), exports):
        reports = ("--reports", str(folder / "reports"))
        ran = env.run(
            "pytest", *words, *reports, "--collect-only", "--trace-config", "-p", "no:cacheprovider", cwd=ROOT
        )
        assert ran.exit == 0, ran.out
        registered = re.findall(r"^ +\S*fixtures\.options +: (.*)$", ran.out, re.MULTILINE)
        assert registered == [str(ROOT / "fixtures" / "options.py")], ran.out


def test_a_clone_judges_two_files_elsewhere(env, folder, exports, outcomes):
    """From a clone, too, bare paths are no tests; with `--policy` alone the clone is judged as well."""
    reports = folder / "reports"
    ran = env.run("pytest", *exports, "--reports", str(reports), "-p", "no:cacheprovider", cwd=ROOT)
    assert ran.exit == 0, ran.out
    assert "passed" in outcomes(reports).values()
    words = ("-m", "verify", "--policy", str(folder / "verify.toml"), "-k", "window_duration")
    ran = env.run("pytest", *words, "--reports", str(folder / "again"), "-p", "no:cacheprovider", cwd=ROOT / "docs")
    assert ran.exit == 0, ran.out
    assert outcomes(folder / "again")["MW-3"] == "passed"


def test_exit_codes_and_node_ids_pass_through(env, folder):
    """The command exits as pytest does, and takes a check's place as the terminal shows it."""
    one = "tests_verify/test_patching.py::test_every_host_was_patched_after_the_baseline"
    assert env.run("postpatch", "verify", "--world", "unpatched", one, cwd=folder).exit == 1
    assert env.run("postpatch", "verify", "--world", "workshop", one, cwd=folder, CI="true").exit == COULD_NOT_CHECK
    refused = env.run("postpatch", "verify", "--check", "MW-9", cwd=folder)
    assert (refused.exit, "did you mean MW-" in refused.out) == (USAGE, True), refused.out


def test_an_ini_file_sets_the_policy_for_every_folder_below(env, folder, outcomes):
    """What an ini file names is relative to it; with no such line, policy and reports are those of where one types."""
    (folder / "policies").mkdir()
    (folder / "verify.toml").rename(folder / "policies" / "production.toml")
    (folder / "pytest.ini").write_text("[pytest]\nverify_policy = policies/production.toml\nverify_reports = out\n")
    below = folder / "below"
    below.mkdir()
    ran = env.run("postpatch", "verify", "--check", "MW-*", cwd=below)
    assert ran.exit == 0, ran.out
    assert outcomes(folder / "out")["MW-1"] == "passed"


def test_worlds_are_listed(env, folder):
    """`postpatch worlds --all` and `pytest --world list` say the same."""
    listed = env.run("postpatch", "worlds", "--all", cwd=folder)
    assert "drifted-window" in listed.out
    assert env.run("pytest", "--world", "list", cwd=folder).out == listed.out
    assert postpatch.__version__ in env.run("postpatch", "--version", cwd=folder).out


def test_init_writes_a_policy_that_runs(env, tmp_path, outcomes):
    """The policy that `init` writes from flags is whole, and is the one that the next command takes."""
    words = ("--account", "123456789012", "--region", "us-east-1", "--stack", "pww")
    written = env.run("postpatch", "init", *words, cwd=tmp_path)
    assert written.exit == 0, written.out
    assert load_policy(tmp_path / "verify.toml").scope.stack == "pww"
    assert env.run("postpatch", "init", *words, cwd=tmp_path).exit == USAGE
    ran = env.run("pytest", "-m", "verify", "--check", "MW-*", cwd=tmp_path)
    assert ran.exit == 0, ran.out
    assert outcomes(tmp_path / "reports")["MW-1"] == "passed"
