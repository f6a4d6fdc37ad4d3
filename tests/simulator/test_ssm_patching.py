from datetime import UTC, datetime
from typing import Any

import pytest

from postpatch.simulator import Simulator
from postpatch.simulator.hosts.rpm import Evr
from tests.simulator.asking import (
    code_of,
    everything_baseline,
    findings,
    named,
    patch,
    patch_state,
    patches,
    rescan,
    stack_hosts,
)


def rules(**filters: list[str]) -> dict[str, Any]:
    """Make approval rules of one rule with filters, without delay."""
    chosen = [{"Key": key, "Values": values} for key, values in filters.items()]
    return {"PatchRules": [{"PatchFilterGroup": {"PatchFilters": chosen}, "ApproveAfterDays": 0}]}


def test_a_scan_lists_what_is_missing(aws: Simulator) -> None:
    """A Scan gives Missing rows with CVEs and no installation time, and changes nothing."""
    everything_baseline(aws)
    host = aws.fleet.hosts()[0]
    before = list(host.packages)
    patch(aws, "Scan")
    missing = patches(aws, host.instance_id, "Missing")
    assert len(missing) == patch_state(aws, host.instance_id)["MissingCount"] > 0
    for row in missing:
        assert row["InstalledTime"] == datetime(1970, 1, 1, tzinfo=UTC)
        assert row["CVEIds"].startswith("CVE-")
        name, arch = row["KBId"].rsplit(".", 1)
        assert row["Title"].startswith(f"{name}.{arch}:")
        installed = host.newest(name)
        assert installed is not None
        assert installed.evr < Evr.parse(row["Title"].split(":", 1)[1])
    assert host.packages == before


def test_an_install_moves_versions_and_lists_nothing_as_missing(aws: Simulator) -> None:
    """An Install puts in what was missing; its rows are Installed and carry no CVEs; a later Scan misses nothing."""
    everything_baseline(aws)
    host = stack_hosts(aws)[0]
    patch(aws, "Scan")
    missing = {row["Title"] for row in patches(aws, host, "Missing")}
    command = patch(aws, "Install")
    assert command["Status"] == "Success"
    rows = patches(aws, host)
    assert not [row for row in rows if row["State"] == "Missing"]
    assert missing <= {row["Title"] for row in rows if row["State"] == "Installed"}
    assert not [row for row in rows if row.get("CVEIds")]
    state = patch_state(aws, host)
    assert state["InstalledCount"] + state["InstalledOtherCount"] == len(rows)
    patch(aws, "Scan")
    assert patch_state(aws, host)["MissingCount"] == 0
    assert patch_state(aws, host)["Operation"] == "Scan"


def test_without_a_reboot_patches_await_one(aws: Simulator) -> None:
    """NoReboot leaves the new packages InstalledPendingReboot, until a reboot comes."""
    everything_baseline(aws)
    host = stack_hosts(aws)[0]
    patch(aws, RebootOption="NoReboot")
    state = patch_state(aws, host)
    assert state["InstalledPendingRebootCount"] > 0
    assert state["RebootOption"] == "NoReboot"
    assert state["LastNoRebootInstallOperationTime"] == state["OperationEndTime"]
    patch(aws, RebootOption="RebootIfNeeded")
    after = patch_state(aws, host)
    assert after["InstalledPendingRebootCount"] == 0
    assert after["LastNoRebootInstallOperationTime"] == state["LastNoRebootInstallOperationTime"]


def test_the_kernel_runs_only_after_a_reboot(aws: Simulator) -> None:
    """A new kernel is installed beside the old one, and runs once the host has rebooted."""
    everything_baseline(aws)
    host = aws.fleet.host(stack_hosts(aws)[0])
    assert host is not None
    old = host.running_kernel
    patch(aws, RebootOption="NoReboot")
    assert host.running_kernel == old
    assert len([package for package in host.packages if package.name == "kernel"]) == 2
    patch(aws)
    assert host.running_kernel != old


def test_the_default_baseline_leaves_the_medium_ones(aws: Simulator) -> None:
    """AWS's own baseline approves Critical and Important only; what is Medium stays, with a fix."""
    patch(aws)
    rescan(aws)
    host = stack_hosts(aws)[0]
    left = [f for f in findings(aws) if f["resources"][0]["id"] == host and f.get("fixAvailable") == "YES"]
    assert left
    vendor = {f["packageVulnerabilityDetails"]["vendorSeverity"] for f in left}
    assert not vendor & {"Important", "Critical"}


def test_a_filter_of_severity_is_kept(aws: Simulator) -> None:
    """A rule for Low advisories installs those, and nothing that only others fix."""
    everything_baseline(aws, ApprovalRules=rules(PRODUCT=["AmazonLinux2023"], SEVERITY=["Low"]))
    patch(aws, "Scan")
    rows = patches(aws, stack_hosts(aws)[0], "Missing")
    assert {row["Severity"] for row in rows} == {"Low"}


def test_another_product_approves_nothing(aws: Simulator) -> None:
    """A rule for another product leaves all as it is."""
    everything_baseline(aws, ApprovalRules=rules(PRODUCT=["AmazonLinux2"]))
    patch(aws, "Scan")
    assert patch_state(aws, stack_hosts(aws)[0])["MissingCount"] == 0


def test_approval_waits_its_days(aws: Simulator) -> None:
    """A patch is approved when its days are over, and not before."""
    everything_baseline(aws)
    patch(aws, "Scan")
    host = stack_hosts(aws)[0]
    all_of_them = patch_state(aws, host)["MissingCount"]
    for until, count in (("2020-01-01", 0), ("2026-11-01", all_of_them)):
        rule = {"PatchFilterGroup": {"PatchFilters": []}, "ApproveUntilDate": until}
        everything_baseline(aws, ApprovalRules={"PatchRules": [rule]})
        patch(aws, "Scan")
        assert patch_state(aws, host)["MissingCount"] == count
    late = {"PatchFilterGroup": {"PatchFilters": []}, "ApproveAfterDays": 360}
    everything_baseline(aws, ApprovalRules={"PatchRules": [late]})
    patch(aws, "Scan")
    assert patch_state(aws, host)["MissingCount"] <= all_of_them


def test_rejected_packages_stay_as_they_are(aws: Simulator) -> None:
    """A rejected package is not patched, and is named InstalledRejected."""
    everything_baseline(aws, RejectedPatches=["openssl*"])
    host = aws.fleet.host(stack_hosts(aws)[0])
    assert host is not None
    before = host.newest("openssl-libs")
    patch(aws)
    assert host.newest("openssl-libs") == before
    rejected = {row["KBId"] for row in patches(aws, host.instance_id, "InstalledRejected")}
    assert "openssl-libs.x86_64" in rejected


def test_approved_patches_need_no_rule(aws: Simulator) -> None:
    """A package on the list of approved patches is patched although no rule takes it."""
    everything_baseline(aws, ApprovalRules={"PatchRules": []}, ApprovedPatches=["openssl-libs*"])
    patch(aws, "Scan")
    assert {row["KBId"] for row in patches(aws, stack_hosts(aws)[0], "Missing")} == {"openssl-libs.x86_64"}


def test_a_failed_package_is_told(aws: Simulator) -> None:
    """Where a package cannot be installed it is Failed with its CVEs, and the command fails on that host."""
    everything_baseline(aws)
    host = aws.fleet.host(named(aws, "pww-RedTeamHost")[0])
    assert host is not None
    host.breaks_on = frozenset({"openssl-libs"})
    command = patch(aws)
    assert (command["Status"], command["ErrorCount"]) == ("Failed", 1)
    failed = patches(aws, host.instance_id, "Failed")
    assert [row["KBId"] for row in failed] == ["openssl-libs.x86_64"]
    assert failed[0]["CVEIds"]
    assert patch_state(aws, host.instance_id)["FailedCount"] == 1
    invocation = aws.client("ssm").get_command_invocation(CommandId=command["CommandId"], InstanceId=host.instance_id)
    assert (invocation["Status"], invocation["ResponseCode"]) == ("Failed", 1)


def test_a_patch_group_chooses_the_baseline(aws: Simulator) -> None:
    """A host with the tag of a patch group is patched by the group's baseline, and its state names both."""
    host = named(aws, "pww-RedTeamHost")[0]
    aws.client("ec2").create_tags(Resources=[host], Tags=[{"Key": "Patch Group", "Value": "red"}])
    baseline = everything_baseline(aws)
    default = aws.client("ssm").describe_patch_baselines(Filters=[{"Key": "OWNER", "Values": ["AWS"]}])
    theirs = next(b["BaselineId"] for b in default["BaselineIdentities"] if b["OperatingSystem"] == "AMAZON_LINUX_2023")
    aws.client("ssm").register_default_patch_baseline(BaselineId=theirs)
    aws.client("ssm").register_patch_baseline_for_patch_group(BaselineId=baseline, PatchGroup="red")
    patch(aws, "Scan")
    state = patch_state(aws, host)
    assert (state["BaselineId"], state["PatchGroup"]) == (baseline, "red")
    assert patch_state(aws, named(aws, "pww-node")[0])["BaselineId"] == theirs
    grouped = aws.client("ssm").describe_instance_patch_states_for_patch_group(PatchGroup="red")
    assert [s["InstanceId"] for s in grouped["InstancePatchStates"]] == [host]


@pytest.mark.parametrize(("key", "values"), [("Classification", ["Security"]), ("Severity", ["Important"])])
def test_patches_are_filtered(aws: Simulator, key: str, values: list[str]) -> None:
    """DescribeInstancePatches filters by what its rows say."""
    aws.remediate()
    host = stack_hosts(aws)[0]
    chosen = aws.client("ssm").describe_instance_patches(
        InstanceId=host, Filters=[{"Key": key, "Values": values}], MaxResults=100
    )["Patches"]
    assert chosen
    assert {row[key] for row in chosen} == set(values)


def test_what_cannot_be_asked_is_refused(aws: Simulator) -> None:
    """Unknown nodes and filters are refused; a node without any operation has no rows."""
    ask = aws.client("ssm").describe_instance_patches
    host = stack_hosts(aws)[0]
    assert code_of(ask, InstanceId="i-00000000000000000") == "InvalidInstanceId"
    assert code_of(ask, InstanceId=host, Filters=[{"Key": "Colour", "Values": ["x"]}]) == "InvalidFilter"
    assert ask(InstanceId=host)["Patches"] == []


def test_whoever_reboots_a_host_ends_the_wait(aws: Simulator) -> None:
    """A reboot through EC2, or a stop and a start, brings the new kernel up like any other reboot."""
    everything_baseline(aws)
    patch(aws, RebootOption="NoReboot")
    rebooted, restarted = stack_hosts(aws)[0], named(aws, "pww-RedTeamHost")[0]
    ec2 = aws.client("ec2")
    ec2.reboot_instances(InstanceIds=[rebooted])
    ec2.stop_instances(InstanceIds=[restarted])
    ec2.start_instances(InstanceIds=[restarted])
    patch(aws, "Scan")
    for instance in (rebooted, restarted):
        assert patch_state(aws, instance)["InstalledPendingRebootCount"] == 0
        host = aws.fleet.host(instance)
        assert host is not None
        assert host.running_kernel == max(package.evr for package in host.packages if package.name == "kernel")
    assert patch_state(aws, named(aws, "pww-node")[1])["InstalledPendingRebootCount"] > 0


def test_what_is_not_simulated_is_refused(aws: Simulator) -> None:
    """Filters by what is no count and systems without a baseline are refused, not answered with nothing."""
    ssm = aws.client("ssm")
    by_day = [{"Key": "Weekday", "Values": ["5"], "Type": "GreaterThan"}]
    ask = ssm.describe_instance_patch_states_for_patch_group
    assert code_of(ask, PatchGroup="red", Filters=by_day) == "InvalidFilter"
    assert code_of(ssm.get_default_patch_baseline, OperatingSystem="RASPBIAN") == "DoesNotExistException"
    assert code_of(ssm.describe_patch_baselines, Filters=[{"Key": "X", "Values": ["y"]}]) == "InvalidFilter"
    gone = {"BaselineId": everything_baseline(aws), "PatchGroup": "none"}
    assert code_of(ssm.deregister_patch_baseline_for_patch_group, **gone) == "DoesNotExistException"


def test_the_nodes_of_a_group_are_filtered_by_count(aws: Simulator) -> None:
    """Each operator compares a count of the node's patch state with the value."""
    host = stack_hosts(aws)[0]
    aws.client("ec2").create_tags(Resources=[host], Tags=[{"Key": "Patch Group", "Value": "red"}])
    patch(aws, "Scan")
    ask = aws.client("ssm").describe_instance_patch_states_for_patch_group

    def found(operator: str, value: int, group: str = "red") -> list[str]:
        filters = [{"Key": "FailedCount", "Values": [str(value)], "Type": operator}]
        return [row["InstanceId"] for row in ask(PatchGroup=group, Filters=filters)["InstancePatchStates"]]

    # Nothing has failed on the node.
    assert found("Equal", 0) == found("NotEqual", 1) == found("LessThan", 1) == [host]
    assert found("Equal", 1) == found("LessThan", 0) == found("GreaterThan", 0) == []
    assert found("Equal", 0, group="nobody") == []
