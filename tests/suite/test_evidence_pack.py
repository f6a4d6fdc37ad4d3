"""The evidence pack of a run: whole, and enough to repeat the verdict without AWS."""

import json
import re
import shutil
from pathlib import Path

import pytest

from postpatch.__main__ import main

NEEDED = {"run.json", "policy.toml", "calls.ndjson", "baseline.ndjson.gz", "after.ndjson.gz", "window.json"}
BEFORE, LATER = "list-findings.2023-03-14.json", "list-findings.2023-03-20.json"


def evidence(capsys, *words):
    """Run `python -m postpatch evidence WORDS`; return its exit code and all that it said."""
    capsys.readouterr()
    code = main(["evidence", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out + said.err


@pytest.fixture(scope="module")
def green(rehearsed):
    """Return a run that proved the patch round, which no test changes."""
    return rehearsed("--world", "workshop")


@pytest.fixture
def pack(green, tmp_path):
    """Return a copy of that run's pack."""
    return shutil.copytree(green.reports, tmp_path / "pack")


def test_a_run_leaves_a_whole_pack(green, capsys):
    """After a run the pack holds what the verdict rests on, and its digest is the one in the terminal's last lines."""
    kept = {path.name for path in (green.reports / "evidence").iterdir()}
    assert kept >= NEEDED
    assert "collecting" not in kept
    code, said = evidence(capsys, "check", green.reports)
    assert code == 0, said
    assert "nothing altered, lost or added" in said
    assert ": PASS, SIMULATED on world workshop, finished " in said
    printed = re.search(r"evidence: .*manifest\.json, sha256 ([0-9a-f]{64})", green.out)
    assert printed
    assert evidence(capsys, "check", green.reports, "--digest", printed[1])[0] == 0
    with pytest.raises(SystemExit, match="2"):
        evidence(capsys, "check", green.reports, "--digest", printed[1][:8])
    assert "no whole sha256" in capsys.readouterr().err
    code, said = evidence(capsys, "check", green.reports, "--digest", "0" * 64)
    assert code == 1
    assert "manifest.json: sealed again" in said


def test_the_pack_of_the_run_before_stays_whole(rehearse, tmp_path, capsys):
    """The next run leaves the pack in a dated folder as it was, with its JUnit file; neither disturbs the other."""
    for _ in range(2):
        junit = f"--junitxml={tmp_path}/reports/junit.xml"
        ran = rehearse(f"--reports={tmp_path}/reports", "--world", "workshop", "-k", "window_duration", junit)
        assert ran.exit == 0, ran.out
    ids = set()
    for folder in (ran.reports, *(ran.reports / "runs").glob("2*")):
        code, said = evidence(capsys, "check", folder)
        assert code == 0, said
        assert (folder / "evidence" / "junit.xml").is_file()
        ids.add(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["run"])
    assert len(ids) == 2


def test_calls_are_kept_one_by_one(green):
    """Each call stands with its operation, time, request id, status and attempts, and with nothing else."""
    lines = (green.reports / "evidence" / "calls.ndjson").read_text(encoding="utf-8").splitlines()
    calls = [json.loads(line) for line in lines]
    assert len(calls) == sum(green.verdict["calls"].values()) > 20
    for call in calls:
        assert call.keys() == {"operation", "time", "request_id", "status", "attempts", "error"}
        assert re.fullmatch(r"[a-z0-9]+:[A-Z]\w+", call["operation"])
        assert call["time"].endswith("+00:00")
        assert (call["status"], call["attempts"], call["error"]) == (200, 1, "")
        assert call["request_id"]
    assert [call["time"] for call in calls] == sorted(call["time"] for call in calls)


def test_that_we_could_not_look_is_evidence(rehearsed):
    """A step that failed is kept with its words, and the verdict repeats them."""
    ran = rehearsed("--world", "findings-denied")
    assert ran.verdict["verdict"] == "ERROR"
    error = (ran.reports / "evidence" / "after.error").read_text(encoding="utf-8")
    assert "ListFindings" in error
    assert ran.reason("FIND-1") == error


@pytest.mark.parametrize(
    "options",
    [
        ("--world", "unpatched"),
        ("--world", "drifted-window"),
        ("--world", "workshop-classic"),
        ("--world", "workshop", "-k", "findings"),
        ("--world", "findings-denied"),
        ("--world", "workshop", "--baseline=reconstruct"),
    ],
    ids=["unpatched", "drifted", "classic", "partial", "could not look", "reconstructed"],
)
def test_the_verdict_is_repeated_from_the_pack_alone(rehearsed, capsys, options):
    """Whatever the verdict is, the evidence gives it again, check by check, reason by reason."""
    ran = rehearsed(*options)
    assert evidence(capsys, "check", ran.reports)[0] == 0
    code, said = evidence(capsys, "rejudge", ran.reports)
    assert code == 0, said
    assert f"the same verdict: {ran.verdict['verdict']}" in said


def test_two_files_are_judged_again_without_them(rehearse, recordings, tmp_path, capsys):
    """A pack of a recorded run needs the exported files no more: it holds what was read."""
    files = [shutil.copy(recordings / name, tmp_path / name) for name in (BEFORE, LATER)]
    ran = rehearse("--aws", "recorded", f"--baseline={files[0]}", f"--after={files[1]}")
    assert ran.verdict["verdict"] == "FAIL"
    for file in files:
        Path(file).unlink()
    code, said = evidence(capsys, "rejudge", ran.reports)
    assert code == 0, said


def test_waivers_of_two_files_are_judged_for_the_moment_of_their_run(rehearse, recordings, policy_file, capsys):
    """A year later a waiver that was current then is current still: the moment is part of the evidence."""
    waiver = '\n[[waiver]]\nvulnerability = "CVE-2022-3491"\nreason = "r"\napprover = "a"\nexpires = 2001-01-01\n'
    files = [f"--baseline={recordings / BEFORE}", f"--after={recordings / LATER}"]
    ran = rehearse("--aws", "recorded", *files, policy_file(more=waiver))
    assert "FIND-7" in ran.ids("failed")
    begun = ran.reports / "evidence" / "run.json"
    document = json.loads(begun.read_text(encoding="utf-8")) | {"started_at": "2000-06-01T00:00:00Z"}
    begun.write_text(json.dumps(document), encoding="utf-8")
    code, said = evidence(capsys, "rejudge", ran.reports, "--anyway")
    assert code == 1
    assert 'checks.FIND-7.outcome\n  then: "failed"\n  now:  "passed"' in said


NOTHING_OF_AWS = """
import socket
import boto3, botocore.httpsession
from postpatch.simulator import Simulator

def refuse(*_, **__):
    raise AssertionError("AWS was asked")

Simulator.__init__ = boto3.Session.__init__ = botocore.httpsession.URLLib3Session.send = refuse
socket.socket.connect = socket.create_connection = refuse
"""


def test_no_connection_is_opened(green, run, tmp_path):
    """Judging again builds no simulated AWS, opens no session and no socket; the plugin that forbids them can tell."""
    (tmp_path / "nothing_of_aws.py").write_text(NOTHING_OF_AWS, encoding="utf-8")
    forbidden = {"PYTHONPATH": str(tmp_path)}
    asked = run("-m", "verify", "-p", "nothing_of_aws", "--world", "workshop", **forbidden)
    assert "AWS was asked" in asked.out
    again = run("-m", "verify", "-p", "nothing_of_aws", f"--evidence={green.reports}", **forbidden)
    assert again.exit == 0, again.out
    assert again.verdict["checks"] == green.verdict["checks"]
    assert again.verdict["calls"] == green.verdict["calls"]


def test_judging_again_changes_nothing(green, capsys):
    """The pack is as it was, byte for byte, and so is what stands beside it."""
    before = {path: path.read_bytes() for path in green.reports.rglob("*") if path.is_file()}
    assert evidence(capsys, "rejudge", green.reports)[0] == 0
    assert {path: path.read_bytes() for path in green.reports.rglob("*") if path.is_file()} == before


def test_a_pack_that_was_tampered_with_is_not_judged(pack, capsys):
    """What was altered is named first; only --anyway judges it, and tells how the verdict differs."""
    verdict = json.loads((pack / "verify.json").read_text(encoding="utf-8"))
    verdict["counts"]["fixed"] += 100
    (pack / "verify.json").write_text(json.dumps(verdict), encoding="utf-8")
    code, said = evidence(capsys, "rejudge", pack)
    assert code == 1
    assert "verify.json: altered" in said
    assert "--anyway" in said
    code, said = evidence(capsys, "rejudge", pack, "--anyway")
    assert code == 1
    assert f"counts.fixed\n  then: {verdict['counts']['fixed']}\n" in said
    # The reports were not edited, and say what the verdict said.
    assert f"summary.md: findings fixed: it says {verdict['counts']['fixed'] - 100}" in said
    assert "differences that no change of the rules explains" in said


def test_a_pack_that_lost_what_a_check_rests_on_is_no_pass(pack, capsys):
    """AWS is not asked in place of evidence that is gone: the checks that rest on it are not assessed any more."""
    (pack / "evidence" / "window.json").unlink()
    code, said = evidence(capsys, "rejudge", pack, "--anyway")
    assert code == 1
    assert 'checks.MW-1.outcome\n  then: "passed"\n  now:  "not assessed"' in said
    assert 'verdict\n  then: "PASS"\n  now:  "PARTIAL"' in said


@pytest.mark.parametrize("way", ["check", "rejudge"])
def test_what_is_no_pack_is_a_usage_error(tmp_path, capsys, way):
    """A folder without a manifest is refused with the exit code of a wrong command line."""
    code, said = evidence(capsys, way, tmp_path)
    assert code == 2
    assert "is not an evidence pack" in said


def test_where_a_publication_was_broken_off_the_earlier_pack_is_named(pack, tmp_path, capsys):
    """Reports without a manifest are no pack; the sentence names the newest one that is whole."""
    earlier = tmp_path / "reports" / "runs" / "20261120T080000Z-1111aaaa"
    shutil.copytree(pack, earlier)
    code, said = evidence(capsys, "check", tmp_path / "reports")
    assert code == 2
    assert f"The newest pack of an earlier run is {earlier}." in said
    assert evidence(capsys, "check", earlier)[0] == 0


def test_a_pack_that_cannot_be_judged_says_what_is_wrong(pack, capsys):
    """A policy that no longer reads is no verdict: its words are told."""
    (pack / "evidence" / "policy.toml").write_text("[scope", encoding="utf-8")
    code, said = evidence(capsys, "rejudge", pack, "--anyway")
    assert code == 2
    assert "policy.toml: is not TOML" in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--world", "workshop"), "cannot be combined with --world"),
        (("--aws", "live"), "cannot be combined with --aws"),
    ],
    ids=["world", "aws"],
)
def test_a_pack_says_itself_where_its_evidence_is_from(rehearse, green, more, words):
    """Options that would say otherwise are refused."""
    ran = rehearse(f"--evidence={green.reports}", *more)
    assert ran.exit == pytest.ExitCode.USAGE_ERROR
    assert words in ran.out


def test_judging_again_never_replaces_the_pack(rehearse, green):
    """The pack's own folder is refused as the place of the report."""
    ran = rehearse(f"--evidence={green.reports}", f"--reports={green.reports}")
    assert ran.exit == pytest.ExitCode.USAGE_ERROR
    assert "is the pack itself" in ran.out
