"""The catalogue of false greens, third part: baselines that would have made good patching of bad."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from postpatch.verdict.checks import CHECKS
from tests.catalogue.file_pairs import FOREIGN
from tests.catalogue.pair import half
from tests.catalogue.rows import is_refused, tell_refused
from tests.suite.exported import ACCOUNT


def _manifest(old: str, new: str) -> Callable[[Path], None]:
    def change(baseline: Path) -> None:
        path = baseline.with_name("baseline.manifest.json")
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def _add_rows(baseline: Path) -> None:
    rows = gzip.decompress(baseline.read_bytes()).splitlines()
    more = [json.dumps(json.loads(row) | {"vulnerability": "CVE-1999-0001"}).encode() for row in rows[:50]]
    baseline.write_bytes(gzip.compress(b"\n".join(rows + more) + b"\n"))


BASELINES = {
    "baseline-of-another-account": (
        "The baseline is of another account.",
        _manifest(ACCOUNT, FOREIGN),
        f"account {FOREIGN}, this run's is {ACCOUNT}",
    ),
    "baseline-of-another-scope": (
        "The baseline is of another, larger stack.",
        _manifest('"pww"', '"shop"'),
        "scope stack shop, this run's is stack pww",
    ),
    "baseline-of-another-world": (
        "The baseline was taken of another AWS.",
        _manifest("workshop", "unpatched"),
        "answered by world unpatched, this run's is world workshop",
    ),
    "baseline-edited": ("Fifty findings were added to the baseline by hand.", _add_rows, "was altered"),
    "baseline-cut": ("The baseline's file is incomplete.", half, "cut off"),
    "baseline-gone": ("The baseline was deleted.", Path.unlink, "There is no file"),
}


@pytest.fixture(scope="module")
def taken(rehearsed):
    """Return a baseline taken in the world `workshop`, which no test changes."""
    ran = rehearsed("-m", "baseline", "--world", "workshop")
    assert ran.exit == 0, ran.out
    return ran.reports / "baseline.ndjson.gz"


@pytest.mark.parametrize("name", BASELINES)
def test_a_spoilt_baseline_is_refused_once(rehearse, tmp_path, taken, record_property, name):
    """One sentence says why, with the file and the command that takes one; no check is run, and nothing is written."""
    defect, spoil, words = BASELINES[name]
    copy = tmp_path / "copy" / taken.name
    shutil.copytree(taken.parent, copy.parent, ignore=shutil.ignore_patterns(".*"))
    spoil(copy)
    ran = rehearse("--world", "workshop", f"--baseline={copy}")
    tell_refused(record_property, name, defect)
    is_refused(ran, words)
    assert all(part in ran.out for part in (str(copy), "pytest -m baseline")), ran.out


def test_without_a_defect_the_baseline_is_compared(rehearse, taken):
    """The baseline that all of these spoil proves the round."""
    ran = rehearse("--world", "workshop", f"--baseline={taken}")
    assert (ran.exit, ran.ids("passed")) == (0, {check.id for check in CHECKS}), ran.out
