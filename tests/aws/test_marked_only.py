"""The policies in iam/ at the simulated AWS's front: only what carries our mark can be made, changed or deleted."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from iam.policies import proved
from postpatch.aws.maintenance_window import MARK, OURS
from postpatch.aws.owned import DELETIONS, delete, owned
from postpatch.aws.session import Connection
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds import standing_window

IAM = Path(__file__).parents[2] / "iam"
TAG = [{"Key": "tag:team", "Values": ["x"]}]
TASK = {"TaskArn": "AWS-RunPatchBaseline", "TaskType": "RUN_COMMAND", "MaxConcurrency": "1", "MaxErrors": "1"}


def policy(name):
    """Read one of the policies, as far as the simulation can enforce it."""
    return proved(json.loads((IAM / name).read_text(encoding="utf-8")))


@pytest.fixture
def aws():
    """Return an AWS whose callers nothing restricts yet."""
    return Simulator(worlds()["workshop"], datetime(2026, 11, 20, 21, tzinfo=UTC))


def filled(aws, **changes):
    """Make a window with a target and a task, and return their ids."""
    window = standing_window.set_up_window(aws, **changes)
    target = standing_window.register_target(aws, window, OwnerInformation=MARK)
    standing_window.register_task(aws, window, target, Description=MARK)
    (task,) = aws.client("ssm").describe_maintenance_window_tasks(WindowId=window)["Tasks"]
    return window, target, task["WindowTaskId"]


def changes(ssm, window, target, task):
    """Return each call that changes a window, by its action."""
    chosen = [{"Key": "WindowTargetIds", "Values": [target]}]
    return {
        "RegisterTargetWithMaintenanceWindow": lambda: ssm.register_target_with_maintenance_window(
            WindowId=window, ResourceType="INSTANCE", Targets=TAG
        ),
        "RegisterTaskWithMaintenanceWindow": lambda: ssm.register_task_with_maintenance_window(
            WindowId=window, Targets=chosen, **TASK
        ),
        "UpdateMaintenanceWindow": lambda: ssm.update_maintenance_window(WindowId=window, Duration=3),
        "AddTagsToResource": lambda: ssm.add_tags_to_resource(
            ResourceType="MaintenanceWindow", ResourceId=window, Tags=[OURS]
        ),
        "RemoveTagsFromResource": lambda: ssm.remove_tags_from_resource(
            ResourceType="MaintenanceWindow", ResourceId=window, TagKeys=["created-by"]
        ),
        "DeregisterTaskFromMaintenanceWindow": lambda: ssm.deregister_task_from_maintenance_window(
            WindowId=window, WindowTaskId=task
        ),
        "DeregisterTargetFromMaintenanceWindow": lambda: ssm.deregister_target_from_maintenance_window(
            WindowId=window, WindowTargetId=target
        ),
        "DeleteMaintenanceWindow": lambda: ssm.delete_maintenance_window(WindowId=window),
    }


def refused(calls):
    """Make each call and return those that are refused for want of a permission."""
    found = set()
    for action, call in calls.items():
        try:
            call()
        except ClientError as error:
            if f"not authorized to perform: ssm:{action}" not in str(error):
                raise
            found.add(action)
    return found


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("verify.json", {"RegisterTargetWithMaintenanceWindow", "RegisterTaskWithMaintenanceWindow"}),
        (
            "cleanup.json",
            {
                "DeregisterTaskFromMaintenanceWindow",
                "DeregisterTargetFromMaintenanceWindow",
                "DeleteMaintenanceWindow",
            },
        ),
        ("read-only.json", set()),
        ("baseline.json", set()),
    ],
)
def test_a_window_is_changed_only_if_it_is_ours(aws, name, allowed):
    """Of a window without our mark nothing may be changed, tagged or deleted; of ours what the mode does."""
    theirs, ours = filled(aws), filled(aws, Tags=[OURS])
    aws.restrict(policy(name))
    ssm = aws.session().client("ssm")
    every = set(changes(ssm, *theirs))
    assert refused(changes(ssm, *theirs)) == every
    assert refused(changes(ssm, *ours)) == every - allowed


def test_what_is_created_carries_our_mark(aws):
    """A window or a CIS scan without the tag, or with another value, is not created."""
    aws.restrict(policy("verify.json"))
    ssm, inspector = aws.session().client("ssm"), aws.session().client("inspector2")
    hours = {"Duration": 2, "Cutoff": 1}
    window = {"Name": "window", "Schedule": "rate(7 days)", "AllowUnassociatedTargets": True, **hours}
    scan = {
        "scanName": "scan",
        "securityLevel": "LEVEL_1",
        "schedule": {"oneTime": {}},
        "targets": {"accountIds": ["SELF"], "targetResourceTags": {"team": ["x"]}},
    }
    for tags in ({}, {"created-by": "somebody"}, {"Created-By": "postpatch"}):
        with pytest.raises(ClientError, match="not authorized to perform: ssm:CreateMaintenanceWindow"):
            ssm.create_maintenance_window(**window, Tags=[{"Key": key, "Value": tags[key]} for key in tags])
        with pytest.raises(ClientError, match="not authorized to perform: inspector2:CreateCisScanConfiguration"):
            inspector.create_cis_scan_configuration(**scan, tags=tags)
    assert ssm.create_maintenance_window(**window, Tags=[OURS])["WindowId"]
    assert inspector.create_cis_scan_configuration(**scan, tags={"created-by": "postpatch"})["scanConfigurationArn"]


def test_clean_up_leaves_a_window_that_only_looks_like_ours(aws):
    """Our name, and our mark on its target and task, do not make somebody else's window ours."""
    theirs = filled(aws)
    cleaner = Connection(aws.session(), clock=aws.now, poll_seconds=0, writes=DELETIONS)
    aws.restrict(policy("cleanup.json"))
    assert [delete(thing) for thing in owned(cleaner)] == []
    assert {row["WindowId"] for row in aws.client("ssm").describe_maintenance_windows()["WindowIdentities"]} == {
        theirs[0]
    }


def test_whoever_may_register_a_task_may_be_root(aws):
    """By verify.json any command gets into our window, and the README says so; read-only.json prevents it."""
    window, target, _ = filled(aws, Tags=[OURS])
    anything = {
        "WindowId": window, "Targets": [{"Key": "WindowTargetIds", "Values": [target]}],
        "TaskArn": "AWS-RunShellScript", "TaskType": "RUN_COMMAND", "MaxConcurrency": "1", "MaxErrors": "1",
        "TaskInvocationParameters": {"RunCommand": {"Parameters": {"commands": ["id > /root/who"]}}},
    }  # fmt: skip
    aws.restrict(policy("verify.json"))
    assert aws.session().client("ssm").register_task_with_maintenance_window(**anything)["WindowTaskId"]
    aws.restrict(policy("read-only.json"))
    with pytest.raises(ClientError, match="not authorized to perform: ssm:RegisterTaskWithMaintenanceWindow"):
        aws.session().client("ssm").register_task_with_maintenance_window(**anything)
    readme = " ".join((IAM / "README.md").read_text(encoding="utf-8").split())
    assert "may register a task in a window can run commands as root" in readme
    assert "Once the window exists, give a pipeline `read-only.json`" in readme
