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


def test_a_baseline_is_taken_and_read_back(rehearsed):
    """`pytest -m baseline` leaves a readable snapshot, and verifying against it gives the same verdict."""
    taken = rehearsed("-m", "baseline", "--world", "workshop")
    assert taken.exit == 0, taken.out
    baseline = taken.reports / "baseline.ndjson.gz"
    with gzip.open(baseline, "rt", encoding="utf-8") as file:
        assert json.loads(file.readline())["account"] == "123456789012"
    ran = rehearsed("--world", "workshop", f"--baseline={baseline}")
    assert ran.exit == 0
    assert ran.verdict["baseline"]["rows"] > 100
    assert baseline.exists()


def test_taking_a_baseline_again_keeps_the_one_before(rehearse, baseline):
    """A new baseline never destroys the old one: it stays beside it under its date."""
    before = baseline.read_bytes()
    rehearse("-m", "baseline", "--world", "workshop", f"--reports={baseline.parent}")
    kept = list(baseline.parent.glob("baseline-*.ndjson.gz"))
    assert [path.read_bytes() for path in kept] == [before]


def test_live_refuses_a_simulated_baseline(rehearse, baseline):
    """What was simulated never serves as evidence about a real account."""
    ran = rehearse("--aws", "live", f"--baseline={baseline}")
    assert (ran.exit, ran.out.count("answered by world workshop")) == (USAGE, 1), ran.out
