"""Maintenance windows that run in the simulated time: what their history tells, and what keeps them from running."""

import json
from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import (
    BEGINS,
    STACK_TAG,
    create_window,
    everything_baseline,
    named,
    patch_state,
    stack_hosts,
)

NIGHTLY = {"Schedule": "cron(0 20 * * ? *)", "StartDate": None, "ScheduleTimezone": "Etc/UTC"}
ANY_ROLE = "arn:aws:iam::123456789012:role/"


def window(aws: Simulator, operation: str = "Install", task: dict[str, Any] | None = None, **changes: Any) -> str:
    """Create a window that opens at 20 o'clock each day, with a task that patches the stack."""
    ssm, created = aws.client("ssm"), create_window(aws, **NIGHTLY | changes)
    tags = [{"Key": f"tag:{STACK_TAG}", "Values": ["pww"]}]
    target = ssm.register_target_with_maintenance_window(WindowId=created, ResourceType="INSTANCE", Targets=tags)
    given: dict[str, Any] = {
        "TaskType": "RUN_COMMAND",
        "TaskArn": "AWS-RunPatchBaseline",
        "Targets": [{"Key": "WindowTargetIds", "Values": [target["WindowTargetId"]]}],
        "MaxConcurrency": "1",
        "MaxErrors": "1",
        "TaskInvocationParameters": {"RunCommand": {"Parameters": {"Operation": [operation]}}},
    }
    ssm.register_task_with_maintenance_window(WindowId=created, **given | (task or {}))
    return created


def executions(aws: Simulator, window_id: str, **filters: Any) -> list[dict[str, Any]]:
    """List a window's executions, newest first."""
    answer = aws.client("ssm").describe_maintenance_window_executions(WindowId=window_id, **filters)
    found: list[dict[str, Any]] = answer["WindowExecutions"]
    return found


def tasks(aws: Simulator, execution: dict[str, Any]) -> list[dict[str, Any]]:
    """List the tasks of an execution."""
    ask = aws.client("ssm").describe_maintenance_window_execution_tasks
    found: list[dict[str, Any]] = ask(WindowExecutionId=execution["WindowExecutionId"])["WindowExecutionTaskIdentities"]
    return found


def pass_days(aws: Simulator, days: float) -> None:
    """Let days pass, and look."""
    aws.clock.advance(timedelta(days=days))


def test_a_window_opens_and_patches(aws: Simulator) -> None:
    """At its time the window sends the command of its task; the history leads from the window to the command."""
    everything_baseline(aws)
    ssm, created = aws.client("ssm"), window(aws)
    assert executions(aws, created) == []
    pass_days(aws, 0.5)
    (execution,) = executions(aws, created)
    assert (execution["Status"], execution["StartTime"]) == ("SUCCESS", BEGINS + timedelta(hours=2))
    told = ssm.get_maintenance_window_execution(WindowExecutionId=execution["WindowExecutionId"])
    assert (told["Status"], told["EndTime"]) == ("SUCCESS", execution["EndTime"])
    (task,) = tasks(aws, execution)
    assert told["TaskIds"] == [task["TaskExecutionId"]]
    ask = {"WindowExecutionId": execution["WindowExecutionId"], "TaskId": task["TaskExecutionId"]}
    whole = ssm.get_maintenance_window_execution_task(**ask)
    assert (whole["Type"], whole["TaskArn"], whole["MaxErrors"]) == ("RUN_COMMAND", "AWS-RunPatchBaseline", "1")
    assert whole["ServiceRole"].endswith("/AWSServiceRoleForAmazonSSM")
    found = ssm.describe_maintenance_window_execution_task_invocations(**ask)
    (invocation,) = found["WindowExecutionTaskInvocationIdentities"]
    assert (invocation["Status"], invocation["StatusDetails"]) == ("SUCCESS", "Success")
    assert json.loads(invocation["Parameters"])["parameters"] == {"Operation": ["Install"]}
    one = ssm.get_maintenance_window_execution_task_invocation(**ask, InvocationId=invocation["InvocationId"])
    assert one["ExecutionId"] == invocation["ExecutionId"]
    (command,) = ssm.list_commands(CommandId=invocation["ExecutionId"])["Commands"]
    assert (command["Status"], sorted(command["InstanceIds"])) == ("Success", sorted(stack_hosts(aws)))
    states = [patch_state(aws, host) for host in stack_hosts(aws)]
    assert {state["Operation"] for state in states} == {"Install"}
    assert len({state["SnapshotId"] for state in states}) == 1


def test_a_window_opens_again_and_again(aws: Simulator) -> None:
    """Each day has its execution; those asked for by time are those of that time."""
    created = window(aws, "Scan")
    pass_days(aws, 3.5)
    assert [row["Status"] for row in executions(aws, created)] == ["SUCCESS"] * 4
    starts = [row["StartTime"] for row in executions(aws, created)]
    assert starts == sorted(starts, reverse=True)
    bound = (BEGINS + timedelta(days=2)).isoformat()
    for key, count in (("ExecutedAfter", 2), ("ExecutedBefore", 2)):
        assert len(executions(aws, created, Filters=[{"Key": key, "Values": [bound]}])) == count
    first = executions(aws, created, MaxResults=10)
    assert first == executions(aws, created)


def test_a_window_that_is_changed_runs_by_its_new_schedule(aws: Simulator) -> None:
    """Disabled or deleted it runs no more; with another schedule it runs at other times."""
    ssm, created, gone = aws.client("ssm"), window(aws, "Scan"), window(aws, "Scan")
    ssm.update_maintenance_window(WindowId=created, Schedule="cron(0 22 * * ? *)")
    ssm.delete_maintenance_window(WindowId=gone)
    pass_days(aws, 1)
    (execution,) = executions(aws, created)
    assert execution["StartTime"] == BEGINS + timedelta(hours=4)
    ssm.update_maintenance_window(WindowId=created, Enabled=False)
    pass_days(aws, 2)
    assert len(executions(aws, created)) == 1
    assert len(ssm.list_commands()["Commands"]) == 1


def test_a_failed_host_fails_the_execution(aws: Simulator) -> None:
    """A command that failed is a task that failed and an execution that failed, in AWS's words."""
    everything_baseline(aws)
    aws.fleet.hosts()[0].breaks_on = frozenset({"vim-minimal"})
    created = window(aws)
    pass_days(aws, 0.5)
    (execution,) = executions(aws, created)
    assert execution["Status"] == "FAILED"
    assert execution["StatusDetails"] == "One or more tasks in the orchestration failed."
    assert [task["Status"] for task in tasks(aws, execution)] == ["FAILED"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"TaskArn": "arn:aws:ssm:us-east-1:210987654321:document/AWS-RunPatchBaseline"}, "FAILED"),
        ({"TaskArn": "arn:aws:ssm:eu-west-1::document/AWS-RunPatchBaseline"}, "FAILED"),
        ({"TaskInvocationParameters": {}}, "FAILED"),
        ({"TaskInvocationParameters": {}, "TaskParameters": {"Operation": {"Values": ["Scan"]}}}, "SUCCESS"),
        ({"TaskArn": "AWS-RunShellScript", "TaskInvocationParameters": {}}, "SUCCESS"),
    ],
)
def test_what_a_task_names_decides(aws: Simulator, changes: dict[str, Any], status: str) -> None:
    """Another account's document and missing parameters fail; the deprecated parameters serve where alone."""
    created = window(aws, "Scan", changes)
    pass_days(aws, 0.5)
    assert executions(aws, created)[0]["Status"] == status


def test_deprecated_parameters_are_told_beside_the_others(aws: Simulator) -> None:
    """TaskParameters that contradict stand in the task; the invocation's parameters are those that run."""
    ssm = aws.client("ssm")
    created = window(aws, "Scan", {"TaskParameters": {"Operation": {"Values": ["Install"]}}})
    (row,) = ssm.describe_maintenance_window_tasks(WindowId=created)["Tasks"]
    task = ssm.get_maintenance_window_task(WindowId=created, WindowTaskId=row["WindowTaskId"])
    assert task["TaskParameters"] == {"Operation": {"Values": ["Install"]}}
    pass_days(aws, 0.5)
    assert {patch_state(aws, host)["Operation"] for host in stack_hosts(aws)} == {"Scan"}


def test_tasks_run_in_order_of_priority(aws: Simulator) -> None:
    """A task of priority 2 starts when the one of priority 1 has ended."""
    ssm, created = aws.client("ssm"), window(aws, "Scan", {"Priority": 2})
    first = ssm.describe_maintenance_window_tasks(WindowId=created)["Tasks"][0]
    ssm.register_task_with_maintenance_window(
        WindowId=created,
        TaskType="RUN_COMMAND",
        TaskArn="AWS-RunPatchBaselineWithHooks",
        Targets=first["Targets"],
        Priority=1,
        MaxConcurrency="100%",
        MaxErrors="0",
        TaskInvocationParameters={"RunCommand": {"Parameters": {"Operation": ["Scan"]}}},
    )
    pass_days(aws, 0.5)
    early, late = tasks(aws, executions(aws, created)[0])
    assert [early["TaskArn"], late["TaskArn"]] == ["AWS-RunPatchBaselineWithHooks", "AWS-RunPatchBaseline"]
    assert early["EndTime"] <= late["StartTime"]
    filters = [{"Key": "STATUS", "Values": ["FAILED"]}]
    ask = ssm.describe_maintenance_window_execution_tasks
    assert ask(WindowExecutionId=early["WindowExecutionId"], Filters=filters)["WindowExecutionTaskIdentities"] == []


@pytest.mark.parametrize(("behaviour", "status"), [("CANCEL_TASK", "TIMED_OUT"), ("CONTINUE_TASK", "IN_PROGRESS")])
def test_the_cutoff_stops_what_it_may(aws: Simulator, behaviour: str, status: str) -> None:
    """At the cutoff a task that is to be cancelled is, and any other goes on."""
    aws.fleet.hosts()[0].stalls = True
    created = window(aws, "Scan", {"CutoffBehavior": behaviour})
    pass_days(aws, 0)
    aws.clock.advance(timedelta(hours=3, minutes=5))
    assert executions(aws, created)[0]["Status"] == status
    statuses = {row["Status"] for row in aws.client("ssm").list_commands()["Commands"]}
    assert statuses == ({"Cancelled"} if behaviour == "CANCEL_TASK" else {"InProgress"})


def test_an_execution_that_overlaps_is_skipped(aws: Simulator) -> None:
    """While the execution before still runs, the next one is skipped, and says so."""
    aws.fleet.hosts()[0].stalls = True
    created = window(aws, "Scan", Schedule="rate(1 hour)")
    aws.clock.advance(timedelta(hours=2, minutes=30))
    assert [row["Status"] for row in executions(aws, created)] == ["SKIPPED_OVERLAPPING", "IN_PROGRESS"]
    aws.clock.advance(timedelta(hours=1))
    assert executions(aws, created)[-1]["Status"] == "TIMED_OUT"


def test_a_cancelled_execution_starts_nothing_more(aws: Simulator) -> None:
    """cancel_maintenance_window_execution: tasks that run go on to their end, and the rest is cancelled."""
    ssm = aws.client("ssm")
    created = window(aws, "Scan")
    first = ssm.describe_maintenance_window_tasks(WindowId=created)["Tasks"][0]
    ssm.register_task_with_maintenance_window(
        WindowId=created,
        TaskType="RUN_COMMAND",
        TaskArn="AWS-RunPatchBaseline",
        Targets=first["Targets"],
        Priority=5,
        MaxConcurrency="1",
        MaxErrors="0",
    )
    aws.clock.advance(timedelta(hours=2, seconds=10))
    execution = executions(aws, created)[0]
    ssm.cancel_maintenance_window_execution(WindowExecutionId=execution["WindowExecutionId"])
    assert executions(aws, created)[0]["Status"] == "CANCELLING"
    aws.clock.advance(timedelta(minutes=30))
    assert executions(aws, created)[0]["Status"] == "CANCELLED"
    assert [task["Status"] for task in tasks(aws, execution)] == ["SUCCESS", "CANCELLED"]


def test_a_target_may_be_a_resource_group(aws: Simulator) -> None:
    """A window's target can be the name of a resource group that selects by tag."""
    query = {"ResourceTypeFilters": ["AWS::EC2::Instance"], "TagFilters": [{"Key": "Name", "Values": ["pww-node"]}]}
    aws.client("resource-groups").create_group(
        Name="nodes", ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)}
    )
    ssm, created = aws.client("ssm"), create_window(aws, **NIGHTLY)
    target = ssm.register_target_with_maintenance_window(
        WindowId=created,
        ResourceType="RESOURCE_GROUP",
        Targets=[{"Key": "resource-groups:Name", "Values": ["nodes"]}],
    )["WindowTargetId"]
    ssm.register_task_with_maintenance_window(
        WindowId=created,
        TaskType="RUN_COMMAND",
        TaskArn="AWS-RunPatchBaseline",
        Targets=[{"Key": "WindowTargetIds", "Values": [target]}],
        MaxConcurrency="1",
        MaxErrors="0",
        TaskInvocationParameters={"RunCommand": {"Parameters": {"Operation": ["Scan"]}}},
    )
    pass_days(aws, 0.5)
    (command,) = ssm.list_commands()["Commands"]
    assert sorted(command["InstanceIds"]) == sorted(named(aws, "pww-node"))


def test_a_window_that_selects_nobody_sends_nothing(aws: Simulator) -> None:
    """Without a host there is no command; the execution has its task all the same."""
    created = window(aws, "Scan")
    target = aws.client("ssm").describe_maintenance_window_targets(WindowId=created)["Targets"][0]
    aws.client("ssm").update_maintenance_window_target(
        WindowId=created,
        WindowTargetId=target["WindowTargetId"],
        Targets=[{"Key": "tag:Name", "Values": ["nobody"]}],
    )
    pass_days(aws, 0.5)
    assert len(tasks(aws, executions(aws, created)[0])) == 1
    assert aws.client("ssm").list_commands()["Commands"] == []
