from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import STACK_TAG, code_of, named, patch, refusal, stack_hosts


def send(aws: Simulator, **changes: Any) -> dict[str, Any]:
    """Send a Scan to the stack."""
    given: dict[str, Any] = {
        "DocumentName": "AWS-RunPatchBaseline",
        "Targets": [{"Key": f"tag:{STACK_TAG}", "Values": ["pww"]}],
        "Parameters": {"Operation": ["Scan"]},
    } | changes
    command: dict[str, Any] = aws.client("ssm").send_command(**given)["Command"]
    return command


def statuses(aws: Simulator, command: dict[str, Any]) -> set[str]:
    """Tell the statuses of a command's invocations."""
    found = aws.client("ssm").list_command_invocations(CommandId=command["CommandId"])["CommandInvocations"]
    return {invocation["Status"] for invocation in found}


def test_a_command_goes_through_its_states(aws: Simulator) -> None:
    """Pending, then in progress, then success, as the clock moves."""
    command = send(aws)
    assert (command["Status"], command["TargetCount"]) == ("Pending", 3)
    seen = [statuses(aws, command) for _ in range(6)]
    assert seen[0] == {"InProgress"}
    assert seen[-1] == {"Success"}


def test_invocations_tell_their_steps(aws: Simulator) -> None:
    """With Details each invocation shows the step that ran, its times and its output."""
    command = patch(aws, "Scan")
    found = aws.client("ssm").list_command_invocations(CommandId=command["CommandId"], Details=True)
    for invocation in found["CommandInvocations"]:
        step = invocation["CommandPlugins"][0]
        assert (step["Name"], step["Status"], step["ResponseCode"]) == ("PatchLinux", "Success", 0)
        assert step["ResponseStartDateTime"] < step["ResponseFinishDateTime"]
    one = aws.client("ssm").get_command_invocation(CommandId=command["CommandId"], InstanceId=stack_hosts(aws)[0])
    assert one["StatusDetails"] == "Success"
    assert one["StandardOutputContent"].startswith("Scan finished")


def test_what_cannot_be_delivered_fails_a_command_only_where_nothing_else_was(aws: Simulator) -> None:
    """With one invocation that succeeds the command does, though MaxErrors is 0; with none it failed."""
    hosts = [host for host in aws.fleet.hosts() if host.instance_id in stack_hosts(aws)]
    for unreachable, status in ((hosts[:2], "Success"), (hosts, "Failed")):
        for host in unreachable:
            host.undeliverable = True
        command = patch(aws, "Scan")
        told = aws.client("ssm").list_commands(CommandId=command["CommandId"])["Commands"][0]
        found = aws.client("ssm").list_command_invocations(CommandId=command["CommandId"])["CommandInvocations"]
        assert told["Status"] == status
        assert [row["StatusDetails"] for row in found].count("Undeliverable") == len(unreachable)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"Operation": ["Upgrade"]},
        {"Operation": ["Scan", "Install"]},
        {"Operation": ["Install"], "RebootOption": ["Never"]},
        {"Operation": ["Install"], "Force": ["true"]},
        {"Operation": ["Install"], "InstallOverrideList": ["s3://one/list.yaml", "s3://two/list.yaml"]},
    ],
)
def test_wrong_parameters_are_refused(standing: Simulator, parameters: dict[str, list[str]]) -> None:
    """Operation is required and has two values; what the document does not have is refused."""
    assert code_of(send, aws=standing, Parameters=parameters) == "InvalidParameters"


def test_other_documents_are_refused(standing: Simulator) -> None:
    """A document that is not carried out is refused, instead of a success that did nothing."""
    wrong = {"DocumentName": "AWS-RunShellScript", "Parameters": {"commands": ["true"]}}
    assert code_of(send, aws=standing, **wrong) == "InvalidDocument"


def test_targets_are_ids_or_tags(aws: Simulator) -> None:
    """One of ids and targets must be given; ids must be reachable and named once."""
    node = named(aws, "pww-node")[0]
    command = aws.client("ssm").send_command(
        DocumentName="AWS-RunPatchBaseline", InstanceIds=[node], Parameters={"Operation": ["Scan"]}
    )["Command"]
    assert command["TargetCount"] == 1
    assert code_of(send, aws=aws, InstanceIds=[node]) == "ValidationException"
    assert code_of(send, aws=aws, Targets=[]) == "ValidationException"
    assert code_of(send, aws=aws, Targets=[], InstanceIds=[node, node]) == "DuplicateInstanceId"
    error = refusal(send, aws=aws, Targets=[], InstanceIds=["i-00000000000000000"])["Error"]
    assert error["Code"] == "InvalidInstanceId"
    assert error["Message"] == f"Instances [[i-00000000000000000]] not in a valid state for account {aws.account}"


def test_tags_must_all_hold(aws: Simulator) -> None:
    """Several targets narrow the choice; a tag that nobody has chooses nobody."""
    both = [{"Key": f"tag:{STACK_TAG}", "Values": ["pww"]}, {"Key": "tag:Name", "Values": ["pww-node"]}]
    assert send(aws, Targets=both)["TargetCount"] == 2
    nobody = send(aws, Targets=[{"Key": "tag:Name", "Values": ["nobody"]}])
    assert (nobody["TargetCount"], nobody["StatusDetails"]) == (0, "NoInstancesInTag")


def test_a_silent_host_times_out(aws: Simulator) -> None:
    """A host that is not reached stays Pending until the delivery time is over, then it is TimedOut."""
    silent = aws.fleet.host(named(aws, "pww-RedTeamHost")[0])
    assert silent is not None
    silent.online = False
    command = send(aws, TimeoutSeconds=600)
    aws.clock.advance(timedelta(minutes=9))
    assert statuses(aws, command) == {"Pending", "Success"}
    aws.clock.advance(timedelta(minutes=2))
    told = aws.client("ssm").list_commands(CommandId=command["CommandId"])["Commands"][0]
    assert (told["Status"], told["DeliveryTimedOutCount"]) == ("TimedOut", 1)


def test_one_at_a_time_means_one_at_a_time(aws: Simulator) -> None:
    """MaxConcurrency 1 patches the hosts one after the other."""
    command = send(aws, MaxConcurrency="1")
    aws.clock.advance(timedelta(seconds=30))
    assert statuses(aws, command) == {"Success", "InProgress", "Pending"}


def test_too_many_errors_stop_the_command(aws: Simulator) -> None:
    """With MaxErrors 0 the first failure ends it: the hosts that wait are cancelled."""
    for host in aws.fleet.hosts():
        host.breaks_on = frozenset(package.name for package in host.packages)
    command = send(aws, Parameters={"Operation": ["Install"]}, MaxConcurrency="1", MaxErrors="0")
    aws.clock.advance(timedelta(hours=1))
    assert statuses(aws, command) == {"Failed", "Cancelled"}


def test_commands_are_filtered(aws: Simulator) -> None:
    """Commands are found by status, document, time and node."""
    command = patch(aws, "Scan")
    ssm = aws.client("ssm")

    def found(**given: Any) -> list[str]:
        return [c["CommandId"] for c in ssm.list_commands(**given)["Commands"]]

    mine = [command["CommandId"]]
    after = (command["RequestedDateTime"] + timedelta(minutes=1)).isoformat()
    assert found(Filters=[{"key": "Status", "value": "Success"}]) == mine
    assert found(Filters=[{"key": "Status", "value": "Failed"}]) == []
    assert found(Filters=[{"key": "DocumentName", "value": "AWS-RunPatchBaseline"}]) == mine
    assert found(Filters=[{"key": "InvokedAfter", "value": after}]) == []
    assert found(Filters=[{"key": "InvokedBefore", "value": after}]) == mine
    assert found(InstanceId=stack_hosts(aws)[0]) == mine
    assert found(InstanceId=named(aws, "billing-batch")[0]) == []


def test_unknown_commands_are_refused(aws: Simulator) -> None:
    """A command that was never sent, a host it was not sent to, a step it does not have: each has its error."""
    ssm, absent = aws.client("ssm"), "00000000-0000-0000-0000-000000000000"
    assert code_of(ssm.list_commands, CommandId=absent) == "InvalidCommandId"
    assert code_of(ssm.list_command_invocations, CommandId=absent) == "InvalidCommandId"
    host = stack_hosts(aws)[0]
    assert code_of(ssm.get_command_invocation, CommandId=absent, InstanceId=host) == "InvocationDoesNotExist"
    command = patch(aws, "Scan")["CommandId"]
    stranger = named(aws, "billing-batch")[0]
    assert code_of(ssm.get_command_invocation, CommandId=command, InstanceId=stranger) == "InvocationDoesNotExist"
    wrong = {"CommandId": command, "InstanceId": host, "PluginName": "PatchAmiga"}
    assert code_of(ssm.get_command_invocation, **wrong) == "InvalidPluginName"


def test_botocores_own_waiter_works(aws: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one waiter that botocore has for ssm ends when the command does."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    command, host = send(aws)["CommandId"], stack_hosts(aws)[0]
    aws.client("ssm").get_waiter("command_executed").wait(CommandId=command, InstanceId=host)
