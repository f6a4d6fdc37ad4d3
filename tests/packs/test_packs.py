"""The packs of earlier versions: this version comes to the same verdict on each of them, or says which rule changed."""

import gzip
import re
import shutil
from pathlib import Path

import pytest

from postpatch.__main__ import main
from postpatch.commands import rejudge as command
from postpatch.evidence.pack import EVIDENCE, VERDICT_JSON
from postpatch.verdict import rules
from postpatch.verdict.rules import RuleChange
from tests.packs.sealing import ALL, PACKS, read, rewrite, seal_again, sealed
from tests.suite.conftest import rehearse, rehearse_in
from tests.suite.forks import QUICKLY, run_in_fork

__all__ = ["rehearse", "rehearse_in"]

ROOT = Path(__file__).parents[2]
SMALL = "0.1.0/recorded-worse"
# Two files of which the later one has no CLOSED row: absence is no proof by the rules of version 2.
JUDGED_OTHERWISE = {"0.1.0/recorded-better", "0.1.0/recorded-worse"}
# By the rules of version 2 FIND-1 and FIND-2 compare what patching can remove, and FIND-6 judges what a rule hides:
# other facts, and the same outcomes.
COUNTED_OTHERWISE = {
    *("0.1.0/drifted-window", "0.1.0/failed-install", "0.1.0/limits-and-waivers", "0.1.0/new-disclosure"),
    *("0.1.0/reconstructed", "0.1.0/replaced-host", "0.1.0/suppressed", "0.1.0/unpatched", "0.1.0/workshop"),
}
OF_THE_WINDOW = ("MW", "TGT", "TASK")


@pytest.fixture
def evidence(monkeypatch, capsys):
    """Return what runs `postpatch evidence WORDS`, its checks in a fork; it returns the exit code and the output."""

    def run(*words):
        capsys.readouterr()
        code = main(["evidence", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out + said.err

    monkeypatch.setattr(command, "run_checks", in_a_fork)
    return run


def in_a_fork(pack, reports, exports=()):
    """Run the checks on a pack, as the command does, in a fork of a warm process."""
    output = reports / "output.txt"
    words = [*QUICKLY, "-m", "verify", "-p", "no:cacheprovider", f"--evidence={pack}", f"--reports={reports}"]
    words += [f"--format={name}" for name in exports]
    return command.Judged(run_in_fork(words, ROOT, {}, output, None), output.read_text(encoding="utf-8"))


@pytest.fixture
def pack(tmp_path):
    """Return a sealed copy of a small pack, red in four checks."""
    return sealed(SMALL, tmp_path)


@pytest.fixture(scope="module")
def judged_today(tmp_path_factory):
    """Return the folder in which the checks left today's verdict on the small pack."""
    reports = tmp_path_factory.mktemp("today")
    assert in_a_fork(sealed(SMALL, tmp_path_factory.mktemp("small")), reports).exit_code == 1
    return reports


@pytest.fixture
def compared(evidence, monkeypatch, judged_today, pack):
    """Return what compares today's verdict on the small pack with another that is put into it."""

    def as_judged_today(_, reports, __):
        shutil.copyfile(judged_today / VERDICT_JSON, reports / VERDICT_JSON)
        return command.Judged(1, "")

    def compare(document):
        rewrite(pack, document)
        return evidence("rejudge", pack)

    monkeypatch.setattr(command, "run_checks", as_judged_today)
    return compare


@pytest.mark.parametrize("name", ALL)
def test_each_verdict_is_repeated(evidence, tmp_path, name):
    """Outcomes, facts and counts of an earlier version's pack are the same today, or a change of the rules says why."""
    old = sealed(name, tmp_path)
    code, said = evidence("rejudge", old)
    assert code == 0, said
    version = name.partition("/")[0]
    assert f"made by postpatch {version}, judged by rules version 1" in said
    otherwise = JUDGED_OTHERWISE | COUNTED_OTHERWISE
    assert ("explained by rules that changed since" in said) == (name in otherwise), said
    assert (".outcome" in said) == (name in JUDGED_OTHERWISE), said
    if name not in otherwise:
        assert f"the same verdict: {read(old)['verdict']}" in said


def test_every_verdict_and_mode_has_a_pack():
    """The packs of 0.1.0 hold each verdict, each engine, both modes without credentials, and limits and waivers."""
    kept = [read(PACKS / name) for name in ALL]
    assert {one["verdict"] for one in kept} == {"PASS", "FAIL", "ERROR", "PARTIAL"}
    assert {one["mode"] for one in kept} == {"simulated", "recorded"}
    assert {one["engine"] for one in kept} == {"Inspector v2", "Inspector Classic"}
    assert any(one["baseline"] and one["baseline"]["reconstructed"] for one in kept)
    assert any(one["waivers"] and len(one["gate"]["limits"]) > 1 for one in kept)
    assert any(one["disclosed_late"] and one["disclosed_late"]["hosts"] for one in kept)
    ids = {check["id"] for one in kept for check in one["checks"] if check["outcome"] == "failed"}
    assert ids >= {"SCAN-3", "PATCH-1", "PATCH-2", "MW-1", "TGT-1", "TASK-5", *(f"FIND-{n}" for n in range(1, 9))}


def test_a_pack_names_no_path_and_no_index():
    """What is kept holds no folder of the machine that made it, no report, and no address of a package index."""
    for path in (path for path in PACKS.glob("*/*/**/*") if path.is_file()):
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        assert not re.search(r"(?<![\w/])/(work|home|root|tmp/|var/)|index-url|pypi", text), path
        assert path.suffix in {".json", ".error", ".ndjson", ".gz", ".toml"}, path


def test_check_says_which_version_made_a_pack(evidence, pack):
    """A whole pack of an earlier version is whole, and the version is said."""
    code, said = evidence("check", pack)
    assert code == 0, said
    assert "made by postpatch 0.1.0, judged by rules version 1" in said


def test_other_wording_is_a_note(compared, judged_today):
    """A pack whose texts read differently comes to the same verdict; the texts are named, and the exit code is 0."""
    old = read(judged_today)
    old["sentence"] = "Four checks were red."
    for check in old["checks"]:
        check["sentence"], check["notes"] = "It was so.", ["and more"]
        for fact in check["facts"]:
            fact["name"] = f"the {fact['name']}"
    code, said = compared(old)
    assert code == 0, said
    assert re.search(r"note: \d+ texts worded differently now: sentence, ", said)
    assert "the same verdict: FAIL" in said


def changed_outcome(old):
    """Make FIND-3 green, in a pack in which it is red, as if it had been judged so."""
    check = next(one for one in old["checks"] if one["id"] == "FIND-3")
    check["outcome"] = "passed"
    check["facts"][0] |= {"found": "0", "holds": True}


def changed_count(old):
    """Count one more fixed finding."""
    old["counts"]["fixed"] += 1


def changed_number_in_a_fact(old):
    """Let a check that is red on both have counted something else."""
    next(one for one in old["checks"] if one["id"] == "FIND-4")["facts"][0]["found"] = "7"


@pytest.mark.parametrize(
    ("change", "concerns"),
    [(changed_outcome, "FIND-3"), (changed_count, "counts"), (changed_number_in_a_fact, "FIND-4")],
)
def test_a_difference_needs_a_rule(compared, monkeypatch, judged_today, change, concerns):
    """An outcome, count or fact that differs is exit code 1, unless a change of the rules since then concerns it."""
    old = read(judged_today) | {"rules": rules.FIRST}
    change(old)
    monkeypatch.setattr(rules, "CHANGES", ())
    code, said = compared(old)
    assert code == 1
    assert "that no change of the rules explains" in said
    assert concerns in said
    other = RuleChange(2, frozenset({"MW-2", "severities"}), "something else")
    monkeypatch.setattr(rules, "CHANGES", (other,))
    assert compared(old)[0] == 1
    listed = RuleChange(3, frozenset({concerns}), "Counts each finding once.")
    monkeypatch.setattr(rules, "CHANGES", (other, listed))
    code, said = compared(old)
    assert code == 0, said
    assert "rules version 3: Counts each finding once." in said
    assert "explained by rules that changed since" in said
    assert compared(old | {"rules": 3})[0] == 1


def test_a_pack_of_newer_rules_is_not_judged(compared, pack):
    """A verdict by rules that this version does not know yet is refused, and the remedy is said."""
    code, said = compared(read(pack) | {"rules": rules.current() + 1})
    assert code == 2
    assert "with the version of postpatch that made it, or a newer one" in said


def without_checks(old, families):
    """Take the checks of some families out of a verdict."""
    return old | {"checks": [one for one in old["checks"] if one["id"].partition("-")[0] not in families]}


def test_a_check_that_the_pack_never_had_is_a_note(evidence, pack):
    """A check that came later is judged where the evidence allows, and changes neither verdict nor exit code."""
    old = read(pack)
    rewrite(pack, old | {"checks": [one for one in old["checks"] if one["id"] != "FIND-7"]})
    code, said = evidence("rejudge", pack)
    assert code == 0, said
    assert 'note: added since: checks.FIND-7: "passed"' in said


def test_what_the_pack_never_held_is_not_recorded(evidence, tmp_path):
    """A check that came later, on evidence that came later, is not assessed; the run is as green as it was."""
    old = sealed("0.1.0/workshop", tmp_path)
    (old / EVIDENCE / "window.json").unlink()
    rewrite(old, without_checks(read(old), OF_THE_WINDOW))
    code, said = evidence("rejudge", old)
    assert code == 0, said
    assert 'note: added since: checks.TASK-5: "not assessed"' in said
    assert ".outcome" not in said


def test_executions_that_a_pack_never_held_are_not_recorded(rehearse, tmp_path):
    """Packs of 0.1.0 hold no executions of the window: MW-5 says so, and the verdict is the same."""
    ran = rehearse(f"--evidence={sealed('0.1.0/workshop', tmp_path)}")
    assert (ran.exit, ran.verdict["verdict"]) == (0, "PASS")
    assert ran.ids("not assessed") == {"MW-5"}
    assert ran.reason("MW-5").startswith("not recorded: the pack does not contain step 'history'")


def test_not_recorded_says_so(rehearse, tmp_path):
    """The check's reason names what the pack does not hold; judged a third time it is the same."""
    old = sealed("0.1.0/workshop", tmp_path)
    (old / EVIDENCE / "window.json").unlink()
    rewrite(old, without_checks(read(old), OF_THE_WINDOW))
    first = rehearse(f"--evidence={old}")
    again = rehearse(f"--evidence={first.reports}")
    for ran in (first, again):
        assert ran.exit == 0, ran.out
        assert ran.verdict["verdict"] == "PASS"
        assert ran.reason("MW-1").startswith("not recorded: the pack does not contain step 'window'")
        assert {check.partition("-")[0] for check in ran.ids("not assessed")} == set(OF_THE_WINDOW)


def test_evidence_that_is_lost_is_no_pass(evidence, tmp_path):
    """What the pack's own run did judge, and nobody can judge again, is a difference."""
    old = sealed("0.1.0/workshop", tmp_path)
    (old / EVIDENCE / "window.json").unlink()
    seal_again(old)
    code, said = evidence("rejudge", old)
    assert code == 1
    assert 'verdict\n  then: "PASS"\n  now:  "PARTIAL"' in said
    assert 'checks.MW-1.outcome\n  then: "passed"\n  now:  "not assessed"' in said


def test_an_error_stays_an_error(evidence, tmp_path):
    """A check that could not be checked stays an error where the pack holds no step for it, and in its own words."""
    old = sealed("0.1.0/no-baseline", tmp_path)
    for name in ("scan", "patching"):
        (old / EVIDENCE / f"{name}.error").unlink()
    seal_again(old)
    code, said = evidence("rejudge", old)
    assert code == 0, said
    assert ".reason" not in said
    assert "the same verdict: ERROR" in said


def test_what_is_no_verdict_cannot_be_judged(compared, pack):
    """A pack whose facts are of no known form is refused."""
    old = read(pack)
    for check in old["checks"]:
        check["facts"] = [{"name": fact["name"]} for fact in check["facts"]]
    code, said = compared(old)
    assert code == 2
    assert "is not a verdict of postpatch" in said
