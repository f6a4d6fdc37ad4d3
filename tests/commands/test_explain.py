"""`postpatch explain`: what the last evidence says of a check, a finding or a host; and what was perhaps meant."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from postpatch.__main__ import main
from postpatch.report.delta_csv import write_delta
from postpatch.report.ticket import Tickets
from postpatch.report.verdict_json import verdict_json
from postpatch.verdict.run import Run
from tests.report import runs


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what explains a word from the evidence of a run that passed, and returns the exit code and both texts."""
    (tmp_path / "run").mkdir()
    run: Run = runs.passing_run(tmp_path / "run")
    (tmp_path / "verify.json").write_text(json.dumps(verdict_json(run)), encoding="utf-8")
    assert run.remaining
    names = Tickets(names={runs.HOSTS[0]: "pww-RedTeamHost"})
    write_delta(tmp_path / "delta.csv", run.remaining, "SIMULATED", names)

    class Manifest:
        run, verdict = "1", "PASS"
        finished_at = runs.PATCHED

    monkeypatch.setattr("postpatch.commands.explain.read_manifest", lambda _: Manifest)
    monkeypatch.setattr("postpatch.commands.explain.problems", lambda *_: ())

    def of(what: str) -> tuple[int, str, str]:
        code = main(["explain", what, "--reports", str(tmp_path)])
        return code, *capsys.readouterr()

    return of


@pytest.mark.parametrize("what", ["FIND-4", "find-4"])
def test_a_check_is_explained(explain: Any, what: str) -> None:
    """Its sentence, its outcome and its reason, in either spelling."""
    code, out, _ = explain(what)
    assert code == 0
    assert "FIND-4: No finding remains that successful patching would have removed." in out
    assert "passed: the reason of FIND-4" in out


def test_a_finding_is_explained(explain: Any) -> None:
    """A vulnerability: where, which versions, why it remains, who must act."""
    code, out, _ = explain("CVE-2024-29041")
    assert code == 0
    assert "express: installed 4.17.1, fixed in 4.19.2" in out
    assert "why: Not an operating-system package." in out
    assert "to do (application owner): " in out


def test_a_host_is_explained_worst_first(explain: Any, tmp_path: Path) -> None:
    """What became of its findings, in numbers, and the active ones first."""
    code, out, _ = explain(runs.HOSTS[1])
    with (tmp_path / "delta.csv").open(encoding="utf-8", newline="") as file:
        number = sum(row["host"] == runs.HOSTS[1] for row in csv.DictReader(file))
    assert code == 0
    assert f"{runs.HOSTS[1]}: {number} findings: 20 fixed" in out
    assert out.index(": remaining; ") < out.index(": fixed; ")


@pytest.mark.parametrize("what", ["express", "pww-RedTeamHost"])
def test_names_of_the_report_are_known(explain: Any, what: str) -> None:
    """A package explains its findings, and a host's name what its id does."""
    code, out, _ = explain(what)
    assert code == 0
    assert f"{what}: " in out
    assert f" on {runs.HOSTS[0]} (pww-RedTeamHost): " in out


def test_a_hosts_causes_are_said_once_and_its_cis_checks_are_listed(explain: Any) -> None:
    """A cause with the number and ids of its findings; a CIS check that fails with its title, and no finding twice."""
    code, out, _ = explain(runs.HOSTS[0])
    assert code == 0
    lines = out.splitlines()
    causes = [line for line in lines if line.startswith("why ")]
    assert len(causes) == len(set(causes)) > 1
    assert "why 1 finding remains: Not an operating-system package." in out
    assert "1 failed CIS check:" in lines
    assert sum("Ensure sshd PermitRootLogin is disabled" in line for line in lines) == 1
    assert not [line for line in lines if line.startswith("  why: ")]


@pytest.mark.parametrize(
    ("what", "meant"), [("CVE-2024-29014", "CVE-2024-29041"), ("FIND-44", "FIND-4"), ("nothing like it", "")]
)
def test_what_is_not_there_is_said_with_what_was_meant(explain: Any, what: str, meant: str) -> None:
    """A word that the evidence does not hold is an error that names what is like it."""
    code, _, err = explain(what)
    assert code == 1
    assert f"holds nothing about {what}." in err
    assert ("Did you mean" in err) is bool(meant)
    assert meant in err


def test_without_evidence_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without a pack is an error that begins with what to do."""
    assert main(["explain", "FIND-4", "--reports", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("Run postpatch verify first, or name a folder with --reports: ")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["explian", "FIND-4"], "explain"),
        (["explain", "FIND-4", "--repots", "x"], "--reports"),
        (["evidence", "chek", "x"], "check"),
        (["evidence", "check", "x", "--digset=0"], "--digest"),
    ],
)
def test_a_mistyped_word_of_the_command_line(words: list[str], meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An option or a command that does not exist is answered with the one that was meant."""
    with pytest.raises(SystemExit) as exited:
        main(words)
    assert exited.value.code == 2
    assert capsys.readouterr().err.rstrip().endswith(f"Did you mean {meant}?")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("verify.json", "[]"), ("verify.json", "{}"), ("verify.json", '{"checks": [-1]}'),
        ("verify.json", '{"checks": [{"id": "FIND-4"}]}'), ("verify.json", '{"checks": 7}'),
        ("delta.csv", "a,b\n1,2\n"), ("delta.csv", "vulnerability,host\n" + "x" * 200_000 + ",1\n"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_one_sentence(explain: Any, tmp_path: Path, name: str, text: str) -> None:
    """Whoever was given a pack that no run wrote is told so, and what to ask for."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    code, _, complaint = explain("FIND-4" if name == "verify.json" else "CVE-2024-1")
    assert code == 2
    assert complaint.startswith("Ask for the pack as it was published: ")
    assert complaint.count("\n") == 1
