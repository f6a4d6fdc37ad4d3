from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import STACK_TAG, code_of
from tests.simulator.asking import create_window as create

TAGS = [{"Key": f"tag:{STACK_TAG}", "Values": ["pww"]}]
ABSENT = "00000000-0000-0000-0000-000000000000"


def register_target(aws: Simulator, window: str, **changes: Any) -> str:
    """Register the tutorial's target."""
    given = {"ResourceType": "INSTANCE", "Name": "pww_targets", "Targets": TAGS} | changes
    return str(aws.client("ssm").register_target_with_maintenance_window(WindowId=window, **given)["WindowTargetId"])


def register_task(aws: Simulator, window: str, target: str, **changes: Any) -> str:
    """Register the tutorial's task; a change to None leaves the member out."""
    given: dict[str, Any] = {
        "Name": "pww_task",
        "TaskType": "RUN_COMMAND",
        "TaskArn": "AWS-RunPatchBaseline",
        "Targets": [{"Key": "WindowTargetIds", "Values": [target]}],
        "MaxConcurrency": "1",
        "MaxErrors": "1",
        "Priority": 1,
        "TaskInvocationParameters": {"RunCommand": {"Parameters": {"Operation": ["Install"]}, "TimeoutSeconds": 600}},
    } | changes
    given = {name: value for name, value in given.items() if value is not None}
    return str(aws.client("ssm").register_task_with_maintenance_window(WindowId=window, **given)["WindowTaskId"])


def test_a_target_stands_as_it_was_registered(aws: Simulator) -> None:
    """The target comes back with its tags, name and type."""
    window = create(aws)
    target = register_target(aws, window, OwnerInformation="us", Description="three hosts")
    told = aws.client("ssm").describe_maintenance_window_targets(WindowId=window)["Targets"]
    assert told == [
        {
            "WindowId": window,
            "WindowTargetId": target,
            "ResourceType": "INSTANCE",
            "Targets": TAGS,
            "Name": "pww_targets",
            "OwnerInformation": "us",
            "Description": "three hosts",
        }
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"Targets": []},
        {"Targets": [{"Key": "tag:a", "Values": []}]},
        {"Targets": [{"Key": "resource-groups:Name", "Values": ["g"]}]},
        {"ResourceType": "RESOURCE_GROUP"},
        {"ResourceType": "HOST"},
        {"Targets": [{"Key": "tag:a", "Values": ["b"]}] * 6},
        {"Targets": [{"Key": "tag:a;b", "Values": ["b"]}]},
        {"Name": "two words"},
    ],
)
def test_wrong_targets_are_refused(aws: Simulator, changes: dict[str, Any]) -> None:
    """No target, no value, a key of the other kind, too many, a bad name: each is a ValidationException."""
    assert code_of(register_target, aws=aws, window=create(aws), **changes) == "ValidationException"


def test_targets_are_filtered_and_updated(aws: Simulator) -> None:
    """Targets are found by type, id and owner; an update keeps the rest, Replace clears it."""
    ssm, window = aws.client("ssm"), create(aws)
    one = register_target(aws, window, OwnerInformation="one")
    register_target(aws, window, OwnerInformation="two")

    def found(key: str, value: str) -> int:
        ask = [{"Key": key, "Values": [value]}]
        return len(ssm.describe_maintenance_window_targets(WindowId=window, Filters=ask)["Targets"])

    assert (found("OwnerInformation", "one"), found("WindowTargetId", one), found("Type", "INSTANCE")) == (1, 1, 2)
    wrong = {"WindowId": window, "Filters": [{"Key": "Name", "Values": ["x"]}]}
    assert code_of(ssm.describe_maintenance_window_targets, **wrong) == "ValidationException"
    ssm.update_maintenance_window_target(WindowId=window, WindowTargetId=one, Name="renamed")
    assert found("OwnerInformation", "one") == 1
    ssm.update_maintenance_window_target(WindowId=window, WindowTargetId=one, Targets=TAGS, Replace=True)
    assert found("OwnerInformation", "one") == 0


def test_a_target_in_use_is_safe(aws: Simulator) -> None:
    """With Safe a target that a task names stays; without it goes."""
    ssm, window = aws.client("ssm"), create(aws)
    target = register_target(aws, window)
    task = register_task(aws, window, target)
    ask = {"WindowId": window, "WindowTargetId": target}
    assert code_of(ssm.deregister_target_from_maintenance_window, **ask, Safe=True) == "TargetInUseException"
    ssm.deregister_task_from_maintenance_window(WindowId=window, WindowTaskId=task)
    ssm.deregister_target_from_maintenance_window(**ask, Safe=True)
    assert code_of(ssm.deregister_target_from_maintenance_window, **ask) == "DoesNotExistException"


def test_the_tutorials_task_stands_as_it_was_registered(aws: Simulator) -> None:
    """GetMaintenanceWindowTask tells all of it; the list tells the type and no parameters."""
    ssm, window = aws.client("ssm"), create(aws)
    target = register_target(aws, window)
    task = register_task(aws, window, target)
    told = ssm.get_maintenance_window_task(WindowId=window, WindowTaskId=task)
    assert told["TaskInvocationParameters"]["RunCommand"] == {
        "Parameters": {"Operation": ["Install"]},
        "TimeoutSeconds": 600,
    }
    assert (told["MaxConcurrency"], told["MaxErrors"], told["Priority"]) == ("1", "1", 1)
    assert told["Targets"] == [{"Key": "WindowTargetIds", "Values": [target]}]
    role = f"arn:aws:iam::{aws.account}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"
    assert told["ServiceRoleArn"] == role
    listed = ssm.describe_maintenance_window_tasks(WindowId=window)["Tasks"][0]
    assert (listed["Type"], listed["TaskArn"], listed["ServiceRoleArn"]) == (
        "RUN_COMMAND",
        "AWS-RunPatchBaseline",
        role,
    )
    assert "TaskInvocationParameters" not in listed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"MaxConcurrency": "0"}, "ValidationException"),
        ({"MaxConcurrency": "101%"}, "ValidationException"),
        ({"MaxErrors": "-1"}, "ValidationException"),
        ({"MaxConcurrency": None}, "ValidationException"),
        ({"Targets": None}, "ValidationException"),
        ({"Targets": [{"Key": "tag:a", "Values": ["b"]}]}, "ValidationException"),
        ({"Targets": [{"Key": "WindowTargetIds", "Values": [ABSENT]}]}, "DoesNotExistException"),
        ({"TaskType": "SHELL"}, "ValidationException"),
        ({"TaskType": "AUTOMATION"}, "ValidationException"),
        ({"TaskInvocationParameters": {"RunCommand": {"Comment": "c" * 101}}}, "ValidationException"),
        ({"CutoffBehavior": "STOP"}, "ValidationException"),
        ({"Name": "x" * 129}, "ValidationException"),
    ],
)
def test_wrong_tasks_are_refused(aws: Simulator, changes: dict[str, Any], code: str) -> None:
    """Strings that are no counts, absent targets, parameters of another type: each has its error."""
    window = create(aws)
    target = register_target(aws, window)
    assert code_of(register_task, aws=aws, window=window, target=target, **changes) == code


def test_tasks_are_filtered_and_updated(aws: Simulator) -> None:
    """Tasks are found by id, document, priority and type; an update keeps the rest, Replace clears it."""
    ssm, window = aws.client("ssm"), create(aws)
    target = register_target(aws, window)
    one = register_task(aws, window, target)
    register_task(aws, window, target, TaskArn="AWS-RunShellScript", Priority=3)

    def found(key: str, value: str) -> int:
        ask = [{"Key": key, "Values": [value]}]
        return len(ssm.describe_maintenance_window_tasks(WindowId=window, Filters=ask)["Tasks"])

    assert (found("WindowTaskId", one), found("TaskArn", "AWS-RunShellScript")) == (1, 1)
    assert (found("Priority", "3"), found("TaskType", "RUN_COMMAND"), found("TaskType", "LAMBDA")) == (1, 2, 0)
    ask = {"WindowId": window, "WindowTaskId": one}
    wrong = {"WindowId": window, "Filters": [{"Key": "Name", "Values": ["x"]}]}
    assert code_of(ssm.describe_maintenance_window_tasks, **wrong) == "ValidationException"
    answer = ssm.update_maintenance_window_task(**ask, Priority=7)
    assert (answer["Priority"], answer["Name"]) == (7, "pww_task")
    assert code_of(ssm.update_maintenance_window_task, **ask, Priority=1, Replace=True) == "ValidationException"
    kept = {"TaskArn": "AWS-RunPatchBaseline", "Targets": [{"Key": "WindowTargetIds", "Values": [target]}]}
    ssm.update_maintenance_window_task(**ask, **kept, MaxConcurrency="2", MaxErrors="0", Replace=True)
    told = ssm.get_maintenance_window_task(**ask)
    assert "Name" not in told
    assert told["TaskInvocationParameters"] == {}


def test_quotas_of_a_window_hold(aws: Simulator) -> None:
    """A window takes 100 targets and 20 tasks."""
    window = create(aws)
    target = register_target(aws, window)
    for _ in range(99):
        register_target(aws, window)
    assert code_of(register_target, aws=aws, window=window) == "ResourceLimitExceededException"
    for _ in range(20):
        register_task(aws, window, target)
    refused = code_of(register_task, aws=aws, window=window, target=target)
    assert refused == "ResourceLimitExceededException"


def test_client_tokens_make_one_part(aws: Simulator) -> None:
    """The same token is the same target or task, and never one of another window."""
    window, other = create(aws), create(aws, Name="other")
    token = {"ClientToken": "once"}
    target = register_target(aws, window, **token)
    assert register_target(aws, window, **token) == target
    assert register_target(aws, other, **token) != target
    assert code_of(register_target, aws=aws, window=window, Name="renamed", **token) == "IdempotentParameterMismatch"
    assert register_task(aws, window, target, **token) == register_task(aws, window, target, **token)


def test_parts_of_an_unknown_window_are_refused(aws: Simulator) -> None:
    """A window that is not there has no targets and no tasks to register, read or take away."""
    ssm, absent = aws.client("ssm"), "mw-00000000000000000"
    assert code_of(register_target, aws=aws, window=absent) == "DoesNotExistException"
    assert code_of(register_task, aws=aws, window=absent, target=ABSENT) == "DoesNotExistException"
    window = create(aws)
    for ask in (ssm.get_maintenance_window_task, ssm.deregister_task_from_maintenance_window):
        assert code_of(ask, WindowId=window, WindowTaskId=ABSENT) == "DoesNotExistException"
