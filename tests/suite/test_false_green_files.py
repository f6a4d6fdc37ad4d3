"""The catalogue of false greens, second part: files that would have passed for a good patch round."""

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from postpatch.verdict.checks import CHECKS
from tests.suite.catalogue import Row, tell, tell_refused
from tests.suite.exported import ACCOUNT, HOSTS, LATER, export, finding, fixable, unfixable

RECORDED = frozenset(check.id for check in CHECKS if check.recorded)
USAGE = 4
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Pair:
    """Two exports whose comparison looks good, and what must come out. `spoil` is done to the later file.

    Where the files are `refused`, no check is run: these words say why.
    """

    name: str
    defect: str
    before: Rows
    later: Rows
    red: frozenset[str] = frozenset()
    refused: str = ""
    spoil: Callable[[Path], object] = field(default=lambda _: None)


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


STILL = frozenset({"FIND-1", "FIND-4", "FIND-5"})
# Green: what could be mended is gone, what could not is still there.
GOOD = (fixable() + unfixable(), unfixable(LATER))
_IMAGE = [{"type": "AWS_ECR_CONTAINER_IMAGE", "id": "arn:image", "region": "us-east-1"}]
_FOREIGN = "210987654321"
PAIRS = (
    Pair(
        "repeated-rows",
        "Nothing was fixed; the pages of the baseline hold every row twice, so half seem gone.",
        GOOD[0] * 2,
        fixable(LATER) + unfixable(LATER),
        STILL,
    ),
    Pair(
        "closed-before",
        "What the baseline counts as fixed now was CLOSED before it was taken.",
        fixable(status="CLOSED") + unfixable(),
        unfixable(LATER),
        frozenset({"FIND-1"}),
    ),
    Pair(
        "suppressed-rows",
        "Every fixable finding is SUPPRESSED in the later file.",
        GOOD[0],
        fixable(LATER, status="SUPPRESSED") + unfixable(LATER),
        frozenset({"FIND-6"}),
    ),
    Pair(
        "host-left-out",
        "The later file has no row of one of the hosts: not scanned looks like clean.",
        GOOD[0],
        unfixable(LATER)[:1],
        frozenset({"SCAN-3"}),
    ),
    Pair(
        "empty-export",
        "The later file has no findings at all.",
        GOOD[0],
        [],
        frozenset({"SCAN-3", "FIND-1", "FIND-2", "FIND-8"}),
    ),
    Pair(
        "other-arns",
        "Nothing was fixed; every finding has another ARN and another title than before.",
        GOOD[0],
        fixable(LATER, findingArn="arn:new", title="new") + unfixable(LATER),
        STILL,
    ),
    Pair(
        "images-mended",
        "The container images were rebuilt; the hosts are as they were.",
        GOOD[0] + fixable(resources=_IMAGE),
        fixable(LATER) + unfixable(LATER),
        STILL,
    ),
    Pair(
        "six-fixed-five-new",
        "Six are fixed, and five came in with an old package.",
        GOOD[0],
        unfixable(LATER) + [finding(HOSTS[0], f"CVE-2022-000{number}", "0:2-1", LATER) for number in range(5)],
        frozenset({"FIND-3"}),
    ),
    Pair(
        "rated-up",
        "Fewer findings; those that remain are CRITICAL now.",
        GOOD[0],
        unfixable(LATER, severity="CRITICAL"),
        frozenset({"FIND-2"}),
    ),
    Pair(
        "other-account",
        "The later file is of another account, and a small one.",
        GOOD[0],
        unfixable(LATER, awsAccountId=_FOREIGN, findingArn=f"arn:aws:inspector2:us-east-1:{_FOREIGN}:finding/1"),
        refused=f"is of account {_FOREIGN}",
    ),
    Pair("breaks-off", "The later file ends in the middle of a finding.", *GOOD, refused="breaks off", spoil=_half),
    Pair(
        "swapped-files",
        "It got worse, and the files are in the wrong order: it seems better.",
        fixable(LATER) + unfixable(LATER),
        unfixable(),
        refused="before the baseline",
    ),
)


def _is_refused(ran: Any, words: str) -> None:
    assert (ran.exit, ran.out.count("ERROR: "), ran.out.count(words)) == (USAGE, 1, 1), ran.out
    assert list(ran.reports.iterdir()) == []


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not pair.refused], ids=lambda pair: pair.name)
def test_two_files_turn_exactly_their_checks(rehearse, tmp_path, record_property, pair):
    """Of what two files can tell, exactly the named checks are red."""
    ran = _judge(rehearse, tmp_path, pair)
    tell(record_property, Row(pair.name, pair.defect, pair.red, frozenset(), (), ()), ran)
    assert (ran.ids("failed"), ran.ids("error")) == (pair.red, set()), ran.out
    assert (ran.exit, ran.ids("passed")) == (1, RECORDED - pair.red)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.refused], ids=lambda pair: pair.name)
def test_two_files_that_cannot_be_compared_are_refused_once(rehearse, tmp_path, record_property, pair):
    """One sentence says why, no check is run, and nothing is written."""
    ran = _judge(rehearse, tmp_path, pair)
    tell_refused(record_property, pair.name, pair.defect)
    _is_refused(ran, pair.refused)


def test_without_a_defect_the_pair_is_green(rehearse, tmp_path):
    """The pair that all of these spoil in one point proves what two files can prove."""
    ran = _judge(rehearse, tmp_path, Pair("good", "none", *GOOD))
    assert (ran.exit, ran.ids("passed")) == (0, RECORDED), ran.out


def _judge(rehearse, tmp_path, pair):
    before, later = export(tmp_path / "before.json", pair.before), export(tmp_path / "later.json", pair.later)
    pair.spoil(later)
    return rehearse("--aws", "recorded", f"--baseline={before}", f"--after={later}")


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
        _manifest(ACCOUNT, _FOREIGN),
        f"account {_FOREIGN}, this run's is {ACCOUNT}",
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
    "baseline-cut": ("The baseline's file is incomplete.", _half, "cut off"),
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
    """One sentence says why, no check is run, and nothing is written."""
    defect, spoil, words = BASELINES[name]
    copy = tmp_path / "copy" / taken.name
    shutil.copytree(taken.parent, copy.parent, ignore=shutil.ignore_patterns(".*"))
    spoil(copy)
    ran = rehearse("--world", "workshop", f"--baseline={copy}")
    tell_refused(record_property, name, defect)
    _is_refused(ran, words)


def test_without_a_defect_the_baseline_is_compared(rehearse, taken):
    """The baseline that all of these spoil proves the round."""
    ran = rehearse("--world", "workshop", f"--baseline={taken}")
    assert (ran.exit, ran.ids("passed")) == (0, {check.id for check in CHECKS}), ran.out
