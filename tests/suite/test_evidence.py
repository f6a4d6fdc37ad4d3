"""Baselines: what is missing, damaged, altered or foreign is refused once, with the file and the remedy."""

import gzip
import json
import shutil

import pytest

USAGE = 4


@pytest.fixture
def baseline(rehearsed, tmp_path):
    """Return the path of a baseline taken in the world `workshop`, in a folder of this test's."""
    ran = rehearsed("-m", "baseline", "--world", "workshop")
    assert ran.exit == 0, ran.out
    return shutil.copytree(ran.reports, tmp_path / "taken") / "baseline.ndjson.gz"


def test_a_baseline_is_taken_and_read_back(run):
    """`pytest -m baseline` leaves a readable snapshot, and verifying against it gives the same verdict."""
    taken = run("-m", "baseline", "--world", "workshop")
    assert taken.exit == 0, taken.out
    baseline = taken.reports / "baseline.ndjson.gz"
    with gzip.open(baseline, "rt", encoding="utf-8") as file:
        assert json.loads(file.readline())["account"] == "123456789012"
    ran = run("-m", "verify", "--world", "workshop", f"--baseline={baseline}")
    assert ran.exit == 0
    assert ran.verdict["baseline"]["rows"] > 100
    assert baseline.exists()


def test_taking_a_baseline_again_keeps_the_one_before(rehearse, baseline):
    """A new baseline never destroys the old one: it stays beside it under its date."""
    before = baseline.read_bytes()
    rehearse("-m", "baseline", "--world", "workshop", f"--reports={baseline.parent}")
    kept = list(baseline.parent.glob("baseline-*.ndjson.gz"))
    assert [path.read_bytes() for path in kept] == [before]


def _missing(path):
    path.unlink()


def _truncated(path):
    path.write_bytes(path.read_bytes()[:-200])


def _altered(path):
    rows = gzip.decompress(path.read_bytes()).replace(b'"ACTIVE"', b'"CLOSED"', 1)
    path.write_bytes(gzip.compress(rows))


def _of_another_account(path):
    manifest = path.with_name("baseline.manifest.json")
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("123456789012", "210987654321"), encoding="utf-8")


def _of_another_scope(path):
    manifest = path.with_name("baseline.manifest.json")
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"pww"', '"shop"'), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_missing, "no snapshot"),
        (_truncated, "cut off"),
        (_altered, "altered"),
        (_of_another_account, "account 210987654321"),
        (_of_another_scope, "scope stack shop"),
    ],
)
def test_a_bad_baseline_is_refused_and_never_a_verdict(rehearse, baseline, spoil, words):
    """One sentence names the file and the command that takes a baseline; no check is run, and no report is made."""
    copy = baseline.with_name("copy") / baseline.name
    copy.parent.mkdir()
    for name in ("baseline.ndjson.gz", "baseline.manifest.json"):
        shutil.copy(baseline.with_name(name), copy.with_name(name))
    spoil(copy)
    ran = rehearse("--world", "workshop", f"--baseline={copy}")
    assert (ran.exit, ran.out.count(words)) == (USAGE, 1), ran.out
    assert all(part in ran.out for part in (str(copy), "pytest -m baseline")), ran.out
    assert not (ran.reports / "verify.json").exists()


def test_live_refuses_a_simulated_baseline(rehearse, baseline):
    """What was simulated never serves as evidence about a real account."""
    ran = rehearse("--aws", "live", f"--baseline={baseline}")
    assert (ran.exit, ran.out.count("answered by world workshop")) == (USAGE, 1), ran.out
