"""Associations that patch: on schedule, at once, on new hosts, and what their history tells."""

from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import BEGINS, STACK_TAG, code_of, everything_baseline, named, patch_state, stack_hosts

STACK = [{"Key": f"tag:{STACK_TAG}", "Values": ["pww"]}]


def associate(aws: Simulator, operation: str = "Install", **changes: Any) -> str:
    """Create an association that patches the stack, and return its id."""
    given: dict[str, Any] = {
        "Name": "AWS-RunPatchBaseline",
        "AssociationName": "patch-pww",
        "Targets": STACK,
        "Parameters": {"Operation": [operation]},
    } | changes
    return str(aws.client("ssm").create_association(**given)["AssociationDescription"]["AssociationId"])


def executions(aws: Simulator, association: str) -> list[dict[str, Any]]:
    """List an association's executions, newest first."""
    answer = aws.client("ssm").describe_association_executions(AssociationId=association)
    found: list[dict[str, Any]] = answer["AssociationExecutions"]
    return found


def targets(aws: Simulator, association: str, execution: dict[str, Any]) -> dict[str, str]:
    """Map the hosts of an execution to their statuses."""
    answer = aws.client("ssm").describe_association_execution_targets(
        AssociationId=association, ExecutionId=execution["ExecutionId"]
    )
    return {row["ResourceId"]: row["Status"] for row in answer["AssociationExecutionTargets"]}


def test_an_association_runs_when_it_is_created(aws: Simulator) -> None:
    """At once, on all hosts that its tags select; the command history knows nothing of it."""
    everything_baseline(aws)
    created = associate(aws)
    aws.clock.advance(timedelta(minutes=20))
    (execution,) = executions(aws, created)
    assert (execution["Status"], execution["ResourceCountByStatus"]) == ("Success", "{Success=3}")
    assert targets(aws, created, execution) == dict.fromkeys(stack_hosts(aws), "Success")
    assert {patch_state(aws, host)["Operation"] for host in stack_hosts(aws)} == {"Install"}
    assert aws.client("ssm").list_commands()["Commands"] == []


def test_an_association_runs_on_its_schedule(aws: Simulator) -> None:
    """With ApplyOnlyAtCronInterval only then; the offset counts days after the cron date."""
    created = associate(
        aws, "Scan", ScheduleExpression="cron(0 2 ? * TUE#2 *)", ScheduleOffset=2, ApplyOnlyAtCronInterval=True
    )
    aws.clock.advance(timedelta(days=10))
    assert executions(aws, created) == []
    aws.clock.advance(timedelta(days=14))
    (execution,) = executions(aws, created)
    assert execution["CreatedTime"] == BEGINS.replace(month=12, day=10, hour=2)
    ssm = aws.client("ssm")
    told = ssm.describe_association(AssociationId=created)["AssociationDescription"]
    assert (told["ScheduleOffset"], told["ApplyOnlyAtCronInterval"]) == (2, True)
    assert told["Parameters"] == {"Operation": ["Scan"]}
    assert told["LastSuccessfulExecutionDate"] == execution["CreatedTime"]
    by_name = [{"key": "AssociationName", "value": "patch-pww"}]
    (row,) = ssm.list_associations(AssociationFilterList=by_name)["Associations"]
    assert (row["AssociationId"], row["Targets"]) == (created, STACK)


def test_an_association_that_is_changed_is_another_version(aws: Simulator) -> None:
    """What an update does not give is cleared; it runs anew, and no more by the old schedule."""
    ssm, created = aws.client("ssm"), associate(aws, "Scan", ScheduleExpression="rate(1 day)", MaxErrors="0")
    aws.clock.advance(timedelta(hours=1))
    ssm.update_association(AssociationId=created, Parameters={"Operation": ["Install"]}, AssociationName="other")
    aws.clock.advance(timedelta(days=3))
    told = ssm.describe_association(AssociationId=created)["AssociationDescription"]
    assert (told["AssociationVersion"], told["AssociationName"]) == ("2", "other")
    assert "MaxErrors" not in told
    assert [row["AssociationVersion"] for row in executions(aws, created)] == ["2", "1"]
    ssm.start_associations_once(AssociationIds=[created])
    aws.clock.advance(timedelta(minutes=20))
    assert len(executions(aws, created)) == 3
    ssm.delete_association(AssociationId=created)
    assert code_of(ssm.describe_association, AssociationId=created) == "AssociationDoesNotExist"


def test_errors_end_an_execution(aws: Simulator) -> None:
    """One host at a time and no error allowed: the first one failed, and the others never started."""
    everything_baseline(aws)
    for host in aws.fleet.hosts():
        host.breaks_on = frozenset({"vim-minimal"})
    created = associate(aws, MaxConcurrency="1", MaxErrors="0")
    aws.clock.advance(timedelta(hours=1))
    (execution,) = executions(aws, created)
    assert execution["Status"] == "Failed"
    assert list(targets(aws, created, execution).values()) == ["Failed"]


def test_a_silent_host_stays_pending(aws: Simulator) -> None:
    """A host whose agent does not answer is Pending, and so is the execution."""
    silent = aws.fleet.host(named(aws, "pww-RedTeamHost")[0])
    assert silent is not None
    silent.online = False
    created = associate(aws, "Scan", MaxConcurrency="50%", MaxErrors="10%")
    aws.clock.advance(timedelta(hours=1))
    (execution,) = executions(aws, created)
    assert execution["Status"] == "Pending"
    assert sorted(targets(aws, created, execution).values()) == ["Pending", "Success", "Success"]


def test_a_new_host_is_taken_in(aws: Simulator) -> None:
    """A host that the group launches later is patched too, by an execution of its own."""
    everything_baseline(aws)
    created = associate(aws)
    aws.clock.advance(timedelta(minutes=30))
    gone = named(aws, "pww-node")[0]
    aws.client("autoscaling").terminate_instance_in_auto_scaling_group(
        InstanceId=gone, ShouldDecrementDesiredCapacity=False
    )
    aws.clock.advance(timedelta(minutes=30))
    latest = executions(aws, created)[0]
    (new,) = targets(aws, created, latest)
    assert new != gone
    assert patch_state(aws, new)["Operation"] == "Install"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Parameters": {}}, "InvalidParameters"),
        ({"Targets": []}, "InvalidTarget"),
        ({"ScheduleExpression": "every day"}, "InvalidSchedule"),
        ({"ScheduleExpression": "rate(1 day)", "ApplyOnlyAtCronInterval": True}, "InvalidSchedule"),
        ({"ScheduleExpression": "cron(0 2 ? * TUE#2 *)", "ScheduleOffset": 2}, "InvalidSchedule"),
    ],
)
def test_wrong_associations_are_refused(standing: Simulator, changes: dict[str, Any], code: str) -> None:
    """Parameters are the document's, targets are needed, and a schedule must make sense."""
    assert code_of(associate, aws=standing, **changes) == code


def test_other_documents_end_well(aws: Simulator) -> None:
    """A document that does not patch runs and changes nothing; one host may be named by its id."""
    node = named(aws, "pww-node")[0]
    created = associate(
        aws, Name="AWS-UpdateSSMAgent", Parameters={}, Targets=[{"Key": "InstanceIds", "Values": [node]}]
    )
    patches = associate(aws, Name="AWS-RunPatchBaselineAssociation")
    aws.clock.advance(timedelta(minutes=20))
    for association, hosts in ((created, [node]), (patches, stack_hosts(aws))):
        (execution,) = executions(aws, association)
        assert targets(aws, association, execution) == dict.fromkeys(hosts, "Success")
    states = aws.client("ssm").describe_instance_patch_states(InstanceIds=stack_hosts(aws))
    assert states["InstancePatchStates"] == []
