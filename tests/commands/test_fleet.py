"""The command line of a fleet: what cannot be is refused before anything is run or written."""

import json
from pathlib import Path

import pytest

from postpatch.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
FLEET = (
    '[fleet]\nregion = "us-east-1"\n[[targets]]\naccounts = ["111111111111"]\nregions = ["us-east-1", "eu-west-1"]\n'
)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return what runs `postpatch fleet WORDS` where a fleet's file is; its exit code, and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    Path("fleet.toml").write_text(FLEET, encoding="utf-8")
    Path("verify.toml").write_text((ROOT / "verify.toml").read_text(encoding="utf-8"), encoding="utf-8")

    def ran(*words):
        code = main(["fleet", *words])
        out = capsys.readouterr()
        return code, out.out + out.err

    return ran


def test_the_targets_are_written_down_and_printed(run):
    """As JSON, for the matrix of a pipeline."""
    code, out = run("targets")
    assert (code, json.loads(out)) == (0, ["111111111111_eu-west-1", "111111111111_us-east-1"])
    written = json.loads(Path("fleet/targets.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in written["targets"]] == json.loads(out)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("verify", "--fleet", "absent.toml"), "there is no absent.toml"),
        (("verify", "--", "--policy=x", "-m"), "leave out --policy=x, -m after --"),
        (("verify", "--at-once", "0"), "--at-once is 0, must be 1 or more"),
        (("verify", "--only", "111111111111_eu-west-2"), "Did you mean 111111111111_eu-west-1?"),
        (("verify", "--endpoint-url", "http://127.0.0.1"), "it goes with --aws live alone"),
        (("verify", "--resume"), "Run it without --resume"),
    ],
)
def test_what_cannot_be_is_refused(run, words, expected):
    """With exit code 4, and no target is run."""
    code, out = run(*words)
    assert code == 4
    assert expected in out
    assert not [*Path().glob("fleet/*_*")]


def test_a_pipeline_says_what_is_judged(run, monkeypatch):
    """With CI set nothing is rehearsed by accident."""
    monkeypatch.setenv("CI", "true")
    code, out = run("verify")
    assert (code, "name --aws live or --aws simulated" in out) == (4, True)


def test_a_rehearsal_asks_no_organization(run):
    """There is none to ask."""
    Path("fleet.toml").write_text(FLEET.replace('"us-east-1"\n[[', '"us-east-1"\nevery_account = true\n[['))
    code, out = run("baseline")
    assert (code, "a rehearsal has no organization" in out) == (4, True)


def test_an_administrator_reads_after_scans_that_the_runs_start(run):
    """Not in a rehearsal, and not where nothing is started."""
    Path("fleet.toml").write_text(f"{FLEET}[delegated]\n", encoding="utf-8")
    code, out = run("verify")
    assert (code, "a rehearsal has no delegated administrator" in out) == (4, True)
    code, out = run("verify", "--aws", "live", "--", "--read-only")
    assert (code, "leave it out with --read-only" in out) == (4, True)


def test_a_rehearsal_lists_no_nodes(run):
    """It has those of one account alone."""
    Path("fleet.toml").write_text(f'{FLEET}[nodes]\nregion = "us-east-1"\n', encoding="utf-8")
    code, out = run("verify")
    assert (code, "a rehearsal has no nodes of other accounts" in out) == (4, True)
