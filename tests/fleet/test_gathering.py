"""Gathering: the worst verdict, and an error for each target that no whole, new pack of its own proves."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from postpatch.errors import BadOptions
from postpatch.evidence.pack import MANIFEST, VERDICT_JSON
from postpatch.fleet.gathering import gather
from postpatch.fleet.targets import Listed
from postpatch.verdict.run import Outcome, Verdict
from tests.fleet.conftest import target

ONE, TWO = target(), target("222222222222", "eu-west-1")


def test_a_fleet_of_good_packs_passes(put, expect):
    """Each family of checks with its outcome."""
    put(ONE), put(TWO)
    fleet = gather([expect(ONE, TWO)])
    assert (fleet.verdict, fleet.complete, fleet.stage) == (Verdict.PASS, True, "world workshop")
    assert fleet.sentence == "2 of 2 targets passed."
    assert {family.outcome for row in fleet.rows for family in row.families.values()} == {Outcome.PASSED}


def test_one_that_failed_makes_the_fleet_fail(put, expect):
    """A failure outranks an error, as in one run; the checks that failed are named."""
    put(ONE, "0.1.0/unpatched")
    fleet = gather([expect(ONE, TWO)])
    assert [row.verdict for row in fleet.rows] == [Verdict.FAIL, Verdict.ERROR]
    assert fleet.verdict is Verdict.FAIL
    assert "PATCH-1" in fleet.rows[0].families["PATCH"].checks
    assert sum(one.hosts for one in fleet.concerns.causes) == 0  # packs of tests have no delta.csv


@pytest.mark.parametrize("gathered", ["fleet", "."])
def test_a_missing_pack_is_an_error_with_what_its_run_said(put, expect, gathered):
    """What the run printed last is in the reason, also where a pipeline's job left it in a folder of its own."""
    put(ONE)
    folder = expect(ONE, TWO)
    (folder / "targets").mkdir()
    (folder / "targets" / f"{TWO.name}.log").write_text(
        "first\n===== short test summary info =====\nERROR t/test_a.py::test_b - postpatch.errors.CouldNotCheck: "
        "Allow it: no.\n=== 1 error ===\n",
        encoding="utf-8",
    )
    [_, row] = gather([folder.parent / gathered]).rows
    assert row.verdict is Verdict.ERROR
    assert row.reason == "could not be run: Allow it: no."


@pytest.mark.parametrize("name", [VERDICT_JSON, "evidence/policy.toml", MANIFEST])
def test_an_altered_pack_is_an_error(put, expect, name):
    """Whatever file of it was changed: nothing in it is believed."""
    pack = put(ONE)
    (pack / name).write_text((pack / name).read_text(encoding="utf-8").replace("a", "b", 1), encoding="utf-8")
    fleet = gather([expect(ONE)])
    assert fleet.verdict is Verdict.ERROR
    assert fleet.rows[0].pack is None


def test_a_pack_whose_verdict_has_another_shape_is_an_error(put, expect):
    """Sealed again by somebody, it is a problem of this pack, and not of the whole fleet."""
    from tests.packs.sealing import read, rewrite

    pack = put(ONE)
    rewrite(pack, read(pack) | {"checks": [{"id": "SCAN-1", "outcome": "fine"}]})
    [row] = gather([expect(ONE)]).rows
    assert row.verdict is Verdict.ERROR
    assert "cannot be read" in row.reason


def test_a_pack_of_an_earlier_run_does_not_count(put, expect):
    """A target that this run did not judge is an error, though last week's pack is whole."""
    put(ONE)
    fleet = gather([expect(ONE, began_at=datetime.now(UTC) + timedelta(days=1))])
    assert fleet.verdict is Verdict.ERROR
    assert "of an earlier run" in fleet.rows[0].reason


def test_a_pack_of_another_account_does_not_count(put, expect):
    """The folder's name proves nothing: the policy in the pack says what was judged."""
    pack = put(TWO)
    pack.rename(pack.with_name(ONE.name))
    [row] = gather([expect(ONE)]).rows
    assert row.verdict is Verdict.ERROR
    assert row.reason == "the pack in its place is of account 222222222222, region eu-west-1"


def test_a_rehearsal_is_no_evidence_for_a_fleet_on_aws(put, expect):
    """A simulated pack among runs on AWS proves nothing."""
    put(ONE)
    fleet = gather([expect(ONE, stage="")])
    assert (fleet.verdict, fleet.stage) == (Verdict.ERROR, "")
    assert "SIMULATED" in fleet.rows[0].reason


def test_an_account_that_nothing_names_is_an_error(put, expect):
    """Though every target passed."""
    put(ONE)
    fleet = gather([expect(ONE, unlisted=(Listed("999999999999", "new", "not named"),))])
    assert (fleet.verdict, fleet.rows[0].verdict) == (Verdict.ERROR, Verdict.PASS)


def test_packs_of_several_folders_are_gathered(put, expect):
    """As a pipeline's jobs leave them; twice the same target is an error, and a stranger's pack does not count."""
    put(ONE, folder="job-1"), put(TWO, folder="job-2"), put(target("333333333333"), folder="job-3")
    root = expect(ONE, TWO).parent
    fleet = gather([root / "fleet", root / "job-1", root / "job-2", root / "job-3"])
    assert fleet.verdict is Verdict.PASS
    assert fleet.notes == ("333333333333_us-east-1: is no target of this fleet's run, so its pack does not count",)
    put(TWO, folder="job-4")
    fleet = gather([root])
    assert [row.verdict for row in fleet.rows] == [Verdict.PASS, Verdict.ERROR]
    assert "two packs have its name" in fleet.rows[1].reason


def test_without_a_list_each_pack_counts_and_that_is_said(put):
    """It is then not known whether one is missing."""
    pack = put(ONE)
    fleet = gather([pack.parent])
    assert (fleet.verdict, fleet.complete) == (Verdict.PASS, False)
    assert "not known whether a target is missing" in fleet.notes[0]


def test_nothing_at_all_is_an_error(tmp_path):
    """A folder without a pack proves nothing, and one that is not there is refused."""
    assert gather([tmp_path]).verdict is Verdict.ERROR
    with pytest.raises(BadOptions, match="there is no folder"):
        gather([tmp_path / "absent"])


def test_a_list_that_cannot_be_read_is_refused(put, expect):
    """Half a list would hide a missing target."""
    put(ONE)
    folder = expect(ONE)
    (folder / "targets.json").write_text(json.dumps({"targets": []}), encoding="utf-8")
    with pytest.raises(BadOptions, match=r"targets\.json"):
        gather([folder])
