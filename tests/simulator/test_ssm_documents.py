"""The documents that patch: their steps, their overrides, and which of them become the host's patch state."""

import json
from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import (
    code_of,
    everything_baseline,
    named,
    patch,
    patch_state,
    patches,
    put_object,
    stack_hosts,
)

HOOKS, BY_ASSOCIATION = "AWS-RunPatchBaselineWithHooks", "AWS-RunPatchBaselineAssociation"
ANY = {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]}
EVERYTHING = {"PatchRules": [{"PatchFilterGroup": ANY, "ApproveAfterDays": 0, "EnableNonSecurity": True}]}
NOTHING = {"PatchRules": [{"PatchFilterGroup": ANY, "ApproveUntilDate": "2020-01-01"}]}


def override(system: str = "AMAZON_LINUX_2023", **members: Any) -> str:
    """Write a file of baseline overrides for one operating system."""
    return json.dumps([{"OperatingSystem": system, "ApprovalRules": EVERYTHING} | members])


def told(aws: Simulator, command: dict[str, Any], host: str) -> dict[str, Any]:
    """Tell what a command did on one host."""
    answer: dict[str, Any] = aws.client("ssm").get_command_invocation(CommandId=command["CommandId"], InstanceId=host)
    return answer


def test_hooks_install_reboot_and_report(aws: Simulator) -> None:
    """With hooks a host is scanned, installed without a reboot, rebooted, and reported once more."""
    everything_baseline(aws)
    command = patch(aws, document=HOOKS, PreInstallHookDocName="drain", OnExitHookDocName="refill")
    assert (command["Status"], command["DocumentName"]) == ("Success", HOOKS)
    for host in stack_hosts(aws):
        state = patch_state(aws, host)
        assert (state["Operation"], state["RebootOption"]) == ("Install", "RebootIfNeeded")
        assert (state["InstalledPendingRebootCount"], state["FailedCount"]) == (0, 0)
        assert state["LastNoRebootInstallOperationTime"] <= state["OperationStartTime"]


def test_hooks_without_a_reboot_leave_it_pending(aws: Simulator) -> None:
    """With RebootOption NoReboot the last step never comes, and the patches await it."""
    everything_baseline(aws)
    patch(aws, document=HOOKS, RebootOption="NoReboot")
    state = patch_state(aws, stack_hosts(aws)[0])
    assert state["RebootOption"] == "NoReboot"
    assert state["InstalledPendingRebootCount"] > 0


def test_hooks_with_nothing_missing_end_with_the_scan(aws: Simulator) -> None:
    """Where nothing is missing the steps in between are skipped: the patch state is that of the scan."""
    everything_baseline(aws)
    patch(aws)
    assert patch(aws, document=HOOKS)["Status"] == "Success"
    assert {patch_state(aws, host)["Operation"] for host in stack_hosts(aws)} == {"Scan"}


@pytest.mark.parametrize(("hook", "operation"), [("PreInstallHookDocName", "Scan"), ("OnExitHookDocName", "Install")])
def test_a_hook_that_fails_fails_the_command(aws: Simulator, hook: str, operation: str) -> None:
    """A first hook that fails keeps everything from being installed, a last one does not."""
    everything_baseline(aws)
    broken = aws.fleet.host(named(aws, "pww-RedTeamHost")[0])
    assert broken is not None
    broken.breaks_hooks = frozenset({"drain"})
    command = patch(aws, document=HOOKS, **{hook: "drain"})
    assert told(aws, command, broken.instance_id)["Status"] == "Failed"
    assert "drain" in told(aws, command, broken.instance_id)["StandardErrorContent"]
    assert patch_state(aws, broken.instance_id)["Operation"] == operation
    assert {told(aws, command, host)["Status"] for host in named(aws, "pww-node")} == {"Success"}


def test_documents_have_parameters_of_their_own(standing: Simulator) -> None:
    """What one document takes another refuses; the third needs an association."""
    send = standing.client("ssm").send_command
    base: dict[str, Any] = {"InstanceIds": [stack_hosts(standing)[0]]}
    install, place = {"Operation": ["Install"]}, {"InstallOverrideList": ["s3://b/list.yaml"]}
    given: list[tuple[str, dict[str, list[str]]]] = [
        (HOOKS, install | place),
        (HOOKS, install | {"BaselineOverride": ["s3://b/o.json"]}),
        (BY_ASSOCIATION, install),
        ("AWS-RunPatchBaseline", install | {"PreInstallHookDocName": ["drain"]}),
    ]
    for document, parameters in given:
        assert code_of(send, DocumentName=document, Parameters=parameters, **base) == "InvalidParameters"


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("arn:aws:ssm:us-east-1::document/AWS-RunPatchBaseline", ""),
        ("arn:aws:ssm:eu-west-1::document/AWS-RunPatchBaseline", "InvalidDocument"),
        ("arn:aws:ssm:us-east-1:210987654321:document/AWS-RunPatchBaseline", "InvalidDocument"),
    ],
)
def test_a_document_of_another_account_is_another_document(aws: Simulator, arn: str, code: str) -> None:
    """AWS's documents belong to no account; of the same name elsewhere there may be anything."""
    send = aws.client("ssm").send_command
    given: dict[str, Any] = {"InstanceIds": [stack_hosts(aws)[0]], "Parameters": {"Operation": ["Scan"]}}
    if code:
        assert code_of(send, DocumentName=arn, **given) == code
    else:
        assert send(DocumentName=arn, **given)["Command"]["DocumentName"] == "AWS-RunPatchBaseline"


def test_an_association_document_overwrites_no_patch_state(aws: Simulator) -> None:
    """AWS-RunPatchBaselineAssociation installs by the tagged baseline, and the patch state stays older."""
    everything_baseline(aws, ApprovalRules=NOTHING)
    everything_baseline(aws, Name="tagged", Tags=[{"Key": "use", "Value": "this"}])
    aws.client("ssm").register_default_patch_baseline(BaselineId="pb-05c9c9bf778d4c4d0")
    patch(aws, "Scan")
    host, before = aws.fleet.hosts()[0], patch_state(aws, stack_hosts(aws)[0])
    packages = list(host.packages)
    tags = "Key=use,Value=this"
    command = patch(aws, document=BY_ASSOCIATION, AssociationId="b" * 36, BaselineTags=tags)
    assert command["Status"] == "Success"
    assert patch_state(aws, stack_hosts(aws)[0]) == before
    assert host.packages != packages


def test_a_hand_made_override_decides_and_is_not_reported(aws: Simulator) -> None:
    """What the override approves is installed, and Patch Manager keeps the older patch state."""
    everything_baseline(aws, ApprovalRules=NOTHING)
    patch(aws, "Scan")
    host = stack_hosts(aws)[0]
    before = patch_state(aws, host)
    place = put_object(aws, "central", "override.json", override())
    command = patch(aws, BaselineOverride=place)
    assert command["Status"] == "Success"
    assert patch_state(aws, host) == before
    assert place in told(aws, command, host)["StandardOutputContent"]


def test_a_patch_policys_override_is_reported(aws: Simulator) -> None:
    """Quick Setup's override decides too; the patch state is new, and names the baseline that did not decide."""
    baseline = everything_baseline(aws, ApprovalRules=NOTHING)
    place = put_object(aws, "aws-quicksetup-patchpolicy-123456789012-ab12c", "baseline_overrides.json", override())
    patch(aws, BaselineOverride=place)
    state = patch_state(aws, stack_hosts(aws)[0])
    assert (state["Operation"], state["BaselineId"]) == ("Install", baseline)
    patch(aws, "Scan", BaselineOverride=place)
    assert patch_state(aws, stack_hosts(aws)[0])["MissingCount"] == 0


@pytest.mark.parametrize(
    "body",
    [None, "{}", "not JSON", "[]", override("UBUNTU"), json.dumps([{"OperatingSystem": "AMAZON_LINUX_2023"}] * 2)],
)
def test_an_override_that_is_not_one_fails_the_run(aws: Simulator, body: str | None) -> None:
    """A file that is not there, or holds no or two baselines for the system, fails before anything is installed."""
    place = "s3://central/override.json" if body is None else put_object(aws, "central", "override.json", body)
    host = aws.fleet.hosts()[0]
    packages = list(host.packages)
    command = patch(aws, BaselineOverride=place)
    assert (command["Status"], host.packages) == ("Failed", packages)
    assert told(aws, command, host.instance_id)["StandardErrorContent"]


def test_a_host_that_may_not_read_the_bucket_fails(aws: Simulator) -> None:
    """Without s3:GetObject on the patch policy's bucket the run fails with 403."""
    place = put_object(aws, "aws-quicksetup-patchpolicy-123456789012-ab12c", "baseline_overrides.json", override())
    aws.buckets.refused.add("aws-quicksetup-patchpolicy-123456789012-ab12c")
    command = patch(aws, BaselineOverride=place)
    assert "403" in told(aws, command, stack_hosts(aws)[0])["StandardErrorContent"]


def test_an_override_list_installs_only_what_it_names(aws: Simulator) -> None:
    """Approved or not, what the list names is installed, and the patch state tells the list."""
    everything_baseline(aws, ApprovalRules=NOTHING)
    place = put_object(aws, "emergency", "list.yaml", "patches:\n- id: 'openssl*.x86_64'\n")
    host = aws.fleet.hosts()[0]
    before = {package.name: package.evr for package in host.installed()}
    patch(aws, InstallOverrideList=place)
    changed = {package.name for package in host.installed() if before[package.name] != package.evr}
    assert changed
    assert all(name.startswith("openssl") for name in changed)
    assert patch_state(aws, host.instance_id)["InstallOverrideList"] == place
    assert patches(aws, host.instance_id, "Missing") == []


def test_an_override_list_can_name_versions(aws: Simulator) -> None:
    """A title limits an entry to a version; what is no list fails the run."""
    everything_baseline(aws)
    host = aws.fleet.hosts()[0]
    packages = list(host.packages)
    place = put_object(aws, "emergency", "list.yaml", "patches:\n- id: 'openssl*'\n  title: '0.0.*'\n")
    assert patch(aws, InstallOverrideList=place)["Status"] == "Success"
    assert host.packages == packages
    broken = put_object(aws, "emergency", "list.yaml", "openssl")
    assert patch(aws, InstallOverrideList=broken)["Status"] == "Failed"


def test_a_host_that_stalls_times_out(aws: Simulator) -> None:
    """A run that does not end stays in progress until the step's time is over; no patch state comes of it."""
    everything_baseline(aws)
    stalled = aws.fleet.host(named(aws, "pww-RedTeamHost")[0])
    assert stalled is not None
    stalled.stalls = True
    sent = aws.client("ssm").send_command(
        DocumentName="AWS-RunPatchBaseline",
        InstanceIds=[stalled.instance_id],
        Parameters={"Operation": ["Install"], "StepTimeoutSeconds": ["3600"]},
    )["Command"]
    aws.clock.advance(timedelta(minutes=59))
    assert told(aws, sent, stalled.instance_id)["Status"] == "InProgress"
    aws.clock.advance(timedelta(minutes=2))
    ended = told(aws, sent, stalled.instance_id)
    assert (ended["Status"], ended["StatusDetails"]) == ("TimedOut", "ExecutionTimedOut")
    states = aws.client("ssm").describe_instance_patch_states(InstanceIds=[stalled.instance_id])
    assert states["InstancePatchStates"] == []


def test_a_cancelled_command_goes_no_further(aws: Simulator) -> None:
    """cancel_command ends what runs and keeps what waits from starting; nothing is installed after it."""
    everything_baseline(aws)
    ssm, hosts = aws.client("ssm"), aws.fleet.hosts()
    packages = [list(host.packages) for host in hosts]
    sent = ssm.send_command(
        DocumentName="AWS-RunPatchBaseline",
        Targets=[{"Key": "tag:aws:cloudformation:stack-name", "Values": ["pww"]}],
        Parameters={"Operation": ["Install"]},
        MaxConcurrency="1",
    )["Command"]
    aws.clock.advance(timedelta(seconds=20))
    ssm.cancel_command(CommandId=sent["CommandId"])
    aws.clock.advance(timedelta(hours=1))
    rows = ssm.list_command_invocations(CommandId=sent["CommandId"])["CommandInvocations"]
    assert {row["Status"] for row in rows} == {"Cancelled"}
    assert ssm.list_commands(CommandId=sent["CommandId"])["Commands"][0]["Status"] == "Cancelled"
    assert [list(host.packages) for host in hosts] == packages
    assert code_of(ssm.cancel_command, CommandId="c" * 36) == "InvalidCommandId"


def test_a_host_dates_what_it_tells_with_its_own_clock(aws: Simulator) -> None:
    """A clock that is 12 hours ahead shows in the patch state and the inventory, not in what AWS dates itself."""
    everything_baseline(aws)
    ahead = aws.fleet.hosts()[0]
    ahead.clock_ahead = timedelta(hours=12)
    command = patch(aws)
    assert patch_state(aws, ahead.instance_id)["OperationEndTime"] > aws.now() + timedelta(hours=11)
    assert command["RequestedDateTime"] < aws.now()
