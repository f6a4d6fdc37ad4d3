from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import BEGINS, STACK_TAG, TUTORIAL_WINDOW, code_of, named, refusal, stack_hosts
from tests.simulator.asking import create_window as create


def get(aws: Simulator, window: str) -> dict[str, Any]:
    """Tell one window."""
    told: dict[str, Any] = aws.client("ssm").get_maintenance_window(WindowId=window)
    return told


def test_the_tutorials_window_stands_as_it_was_made(aws: Simulator) -> None:
    """What was given comes back as given, enabled, with the next execution in the window's zone."""
    told = get(aws, create(aws))
    assert {name: told[name] for name in TUTORIAL_WINDOW} == TUTORIAL_WINDOW
    assert told["Enabled"] is True
    # The start date is in UTC, the hours are in the zone: the first midnight there after the start.
    assert told["NextExecutionTime"] == "2099-12-01T00:00-08:00"
    assert BEGINS < told["CreatedDate"] == told["ModifiedDate"] < aws.now()


STRICTNESS: list[tuple[dict[str, Any], str]] = [
    ({"Name": "pw mw"}, "Name"),
    ({"Name": "x" * 129}, "Name"),
    ({"Schedule": "cron(0 0 * * *)"}, "cron"),
    ({"Schedule": "rate(1 minutes)"}, "rate"),
    ({"Schedule": "x" * 257}, "Schedule"),
    ({"Duration": 25}, "Duration"),
    ({"Duration": 1, "Cutoff": 1}, "Cuttoff was 1 but must be smaller than 0 (Duration - 1 )"),
    ({"Duration": 6, "Cutoff": 12}, "Cuttoff was 12 but must be smaller than 5 (Duration - 1 )"),
    ({"Cutoff": 24, "Duration": 24}, "Cutoff"),
    ({"StartDate": "12/01/2099"}, "StartDate"),
    ({"EndDate": "2099-11-30T00:00:00Z"}, "EndDate"),
    ({"ScheduleTimezone": "Pacific"}, "time zone"),
    ({"ScheduleOffset": 7}, "ScheduleOffset"),
    ({"ScheduleOffset": 2, "Schedule": "rate(1 day)"}, "ScheduleOffset"),
    ({"Description": "d" * 129}, "Description"),
]


@pytest.mark.parametrize(("changes", "word"), STRICTNESS)
def test_what_aws_refuses_is_refused(standing: Simulator, changes: dict[str, Any], word: str) -> None:
    """Each wrong value is a ValidationException that names it, and no window is made."""
    error = refusal(create, aws=standing, **changes)["Error"]
    assert error["Code"] == "ValidationException"
    assert word in error["Message"]
    assert standing.client("ssm").describe_maintenance_windows()["WindowIdentities"] == []


def test_names_are_not_unique(aws: Simulator) -> None:
    """Two windows of one name may stand side by side."""
    first, second = create(aws), create(aws)
    found = aws.client("ssm").describe_maintenance_windows(Filters=[{"Key": "Name", "Values": ["pww_mw"]}])
    assert [window["WindowId"] for window in found["WindowIdentities"]] == [first, second]


def test_a_client_token_makes_one_window(aws: Simulator) -> None:
    """The same token with the same parameters is the same window; with others it is refused."""
    assert create(aws, ClientToken="once") == create(aws, ClientToken="once")
    assert code_of(create, aws=aws, ClientToken="once", Duration=2) == "IdempotentParameterMismatch"


def test_the_quota_of_windows_holds(aws: Simulator) -> None:
    """The 51st window is refused; after a deletion there is room again."""
    windows = [create(aws) for _ in range(50)]
    assert code_of(create, aws=aws) == "ResourceLimitExceededException"
    aws.client("ssm").delete_maintenance_window(WindowId=windows[0])
    create(aws)


def test_windows_are_filtered(aws: Simulator) -> None:
    """Filters by name and by enabled filter, and others are refused."""
    ssm, window = aws.client("ssm"), create(aws)
    create(aws, Name="other")
    ssm.update_maintenance_window(WindowId=window, Enabled=False)

    def found(key: str, *values: str) -> list[str]:
        answer = ssm.describe_maintenance_windows(Filters=[{"Key": key, "Values": list(values)}])
        return [row["Name"] for row in answer["WindowIdentities"]]

    assert found("Name", "pww_mw", "absent") == ["pww_mw"]
    assert found("Name", "pww") == []
    assert found("Enabled", "true") == ["other"]
    assert found("Enabled", "false") == ["pww_mw"]
    assert (
        code_of(ssm.describe_maintenance_windows, Filters=[{"Key": "Colour", "Values": ["x"]}]) == "ValidationException"
    )


def test_windows_page(aws: Simulator) -> None:
    """Windows come in pages of the size asked for."""
    made = [create(aws) for _ in range(12)]
    pages = aws.client("ssm").get_paginator("describe_maintenance_windows").paginate(PaginationConfig={"PageSize": 10})
    sizes = [[row["WindowId"] for row in page["WindowIdentities"]] for page in pages]
    assert [len(page) for page in sizes] == [10, 2]
    assert [window for page in sizes for window in page] == made


def test_a_disabled_window_runs_never(aws: Simulator) -> None:
    """A disabled window has no next execution and no schedule."""
    window = create(aws)
    aws.client("ssm").update_maintenance_window(WindowId=window, Enabled=False)
    assert "NextExecutionTime" not in get(aws, window)
    found = aws.client("ssm").describe_maintenance_window_schedule(WindowId=window)
    assert found["ScheduledWindowExecutions"] == []


def test_nothing_runs_before_the_start_or_after_the_end(aws: Simulator) -> None:
    """The schedule begins at the start date, which may itself be a run, and stops at the end date."""
    window = create(
        aws,
        ScheduleTimezone=None,
        StartDate="2030-01-01T00:00:00Z",
        EndDate="2030-01-02T00:00:00Z",
    )
    found = aws.client("ssm").describe_maintenance_window_schedule(WindowId=window)
    times = [run["ExecutionTime"] for run in found["ScheduledWindowExecutions"]]
    assert times == ["2030-01-01T00:00Z", "2030-01-01T12:00Z", "2030-01-02T00:00Z"]


def test_without_a_start_the_next_run_is_soon(aws: Simulator) -> None:
    """A window without a start date runs at the next hour that its schedule names."""
    told = get(aws, create(aws, StartDate=None, ScheduleTimezone=None))
    assert told["NextExecutionTime"] == "2026-11-23T00:00Z"


def test_updates_change_what_is_given(aws: Simulator) -> None:
    """An update keeps the rest; it is checked like a creation; an empty date clears one."""
    ssm, window = aws.client("ssm"), create(aws)
    aws.clock.advance(timedelta(minutes=1))
    answer = ssm.update_maintenance_window(WindowId=window, Duration=3, Cutoff=1)
    assert (answer["Duration"], answer["Schedule"]) == (3, TUTORIAL_WINDOW["Schedule"])
    told = get(aws, window)
    assert (told["Duration"], told["Cutoff"], told["StartDate"]) == (3, 1, TUTORIAL_WINDOW["StartDate"])
    assert told["ModifiedDate"] > told["CreatedDate"]
    assert code_of(ssm.update_maintenance_window, WindowId=window, Cutoff=3) == "ValidationException"
    ssm.update_maintenance_window(WindowId=window, StartDate="")
    assert "StartDate" not in get(aws, window)


def test_replacing_clears_what_is_not_given(aws: Simulator) -> None:
    """With Replace the optional members go, and the required ones must be given."""
    ssm, window = aws.client("ssm"), create(aws)
    code = code_of(ssm.update_maintenance_window, WindowId=window, Duration=2, Replace=True)
    assert code == "ValidationException"
    given = {
        name: TUTORIAL_WINDOW[name] for name in ("Name", "Schedule", "Duration", "Cutoff", "AllowUnassociatedTargets")
    }
    ssm.update_maintenance_window(WindowId=window, Replace=True, **given)
    told = get(aws, window)
    assert not {"StartDate", "ScheduleTimezone"} & told.keys()


def test_a_deleted_window_is_gone(aws: Simulator) -> None:
    """Deletion answers with the id, also a second time; every other question is DoesNotExistException."""
    ssm, window = aws.client("ssm"), create(aws)
    for _ in range(2):
        assert ssm.delete_maintenance_window(WindowId=window)["WindowId"] == window
    for ask in (
        ssm.get_maintenance_window,
        ssm.update_maintenance_window,
        ssm.describe_maintenance_window_targets,
        ssm.describe_maintenance_window_tasks,
        ssm.describe_maintenance_window_schedule,
        ssm.describe_maintenance_window_executions,
    ):
        assert code_of(ask, WindowId=window) == "DoesNotExistException"


def test_there_is_no_history_before_the_start(aws: Simulator) -> None:
    """No execution has happened; filters by time are read all the same, and wrong ones refused."""
    ssm, window = aws.client("ssm"), create(aws)
    ask = ssm.describe_maintenance_window_executions
    after = [{"Key": "ExecutedAfter", "Values": [BEGINS.isoformat()]}]
    assert ask(WindowId=window, Filters=after)["WindowExecutions"] == []
    assert code_of(ask, WindowId=window, Filters=[{"Key": "Status", "Values": ["x"]}]) == "ValidationException"
    assert code_of(ask, WindowId=window, Filters=[{"Key": "ExecutedAfter", "Values": ["x"]}]) == "ValidationException"
    unknown = "00000000-0000-0000-0000-000000000000"
    execution = {"WindowExecutionId": unknown}
    task = execution | {"TaskId": unknown}
    for call, params in (
        (ssm.get_maintenance_window_execution, execution),
        (ssm.describe_maintenance_window_execution_tasks, execution),
        (ssm.cancel_maintenance_window_execution, execution),
        (ssm.get_maintenance_window_execution_task, task),
        (ssm.describe_maintenance_window_execution_task_invocations, task),
        (ssm.get_maintenance_window_execution_task_invocation, task | {"InvocationId": unknown}),
    ):
        assert code_of(call, **params) == "DoesNotExistException"


def test_windows_for_a_target(aws: Simulator) -> None:
    """A window is found by the target it was given, and by a node that its tags select."""
    ssm, window = aws.client("ssm"), create(aws)
    create(aws, Name="other")
    tags = [{"Key": f"tag:{STACK_TAG}", "Values": ["pww"]}]
    ssm.register_target_with_maintenance_window(WindowId=window, ResourceType="INSTANCE", Targets=tags)

    def found(targets: list[dict[str, Any]]) -> list[str]:
        answer = ssm.describe_maintenance_windows_for_target(Targets=targets, ResourceType="INSTANCE")
        return [row["WindowId"] for row in answer["WindowIdentities"]]

    assert found(tags) == [window]
    assert found([{"Key": "InstanceIds", "Values": stack_hosts(aws)[:1]}]) == [window]
    assert found([{"Key": "InstanceIds", "Values": named(aws, "billing-batch")}]) == []
    scheduled = ssm.describe_maintenance_window_schedule(Targets=tags, ResourceType="INSTANCE", MaxResults=2)
    assert {run["WindowId"] for run in scheduled["ScheduledWindowExecutions"]} == {window}
    assert scheduled["NextToken"]


def test_windows_and_baselines_have_tags(aws: Simulator) -> None:
    """Tags are given at creation, added, read and taken away."""
    ssm, window = aws.client("ssm"), create(aws, Tags=[{"Key": "made-by", "Value": "test"}])
    baseline = ssm.create_patch_baseline(Name="pww", Tags=[{"Key": "made-by", "Value": "test"}])["BaselineId"]
    for kind, resource in (("MaintenanceWindow", window), ("PatchBaseline", baseline)):
        ask = {"ResourceType": kind, "ResourceId": resource}
        ssm.add_tags_to_resource(**ask, Tags=[{"Key": "more", "Value": ""}])
        told = {tag["Key"]: tag["Value"] for tag in ssm.list_tags_for_resource(**ask)["TagList"]}
        assert told == {"made-by": "test", "more": ""}
        ssm.remove_tags_from_resource(**ask, TagKeys=["made-by", "absent"])
        assert [tag["Key"] for tag in ssm.list_tags_for_resource(**ask)["TagList"]] == ["more"]
        reserved = [{"Key": "aws:x", "Value": "y"}]
        assert code_of(ssm.add_tags_to_resource, **ask, Tags=reserved) == "ValidationException"
        many = [{"Key": str(number), "Value": ""} for number in range(51)]
        assert code_of(ssm.add_tags_to_resource, **ask, Tags=many) == "TooManyTagsError"
    absent = {"ResourceType": "MaintenanceWindow", "ResourceId": "mw-00000000000000000"}
    assert code_of(ssm.list_tags_for_resource, **absent) == "InvalidResourceId"


def test_tags_of_other_resources_are_motos(aws: Simulator) -> None:
    """A parameter's tags are kept by moto, through the same operations."""
    ssm = aws.client("ssm")
    ssm.put_parameter(Name="p", Value="v", Type="String")
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId="p", Tags=[{"Key": "a", "Value": "b"}])
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="p")["TagList"] == [
        {"Key": "a", "Value": "b"}
    ]
