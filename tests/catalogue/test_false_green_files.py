"""The catalogue of false greens, second part: files that would have passed for a good patch round."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from postpatch.verdict.checks import CHECKS
from tests.catalogue.file_pairs import GOOD, GREEN, PAIRS
from tests.catalogue.pair import Pair
from tests.catalogue.rows import Row, is_refused, tell, tell_refused

RECORDED = frozenset(check.id for check in CHECKS if check.recorded)
NOT_CHECKED = 10


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not pair.refused], ids=lambda pair: pair.name)
def test_two_files_turn_exactly_their_checks(rehearse, tmp_path, record_property, pair):
    """Of what two files can show, exactly the named checks fail, or cannot be checked."""
    ran = _judge(rehearse, tmp_path, pair)
    tell(record_property, Row(pair.name, pair.defect, pair.red, pair.errors, ()), ran)
    assert (ran.ids("failed"), ran.ids("error")) == (pair.red, pair.errors), ran.out
    assert (ran.exit, ran.ids("passed")) == (1 if pair.red else NOT_CHECKED, RECORDED - pair.red - pair.errors)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.refused], ids=lambda pair: pair.name)
def test_two_files_that_cannot_be_compared_are_refused_once(rehearse, tmp_path, record_property, pair):
    """One sentence says why, no check is run, and nothing is written."""
    ran = _judge(rehearse, tmp_path, pair)
    tell_refused(record_property, pair.name, pair.defect)
    is_refused(ran, pair.refused)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.good], ids=lambda pair: pair.name)
def test_without_its_defect_a_pair_is_green(rehearse, tmp_path, pair):
    """The same two files without the defect prove what two files can prove."""
    ran = _judge(rehearse, tmp_path, replace(pair, later=pair.good))
    assert (ran.exit, ran.ids("passed")) == (0, RECORDED), ran.out


@pytest.mark.parametrize("form", [{"findings": GOOD[1]}, GOOD[1]], ids=["document", "bare list"])
def test_without_a_defect_the_pair_is_green(rehearse, tmp_path, form):
    """The pair that all of the others spoil in one point is green; a bare list says that its end is not proven."""
    ran = _judge(rehearse, tmp_path, Pair("good", "none", GOOD[0], form, form=_either))
    assert (ran.exit, ran.ids("passed")) == (0, RECORDED), ran.out
    caution = "later.json: its end cannot be proven complete"
    told = (ran.out, (ran.reports / "summary.md").read_text(), (ran.reports / "verify.html").read_text())
    assert [caution in text.replace("\\", "") for text in told] == [form == GOOD[1]] * 3
    assert any(caution in limit for limit in ran.verdict["after"]["limits"]) == (form == GOOD[1])


@pytest.mark.parametrize("name", GREEN)
def test_what_only_looks_wrong_is_green(rehearse, tmp_path, name):
    """An archive that holds each state of a finding, and a JAR with the vulnerability of a package, are good."""
    before, later = GREEN[name]
    ran = _judge(rehearse, tmp_path, Pair(name, "none", before, later))
    assert (ran.exit, ran.ids("passed")) == (0, RECORDED), ran.out
    counts = ran.verdict["counts"]
    assert (counts["fixed"], counts["fixed_by_absence"], counts["remaining"]) == (6, 0, len(before) - 6)


def test_what_is_absent_is_counted_in_words(rehearse, tmp_path):
    """Of what counts as fixed the sentence says how much no CLOSED row proves, and the next step settles it."""
    ran = _judge(rehearse, tmp_path, next(pair for pair in PAIRS if pair.name == "narrowed-second-export"))
    counts = ran.verdict["counts"]
    assert (counts["fixed"], counts["fixed_by_absence"]) == (6, 6)
    assert "6 fixed (6 without a CLOSED row)" in ran.out
    assert '{"comparison":"EQUALS","value":"CLOSED"}' in ran.reason("FIND-1")


def _either(rows):
    return rows if isinstance(rows, dict) else rows if rows is GOOD[1] else {"findings": rows}


def _judge(rehearse, tmp_path, pair):
    before, later = (
        _write(tmp_path / name, pair.form(rows))
        for name, rows in (("before.json", pair.before), ("later.json", pair.later))
    )
    pair.spoil(later)
    return rehearse("--aws", "recorded", f"--baseline={before}", f"--after={later}")


def _write(path: Path, document: object) -> Path:
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path
