"""Going on with an assessment that is under way: only with one that proves what this run must prove."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.model import Caller, Host, Launch, Mode, PatchCommand, Patching, PatchState, Scope
from postpatch.run.resuming import LAUNCHED, forget, remember, take_up

PATCHED = datetime(2026, 11, 21, 1, tzinfo=UTC)
LAUNCHED_AT = PATCHED + timedelta(hours=7)
SCAN = Launch("inspector2", LAUNCHED_AT, True, "association", cis_configuration="arn:cis-configuration")
HOSTS = (Host("i-1"), Host("i-2"))
INSTALLED = PatchState("i-1", "Install", PATCHED - timedelta(minutes=5), PATCHED, "pb-1")


class FakeCollection:
    """A collection of which everything was kept, ten minutes after a launch; `status` is that of its CIS scan."""

    def __init__(
        self, reports, monkeypatch, *, mode=Mode.LIVE, read_only=False, resume=False, minutes=90, stage="", **kept
    ):
        self.said = []
        self.status = kept.pop("status", "IN_PROGRESS")
        now = kept.pop("now", LAUNCHED_AT + timedelta(minutes=10))
        policy = SimpleNamespace(
            wait=SimpleNamespace(minutes=minutes),
            scope=SimpleNamespace(scope=kept.pop("scope", Scope("stack", ("pww",)))),
        )
        self.session = SimpleNamespace(
            settings=SimpleNamespace(
                mode=mode, read_only=read_only, resume=resume, policy=policy, stage=stage, reports=reports
            ),
            connection=SimpleNamespace(clock=lambda: now),
            progress=SimpleNamespace(say=self.said.append),
        )
        taken_at = kept.pop("taken_at", PATCHED - timedelta(hours=4))
        self._kept = {
            "account": Caller("123456789012", "us-east-1", "arn"),
            "hosts": HOSTS,
            "baseline": SimpleNamespace(manifest=SimpleNamespace(taken_at=taken_at)),
            "patching": Patching((INSTALLED,)),
        } | kept
        monkeypatch.setattr("postpatch.run.resuming.cis.find_scan", lambda *_: ("arn:cis-scan", self.status))

    def value(self, name):
        """Return what a step kept."""
        return self._kept[name]


@pytest.fixture
def collection(tmp_path: Path, monkeypatch):
    """Return what makes a collection with its reports in this test's folder, where a run was broken off."""
    remember(FakeCollection(tmp_path, monkeypatch), SCAN)
    return lambda **changes: FakeCollection(tmp_path, monkeypatch, **changes)


def test_an_assessment_under_way_is_taken_up(collection):
    """The same launch, told as taken up, and a line that says so."""
    this = collection()
    assert take_up(this) == replace(SCAN, taken_up=True)
    assert this.said == [
        "resuming the assessment launched at 2026-11-21 08:00:00 UTC, which an earlier run left unfinished; "
        "no other one is launched"
    ]


def test_one_that_ended_meanwhile_is_taken_up_too(collection):
    """A CIS scan that completed after the patching proves the same."""
    assert take_up(collection(status="COMPLETED")) == replace(SCAN, taken_up=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"account": Caller("210987654321", "us-east-1", "arn")}, "another account"),
        ({"account": Caller("123456789012", "eu-west-1", "arn")}, "another account, region"),
        ({"scope": Scope("stack", ("shop",))}, "scope"),
        ({"hosts": (*HOSTS, Host("i-3"))}, "other hosts"),
        ({"hosts": HOSTS[:1]}, "other hosts"),
        ({"stage": "http://127.0.0.1:4599"}, "another account, region or scope"),
        ({"now": LAUNCHED_AT + timedelta(minutes=91)}, "longer ago than the policy's limit of 90 minutes"),
        ({"taken_at": LAUNCHED_AT}, "the baseline was taken after it"),
        ({"patching": Patching((replace(INSTALLED, ended_at=LAUNCHED_AT),))}, "something was installed after it"),
        (
            {"patching": Patching(commands=(PatchCommand("i-2", "c", "Install", "InProgress", LAUNCHED_AT),))},
            "something was installed after it",
        ),
        (
            {"patching": Patching(commands=(PatchCommand("i-2", "c", "Install", "Failed", PATCHED, LAUNCHED_AT),))},
            "something was installed after it",
        ),
        ({"status": "FAILED"}, "its CIS scan failed"),
        ({"status": "CANCELLED"}, "was cancelled"),
        ({"status": ""}, "AWS does not know it"),
    ],
    ids=[
        "account", "region", "scope", "a host more", "a host less", "another AWS", "too long ago", "baseline later",
        "installed later", "installing", "failed later", "scan failed", "scan cancelled", "scan unknown",
    ],
)  # fmt: skip
def test_one_that_proves_nothing_is_launched_anew(collection, changes, words):
    """What was launched for something else, or before what it must prove, is left alone, and the run says why."""
    this = collection(**changes)
    assert take_up(this) is None
    (line,) = this.said
    assert line.startswith("not resuming the assessment launched at 2026-11-21 08:00:00 UTC: ")
    assert words in line


def test_with_resume_its_age_does_not_matter(collection):
    """A fleet whose daily scan came the next day is judged by the launch of the day before."""
    assert take_up(collection(resume=True, now=LAUNCHED_AT + timedelta(hours=30))) == replace(SCAN, taken_up=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hosts": HOSTS[:1]}, "cannot be continued, because it was for another account, region or scope"),
        ({"taken_at": LAUNCHED_AT}, "because the baseline was taken after it"),
        ({"status": "FAILED"}, "because its CIS scan failed"),
    ],
    ids=["a host less", "baseline later", "scan failed"],
)
def test_with_resume_no_other_one_is_launched(collection, changes, words):
    """What cannot be continued is an error that says why, and how to launch another one."""
    with pytest.raises(CouldNotCheck, match=r"Verify again without --resume, which starts another assessment") as error:
        take_up(collection(resume=True, **changes))
    assert words in str(error.value)


def test_with_resume_a_launch_that_is_gone_is_an_error(collection, tmp_path):
    """Another run may have seen its end meanwhile."""
    (tmp_path / LAUNCHED).unlink()
    with pytest.raises(CouldNotCheck, match=r"launched\.json in .* is gone or cannot be read"):
        take_up(collection(resume=True))


def test_a_launch_without_a_cis_scan_is_remembered(collection, tmp_path, monkeypatch):
    """Where the policy has CIS scans off, there is no CIS scan to ask about."""
    launch = replace(SCAN, cis_configuration="")
    remember(FakeCollection(tmp_path, monkeypatch), launch)
    assert take_up(collection(status="")) == replace(launch, taken_up=True)


def test_a_scan_for_missing_patches_changes_nothing(collection):
    """An operation that only scanned after the launch installed nothing."""
    scanned = replace(INSTALLED, operation="Scan", ended_at=LAUNCHED_AT + timedelta(minutes=5))
    assert take_up(collection(patching=Patching((scanned,))))


@pytest.mark.parametrize("changes", [{"mode": Mode.SIMULATED}, {"read_only": True}], ids=["rehearsal", "reading only"])
def test_a_run_that_launches_nothing_takes_up_nothing(collection, changes):
    """A rehearsal's AWS ends with its process, and a run that only reads judges what it finds."""
    assert take_up(collection(**changes)) is None


def test_nothing_is_taken_up_where_nothing_was_left(collection, tmp_path):
    """Without the file, or with one that cannot be read, the assessment is launched."""
    (tmp_path / LAUNCHED).write_text("{}", encoding="utf-8")
    assert take_up(collection()) is None
    (tmp_path / LAUNCHED).unlink()
    assert take_up(collection()) is None


@pytest.mark.parametrize(
    ("launch", "mode"),
    [
        (Launch("inspector2", LAUNCHED_AT, False), Mode.LIVE),
        (Launch("inspector", LAUNCHED_AT, True, assessment_run="arn:run"), Mode.LIVE),
        (SCAN, Mode.SIMULATED),
    ],
    ids=["reading only", "classic", "rehearsal"],
)
def test_only_what_can_be_gone_on_with_is_remembered(tmp_path, monkeypatch, launch, mode):
    """A run that started nothing, Inspector Classic and a rehearsal leave nothing to go on with."""
    remember(FakeCollection(tmp_path, monkeypatch, mode=mode), launch)
    assert not (tmp_path / LAUNCHED).exists()


@pytest.mark.usefixtures("collection")
def test_a_published_run_forgets_its_own_launch_alone(tmp_path):
    """Another run's launch, made since, stays for that run's successor."""
    forget(tmp_path, replace(SCAN, cis_configuration="arn:another"))
    assert (tmp_path / LAUNCHED).exists()
    forget(tmp_path, replace(SCAN, taken_up=True))
    assert not (tmp_path / LAUNCHED).exists()
    forget(tmp_path, SCAN)
