"""Before anything is written: every problem that needs no AWS is found at once."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.aws.regions import partitions
from postpatch.errors import BadOptions, did_you_mean
from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import Manifest, Mode, Scope
from postpatch.run.options import Options
from postpatch.run.preflight import refuse_what_cannot_work
from postpatch.run.settings import resolve
from postpatch.run.staging import staging_if_it_goes_well

SHIPPED = (Path(__file__).parents[2] / "verify.toml").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    """Return what resolves a run, with one text of the policy replaced and reports that do not exist yet."""

    def make(old="", new="", **options):
        assert old in SHIPPED
        policy = tmp_path / "policy.toml"
        policy.write_text(SHIPPED.replace(old, new) if old else SHIPPED, encoding="utf-8")
        given_options = {"reports": str(tmp_path / "reports"), "aws": "simulated"} | options
        return resolve(Options(folder=tmp_path, home=tmp_path, policy=str(policy), **given_options))

    return make


def problems(settings, **how):
    """Return the problems of a run, a line each."""
    with pytest.raises(BadOptions) as refused:
        refuse_what_cannot_work(settings, **how)
    return str(refused.value).splitlines()


def take(settings, **differently):
    """Write an empty baseline of this policy, as a live run would."""
    manifest = {
        "mode": Mode.LIVE, "engine": "inspector2", "account": "123456789012", "region": "us-east-1",
        "scope": Scope("stack", ("pww",)), "caller": "arn", "started_at": NOW, "taken_at": NOW, "tool": "", "hosts": (),
    }  # fmt: skip
    write_snapshot(settings.baseline_path, [], lambda: Manifest(**(manifest | differently)))


def test_a_live_run_without_a_baseline_is_refused(settings, tmp_path):
    """The advice comes first, then the file; where a selection leaves checks out, that is for its steps to say."""
    live = settings(aws="live")
    (said,) = problems(live)
    assert said.startswith("Take a baseline: pytest -m baseline --aws live, before patching")
    assert said.endswith(f"There is no file {live.reports / 'baseline.ndjson.gz'}.")
    refuse_what_cannot_work(live, needs_baseline=False)
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("differently", "words"),
    [
        ({"account": "210987654321"}, "account 210987654321, this run's is 123456789012"),
        ({"region": "eu-west-1"}, "region eu-west-1, this run's is us-east-1"),
        ({"scope": Scope("stack", ("shop",))}, "scope stack shop, this run's is stack pww"),
        ({"mode": Mode.SIMULATED, "stage": "world workshop"}, "answered by world workshop, this run's is AWS"),
    ],
)
def test_a_baseline_of_something_else_is_refused_before_aws_is_asked(settings, differently, words):
    """Account, region and scope are the policy's, so a baseline is compared with them without any call."""
    live = settings(aws="live")
    take(live, **differently)
    (said,) = problems(live)
    assert words in said


def test_there_must_be_something_to_resume(settings):
    """Without a launch that an earlier run left, nothing is asked of AWS; with one, nothing is wrong."""
    live = settings(aws="live", resume=True)
    take(live)
    (said,) = problems(live)
    assert said.startswith("Verify without --resume, or name another folder with --reports DIR: no run has left")
    (live.reports / "launched.json").write_text("{}", encoding="utf-8")
    refuse_what_cannot_work(live)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "it goes with --aws live alone"),
        ({"aws": "live", "read_only": True}, "with --read-only none starts anything"),
        ({"aws": "live", "taking_baseline": True}, "--resume is for -m verify"),
        (
            {"aws": "live", "inspector": "classic", "endpoint_url": "http://127.0.0.1:1"},
            "--resume is for Inspector v2",
        ),
    ],
    ids=["rehearsal", "reading only", "baseline", "classic"],
)
def test_what_cannot_be_resumed(settings, options, words):
    """Only a run of Inspector v2 on AWS, that may write, leaves anything to continue."""
    with pytest.raises(BadOptions, match=words):
        settings(resume=True, **options)


def test_a_whole_baseline_of_this_policy_is_accepted(settings):
    """Nothing is wrong, nothing is said."""
    live = settings(aws="live")
    take(live)
    refuse_what_cannot_work(live)


@pytest.mark.parametrize("options", [{}, {"aws": "live", "baseline": "reconstruct"}], ids=["rehearsal", "reconstruct"])
def test_a_run_that_makes_its_own_baseline_needs_none(settings, options):
    """A rehearsal takes one, and a reconstruction puts one together."""
    refuse_what_cannot_work(settings(**options))


def test_taking_a_baseline_displaces_none_of_aws(settings):
    """A simulated baseline never takes the place of one of AWS itself; one of AWS takes that of an earlier one."""
    take(settings(aws="live"))
    (said,) = problems(settings(taking_baseline=True))
    assert said.startswith("Name another folder with --reports DIR: ")
    refuse_what_cannot_work(settings(aws="live", taking_baseline=True))


@pytest.mark.parametrize("aws", ["simulated", "live"])
def test_a_region_that_does_not_exist_is_refused(settings, aws):
    """In a rehearsal too, with the regions that may be meant."""
    (said,) = problems(settings('"us-east-1"', '"us-est-1"', aws=aws), needs_baseline=False)
    assert said.startswith("Correct scope.region in ")
    assert said.endswith("Did you mean us-east-1 or us-west-1?")


@pytest.mark.parametrize("below", ["", "deeper/down"])
def test_reports_that_are_a_file_are_refused(settings, tmp_path, below):
    """A file is no folder, and none can be made below it."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    (said,) = problems(settings(reports=str(tmp_path / "file" / below)))
    assert said == f"Name another folder with --reports DIR: {tmp_path / 'file'} is a file"


def test_reports_that_cannot_be_written_are_refused(settings, tmp_path, monkeypatch):
    """What the nearest existing folder does not let this user write is said before the run."""
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path)
    (said,) = problems(settings())
    assert said == f"Name another folder with --reports DIR: nothing can be written to {tmp_path}"


def test_all_problems_are_said_at_once(settings, tmp_path):
    """Region, folder and baseline, a line each."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert len(problems(settings('"us-east-1"', '"mars-east-1"', aws="live", reports=str(tmp_path / "file")))) == 3


def test_what_fails_after_the_staging_leaves_nothing(settings, tmp_path):
    """Folders that were not there are gone again, and one that was there stays."""
    deep = settings(reports=str(tmp_path / "a" / "b"))
    with pytest.raises(BadOptions), staging_if_it_goes_well(deep):
        raise BadOptions("no")
    assert not (tmp_path / "a").exists()
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(BadOptions), staging_if_it_goes_well(deep):
        raise BadOptions("no")
    assert list((tmp_path / "a" / "b").iterdir()) == []


@given(st.sampled_from(sorted(partitions())), st.data())
def test_a_region_with_one_letter_left_out_is_recognized(region, data):
    """Whichever letter is left out, the region that was meant is among those suggested, or is another's name."""
    at = data.draw(st.integers(0, len(region) - 1))
    typed = region[:at] + region[at + 1 :]
    assert typed in partitions() or "Did you mean " in did_you_mean(typed, partitions())
