"""The command line: what is judged is never guessed in a gate, wrong combinations are refused before anything runs."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USAGE = 4


def test_a_gate_must_say_what_it_judges(run):
    """Under CI=true a run that names no --aws is refused with a usage error and leaves nothing."""
    ran = run("-m", "verify", CI="true")
    assert ran.exit == USAGE
    assert "--aws live" in ran.out
    assert not (ran.reports / "verify.json").exists()


def test_a_world_says_that_the_run_is_simulated(rehearse):
    """--world implies the simulation, under CI too."""
    ran = rehearse("--world", "workshop", "-k", "window_duration", "--allow-partial", CI="true")
    assert ran.exit == 0
    assert ran.verdict["simulated"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--world", "nowhere"], ["'nowhere'", "workshop", "drifted-window"]),
        (["--world", "workshop", "--aws", "live"], ["--world workshop", "--aws live"]),
        (["--aws", "recorded"], ["--baseline FILE", "--after FILE"]),
        (["--after=x.json"], ["--after", "recorded"]),
        (["--aws", "guessed"], ["guessed", "simulated", "live", "recorded"]),
        (["--policy=nowhere.toml"], ["postpatch init", "there is no", "nowhere.toml"]),
    ],
    ids=["unknown world", "world and live", "recorded without files", "after alone", "unknown mode", "no policy"],
)
def test_wrong_combinations_are_usage_errors(rehearse, arguments, words):
    """A combination that makes no sense is refused in words that name what is wrong."""
    ran = rehearse(*arguments)
    assert ran.exit == USAGE
    assert all(word in ran.out for word in words), ran.out


def test_every_problem_of_the_policy_is_told_at_once(rehearse, policy_file):
    """A policy with several mistakes is refused with the path of each key, before collection."""
    policy = policy_file(
        ("cutoff_hours = 0", "cutoff_hours = 1"),
        ('time_zone = "Etc/UTC"', 'time_zone = "Mars/Olympus"'),
        ("priority = 1", "priority = 1\nretries = 3"),
    )
    ran = rehearse(policy)
    assert ran.exit == USAGE
    assert all(key in ran.out for key in ("window.cutoff_hours", "window.time_zone", "task.retries"))
    assert "collected" not in ran.out


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_works_with_a_broken_policy(run, policy_file, option):
    """--help and --version answer even where the configuration is broken."""
    assert run(policy_file(("[window]", "[windows]")), option).exit == 0


def test_a_selection_is_partial_and_a_gate_refuses_it(rehearse):
    """Checks that were deselected make the verdict PARTIAL: exit 10 under CI, 0 where a person looks."""
    selection = ("--aws", "simulated", "-k", "window_duration")
    gate, person = rehearse(*selection, CI="true"), rehearse(*selection)
    assert (gate.exit, person.exit) == (10, 0)
    assert person.verdict["verdict"] == "PARTIAL"
    assert "FIND-1" in person.ids("not assessed")


def test_the_suite_runs_from_any_folder(run):
    """`pytest -m verify` in a subfolder selects the same checks as in the root."""
    ran = run("-m", "verify", "-k", "window", cwd=ROOT / "docs")
    assert ran.exit == 0
    assert "MW-1" in ran.ids("passed")


def test_a_run_that_judged_nothing_replaces_no_report(rehearse, tmp_path):
    """Where no check was selected, the report of the run before stays as it is."""
    there = f"--reports={tmp_path / 'kept'}"
    first = rehearse(there, "-k", "window_duration")
    before = {path: path.read_bytes() for path in first.reports.rglob("*") if path.is_file()}
    nothing = rehearse(there, "-k", "no_such_check")
    assert before
    assert nothing.exit == 5
    assert {path: path.read_bytes() for path in nothing.reports.rglob("*") if path.is_file()} == before


def test_a_run_that_could_look_at_nothing_replaces_no_report(rehearse_in, tmp_path):
    """Errors alone are told in the terminal; the report of a run that judged stays where it is."""
    run = rehearse_in(tmp_path)
    told = tmp_path / "kept"
    run("--world", "workshop", f"--reports={told}")
    before = (told / "manifest.json").read_bytes()
    ran = run("--world", "scanning-off", "-k", "findings", f"--reports={told}")
    assert ran.exit == 10
    assert "keeps the report of the previous run" in ran.out
    assert (told / "manifest.json").read_bytes() == before


def test_a_rehearsal_never_displaces_the_evidence_of_aws(rehearse_in, tmp_path):
    """Where a run on AWS itself left its pack, a simulated one is refused before anything is looked at."""
    run = rehearse_in(tmp_path)
    told = tmp_path / "kept"
    run("--world", "workshop", f"--reports={told}")
    manifest = told / "manifest.json"
    real = manifest.read_text(encoding="utf-8").replace('"simulated"', '"live"').replace('"world workshop"', '""')
    manifest.write_text(real, encoding="utf-8")
    ran = run("--world", "workshop", f"--reports={told}")
    assert ran.exit == USAGE
    assert "the evidence of a run on AWS itself" in ran.out
    assert manifest.read_text(encoding="utf-8") == real


def test_a_recorded_file_that_is_not_there_is_a_usage_error(rehearse):
    """A path that was mistyped is refused with every other problem, before a report is begun."""
    ran = rehearse("--aws", "recorded", "--baseline=nowhere.json", "--after=neither.json")
    assert ran.exit == USAGE
    assert all(name in ran.out for name in ("nowhere.json", "neither.json"))


def test_no_option_is_needed_to_run_the_suites_own_tests(run):
    """Under CI the suite's own tests need no --aws: they judge nothing."""
    assert run("tests/translation/test_times.py", "-q", CI="true").exit == 0


def test_checks_are_selected_by_id(rehearse):
    """`--check` judges those that it names, and the verdict is that of a part."""
    ran = rehearse("--world", "workshop", "--check", "MW-3,TASK-*", "--check", "TGT-1")
    assert ran.exit == 0, ran.out
    assert ran.ids("passed") == {"MW-3", "TGT-1", *(f"TASK-{number}" for number in range(1, 6))}
    assert ran.verdict["verdict"] == "PARTIAL"


def test_an_unknown_id_is_a_usage_error(rehearse):
    """A check that does not exist is refused before anything is judged, with the id that is close to it."""
    ran = rehearse("--check", "FIND-4,WM-1")
    assert ran.exit == USAGE
    assert "did you mean MW-1?" in ran.out
    assert not (ran.reports / "verify.json").exists()
