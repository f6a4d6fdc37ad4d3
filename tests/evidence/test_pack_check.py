"""What was done to a pack is told file by file, in words."""

import gzip
import json
import os
import shutil

import pytest

from postpatch.evidence.pack import MANIFEST, digest, read_manifest
from postpatch.evidence.pack_check import problems

FINDINGS = "evidence/after.ndjson.gz"


@pytest.fixture
def told(pack):
    """Return what is said of the pack now, a line a problem."""
    return lambda: [str(problem) for problem in problems(pack, read_manifest(pack))]


def test_a_pack_as_it_was_published_is_whole(told):
    """Nothing is said of a pack that nobody touched."""
    assert told() == []


def test_what_stands_beside_a_pack_is_no_part_of_it(pack, told):
    """The next baseline, the report before, a killed run and a JUnit file stand in the same folder."""
    for name in (
        "README.md",
        "baseline.ndjson.gz",
        "baseline-20261120T210405Z.manifest.json",
        "junit.xml",
        "attestation.tsr",
    ):
        (pack / name).write_text("x", encoding="utf-8")
    (pack / "launched.json").write_text("{}", encoding="utf-8")
    (pack / "scanned.json").write_text("{}", encoding="utf-8")
    for folder in ("previous", "runs", ".run-abc"):
        (pack / folder).mkdir()
        (pack / folder / "verify.html").write_text("x", encoding="utf-8")
    assert told() == []


def _edit_a_finding(pack):
    rows = gzip.decompress((pack / FINDINGS).read_bytes()).replace(b"ACTIVE", b"CLOSED")
    (pack / FINDINGS).write_bytes(gzip.compress(rows))


def _flip_a_byte(pack):
    content = bytearray((pack / FINDINGS).read_bytes())
    content[-1] ^= 1
    (pack / FINDINGS).write_bytes(content)


def _lose(name):
    return lambda pack: (pack / name).unlink()


def _add(name):
    def add(pack):
        (pack / name).parent.mkdir(exist_ok=True)
        (pack / name).write_text("{}", encoding="utf-8")

    return add


def _link_a_file(pack):
    (pack / FINDINGS).rename(pack.parent / "after")
    (pack / FINDINGS).symlink_to(pack.parent / "after")


def _link_the_folder(pack):
    (pack / "evidence").rename(pack.parent / "elsewhere")
    (pack / "evidence").symlink_to(pack.parent / "elsewhere")


def _add_a_link(pack):
    (pack / "evidence" / "more").symlink_to(pack.parent)


def _folder_for_a_file(pack):
    (pack / "verify.html").unlink()
    (pack / "verify.html").mkdir()


def _pipe_for_a_file(pack):
    (pack / "verify.html").unlink()
    os.mkfifo(pack / "verify.html")


@pytest.mark.parametrize(
    ("tamper", "name", "words"),
    [
        (_edit_a_finding, FINDINGS, "altered: it"),
        (_flip_a_byte, FINDINGS, "altered: its sha256"),
        (_lose(FINDINGS), FINDINGS, "lost"),
        (_lose("evidence/window.error"), "evidence/window.error", "lost"),
        (_add("evidence/exploits.json"), "evidence/exploits.json", "added"),
        (_add("report-final.html"), "report-final.html", "added"),
        (_add("attachments/proof.json"), "attachments/proof.json", "added"),
        (_add("evidence/\x1b[2Jx"), r"evidence/\x1b[2Jx", "added"),
        (_add_a_link, "evidence/more", "added"),
        (_link_a_file, FINDINGS, "replaced by a link"),
        (_link_the_folder, FINDINGS, "a file behind the link evidence"),
        (_folder_for_a_file, "verify.html", "replaced by a folder"),
        (_pipe_for_a_file, "verify.html", "replaced by something that is not a file"),
    ],
    ids=[
        "a finding closed", "a byte flipped", "findings lost", "an error lost", "evidence added", "a file added",
        "a folder added", "a name that a terminal obeys", "a link added", "a file made a link",
        "the folder made a link", "a folder for a file", "a pipe for a file",
    ],
)  # fmt: skip
def test_what_was_done_to_a_file_is_told(pack, told, tamper, name, words):
    """Each alteration is named with its file; what is no plain file is not opened."""
    tamper(pack)
    assert any(line.startswith(f"{name}: ") and words in line for line in told()), told()


def _name(name):
    return lambda manifest: manifest["files"].append({"name": name, "sha256": "a" * 64, "bytes": 1})


def _twice(manifest):
    manifest["files"].append(manifest["files"][0])


def _without(name):
    return lambda manifest: manifest.update(files=[file for file in manifest["files"] if file["name"] != name])


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        (_name("../secret"), "../secret", "was not opened"),
        (_name("/etc/passwd"), "/etc/passwd", "was not opened"),
        (_name("evidence/../../secret"), "evidence/../../secret", "was not opened"),
        (_name("evidence\\after.json"), r"evidence\\after.json", "was not opened"),
        (_name(""), "", "was not opened"),
        (_twice, "evidence/after.manifest.json", "lists it 2 times"),
        (_without("verify.json"), "verify.json", "the manifest does not list it: a pack without it"),
        (_without("evidence/run.json"), "evidence/run.json", "a pack without it"),
        (_without("evidence/policy.toml"), "evidence/policy.toml", "a pack without it"),
        (_without(FINDINGS), FINDINGS, "added"),
    ],
    ids=[
        "a name above", "an absolute name", "a name that climbs", "a backslash", "no name", "twice", "no verdict",
        "no run", "no policy", "no findings",
    ],
)  # fmt: skip
def test_a_manifest_that_was_edited_is_told(pack, told, edit_manifest, change, name, words):
    """No name leads out of the pack, no file is listed twice, and what a verdict rests on is listed."""
    edit_manifest(pack, change)
    assert any(line.startswith(f"{name}: ") and words in line for line in told()), told()


def _rewrite_verdict(pack, **changes):
    document = json.loads((pack / "verify.json").read_text(encoding="utf-8"))
    (pack / "verify.json").write_text(json.dumps(document | changes), encoding="utf-8")


def _unlike_its_manifest(pack, write_findings):
    write_findings(pack.parent / "other.ndjson.gz", 1)
    shutil.copy(pack.parent / "other.ndjson.gz", pack / FINDINGS)


def _one_call_less(pack, _):
    calls = pack / "evidence" / "calls.ndjson"
    calls.write_text("".join(calls.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")


def _of_a_world(pack, _):
    begun = pack / "evidence" / "run.json"
    document = json.loads(begun.read_text(encoding="utf-8"))
    begun.write_text(json.dumps(document | {"world": "workshop"}), encoding="utf-8")


def _another_run(pack, _):
    begun = pack / "evidence" / "run.json"
    begun.write_text(begun.read_text(encoding="utf-8").replace("5c9a3c1e", "ffffffff"), encoding="utf-8")


@pytest.mark.parametrize(
    ("tamper", "name", "words"),
    [
        (lambda pack, _: _rewrite_verdict(pack, verdict="PASS"), "verify.json", "verdict is PASS, the pack says FAIL"),
        (lambda pack, _: _rewrite_verdict(pack, mode="recorded"), "verify.json", "mode is recorded"),
        (lambda pack, _: _rewrite_verdict(pack, run="ffffffff"), "verify.json", "run is ffffffff"),
        (lambda pack, _: (pack / "verify.json").write_text("[]"), "verify.json", "holds no verdict"),
        (lambda pack, _: (pack / "verify.json").write_text("PASS"), "verify.json", "is not JSON"),
        (lambda pack, write: write(pack / FINDINGS, 1), "verify.json", "after.sha256 is"),
        (_unlike_its_manifest, FINDINGS, "its sha256 is not the one in after.manifest.json"),
        (lambda pack, _: (pack / "evidence" / "policy.toml").write_text("[gate]"), "verify.json", "policy.sha256 is"),
        (_one_call_less, "verify.json", "its calls are not those of evidence/calls.ndjson"),
        (lambda pack, _: (pack / "evidence" / "calls.ndjson").write_text("{}\n"), "evidence/calls.ndjson", "line 1"),
        (_of_a_world, "evidence/run.json", "world or endpoint is world workshop"),
        (lambda pack, _: _rewrite_verdict(pack, simulated=True), "verify.json", "simulated is True"),
        (_another_run, "evidence/run.json", "run is ffffffff, the pack says 5c9a3c1e"),
        (lambda pack, _: (pack / "evidence" / "run.json").write_text("{}"), "evidence/run.json", "unexpected content"),
    ],
    ids=[
        "the verdict", "the mode", "the run", "no verdict", "no JSON", "findings and their manifest", "findings alone",
        "the policy", "a call left out", "no calls", "a rehearsal", "said to be one", "another run's beginning",
        "no beginning",
    ],
)  # fmt: skip
def test_a_pack_that_was_sealed_anew_contradicts_itself(pack, told, write_findings, sealed_anew, tamper, name, words):
    """New hashes hide an edit from the manifest; the other files of the pack still tell."""
    tamper(pack, write_findings)
    sealed_anew(pack)
    assert any(line.startswith(f"{name}: ") and words in line for line in told()), told()


def test_whoever_forges_everything_gives_the_pack_another_digest(pack, told, sealed_anew):
    """A pack whose every file agrees with the forgery is told from the first by the sha256 of its manifest alone."""
    before = digest(pack)
    _rewrite_verdict(pack, verdict="PASS")
    sealed_anew(pack, verdict="PASS")
    assert told() == []
    assert digest(pack) != before
    assert len(before) == 64
    assert (pack / MANIFEST).is_file()
