"""What this suite created is found by its mark and deleted in the right order; all else is left alone."""

from datetime import UTC, datetime

import pytest

from postpatch.aws import cis
from postpatch.aws.maintenance_window import Creation, ensure_window
from postpatch.aws.owned import DELETIONS, delete, owned
from postpatch.aws.session import Connection
from postpatch.errors import NotAllowed
from postpatch.model import ExpectedWindow, MaintenanceWindow, Scope, WindowTarget, WindowTask
from postpatch.simulator import Simulator, worlds

WANTED = ExpectedWindow(
    MaintenanceWindow("", "pww_mw", "cron(0 0/12 * * ? *)", 1, 0, True, True, "2099-12-01T00:00:00Z", "", "Etc/UTC"),
    WindowTarget("", "pww_targets", "INSTANCE", (("tag:team", ("pww",)),)),
    WindowTask(
        "", "pww_task", "RUN_COMMAND", "AWS-RunPatchBaseline", (), "1", "1", 1, "CONTINUE_TASK", "",
        (("Operation", ("Install",)),), 600,
    ),
)  # fmt: skip


@pytest.fixture
def aws():
    """Return an AWS in which this suite created its window, target, task and a CIS scan configuration."""
    simulator = Simulator(worlds()["workshop"], datetime(2026, 11, 20, 21, tzinfo=UTC))
    ours = Connection(simulator.session(), clock=simulator.now, poll_seconds=0)
    ensure_window(ours, WANTED, Creation("", lambda *_: True, lambda _: None))
    cis.create_scan(ours, Scope("stack", ("pww",)), {"aws:cloudformation:stack-name": ["pww"]}, simulator.now())
    return simulator


@pytest.fixture
def cleaner(aws):
    """Return a connection that may delete."""
    return Connection(aws.session(), clock=aws.now, poll_seconds=0, writes=DELETIONS)


def _kinds(things):
    return [thing.what.split(" ", 1)[0] for thing in things]


def test_everything_of_ours_is_found_in_the_order_of_deletion(cleaner):
    """The task goes before its target, the target before its window."""
    assert _kinds(owned(cleaner)) == ["task", "target", "maintenance", "CIS"]


def test_what_is_deleted_is_gone(cleaner):
    """After deleting what was listed, nothing of ours is left."""
    assert [delete(thing) for thing in owned(cleaner)] == ["deleted"] * 4
    assert list(owned(cleaner)) == []


def test_what_is_gone_already_is_done(cleaner):
    """A thing that somebody else deleted in between is no error."""
    things = list(owned(cleaner))
    for thing in things:
        delete(thing)
    assert set(map(delete, things)) <= {"was gone already", "deleted"}


def test_what_somebody_else_made_is_left_alone(aws, cleaner):
    """A window of the same name without our mark, with its own target, is neither listed nor touched."""
    ssm = aws.client("ssm")
    theirs = ssm.create_maintenance_window(
        Name="pww_mw", Schedule="rate(7 days)", Duration=2, Cutoff=1, AllowUnassociatedTargets=True
    )["WindowId"]
    tags = [{"Key": "tag:team", "Values": ["other"]}]
    ssm.register_target_with_maintenance_window(WindowId=theirs, ResourceType="INSTANCE", Targets=tags)
    things = list(owned(cleaner))
    assert not any(theirs in thing.what for thing in things)
    for thing in things:
        delete(thing)
    assert [one["WindowId"] for one in ssm.describe_maintenance_windows()["WindowIdentities"]] == [theirs]


def test_our_window_stays_while_it_holds_something_of_others(aws, cleaner):
    """A target that somebody registered in our window keeps the window, and the list says why."""
    ssm = aws.client("ssm")
    (window,) = ssm.describe_maintenance_windows()["WindowIdentities"]
    tags = [{"Key": "tag:team", "Values": ["other"]}]
    ssm.register_target_with_maintenance_window(WindowId=window["WindowId"], ResourceType="INSTANCE", Targets=tags)
    (kept,) = [thing for thing in owned(cleaner) if thing.kept_for]
    assert kept.what.startswith("maintenance window pww_mw")
    assert "another owner" in kept.kept_for


def test_our_target_stays_while_a_task_of_others_uses_it(aws, cleaner):
    """Deregistering it would break their task."""
    ssm = aws.client("ssm")
    (window,) = ssm.describe_maintenance_windows()["WindowIdentities"]
    (target,) = ssm.describe_maintenance_window_targets(WindowId=window["WindowId"])["Targets"]
    ssm.register_task_with_maintenance_window(
        WindowId=window["WindowId"],
        Targets=[{"Key": "WindowTargetIds", "Values": [target["WindowTargetId"]]}],
        TaskArn="AWS-RunPatchBaseline",
        TaskType="RUN_COMMAND",
        MaxConcurrency="1",
        MaxErrors="1",
        TaskInvocationParameters={"RunCommand": {"Parameters": {"Operation": ["Scan"]}}},
    )
    reasons = {thing.what.split(" ", 1)[0]: thing.kept_for for thing in owned(cleaner)}
    assert "uses it" in reasons["target"]
    assert reasons["task"] == ""


def test_listing_deletes_nothing(aws):
    """A connection that only reads can list, and refuses to delete before anything is sent."""
    reading = Connection(aws.session(), read_only=True, clock=aws.now, writes=DELETIONS)
    first, *_ = owned(reading)
    with pytest.raises(NotAllowed):
        delete(first)
    assert not DELETIONS & reading.calls.keys()
