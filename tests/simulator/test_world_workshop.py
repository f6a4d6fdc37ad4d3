from collections import Counter

from postpatch.simulator import Simulator
from tests.simulator.asking import (
    BEGINS,
    INVENTORY,
    findings,
    named,
    of_stack,
    package_rows,
    patch_state,
    rescan,
    stack_hosts,
)


def test_three_hosts_carry_the_stacks_tag(standing: Simulator) -> None:
    """The group's two nodes and the standalone host are the stack's, in EC2 and in Inspector alike."""
    hosts = stack_hosts(standing)
    assert len(hosts) == 3
    rows = standing.client("inspector2").list_coverage(filterCriteria={"ec2InstanceTags": of_stack()})[
        "coveredResources"
    ]
    assert Counter(row["resourceId"] for row in rows) == dict.fromkeys(hosts, 2)
    assert sorted(named(standing, "pww-node") + named(standing, "pww-RedTeamHost")) == sorted(hosts)


def test_the_stack_is_really_deployed(standing: Simulator) -> None:
    """CloudFormation knows the stack, its group and its host, and the group knows its members."""
    cloudformation = standing.client("cloudformation")
    assert cloudformation.describe_stacks(StackName="pww")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    owned = {
        r["ResourceType"]: r["PhysicalResourceId"]
        for r in cloudformation.list_stack_resources(StackName="pww")["StackResourceSummaries"]
    }
    group = standing.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[owned["AWS::AutoScaling::AutoScalingGroup"]]
    )["AutoScalingGroups"][0]
    members = [member["InstanceId"] for member in group["Instances"]]
    assert sorted([*members, owned["AWS::EC2::Instance"]]) == sorted(stack_hosts(standing))


def test_the_image_is_an_old_amazon_linux(standing: Simulator) -> None:
    """The hosts run Amazon Linux 2023 from an Amazon-owned image that is much older than the patch round."""
    image = standing.client("ec2").describe_images(ImageIds=[standing.fleet.hosts()[0].image_id])["Images"][0]
    assert (image["OwnerId"], image["Name"][:12]) == ("137112412989", "al2023-ami-2")
    assert image["CreationDate"] < BEGINS.isoformat()
    nodes = standing.client("ssm").describe_instance_information()["InstanceInformationList"]
    assert {(n["PlatformName"], n["PlatformVersion"], n["PingStatus"]) for n in nodes} == {
        ("Amazon Linux", "2023", "Online")
    }


def test_a_stranger_lives_beside_the_stack(standing: Simulator) -> None:
    """One host with other tags is there, with findings of its own, so that filters matter."""
    everywhere, of_ours = findings(standing), findings(standing, resourceTags=of_stack())
    strangers = {f["resources"][0]["id"] for f in everywhere} - set(stack_hosts(standing))
    assert len(strangers) == 1
    assert len(everywhere) > len(of_ours)


def test_there_are_a_hundred_findings_before_patching(standing: Simulator) -> None:
    """Before patching the stack has 100 active findings or more, packages and network, on all three hosts."""
    found = findings(standing, resourceTags=of_stack())
    assert len(found) >= 100
    assert {f["type"] for f in found} == {"PACKAGE_VULNERABILITY", "NETWORK_REACHABILITY"}
    assert {f["resources"][0]["id"] for f in found} == set(stack_hosts(standing))
    assert any(f["severity"] == "CRITICAL" for f in found)


def test_before_patching_nobody_ran_a_patch_operation(standing: Simulator) -> None:
    """There is no patch state before the round."""
    assert (
        standing.client("ssm").describe_instance_patch_states(InstanceIds=stack_hosts(standing))["InstancePatchStates"]
        == []
    )


def test_the_round_is_the_tutorials(aws: Simulator) -> None:
    """Remediation creates and registers the baseline pww, and installs with a reboot on the three hosts only."""
    aws.remediate()
    ssm = aws.client("ssm")
    chosen = ssm.get_default_patch_baseline(OperatingSystem="AMAZON_LINUX_2023")["BaselineId"]
    assert ssm.get_patch_baseline(BaselineId=chosen)["Name"] == "pww"
    command = ssm.list_commands()["Commands"][0]
    assert (command["DocumentName"], command["Status"]) == ("AWS-RunPatchBaseline", "Success")
    assert command["Parameters"] == {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]}
    assert command["TargetCount"] == command["CompletedCount"] == 3
    for host in stack_hosts(aws):
        state = patch_state(aws, host)
        assert (state["Operation"], state["BaselineId"], state["FailedCount"]) == ("Install", chosen, 0)
        assert BEGINS < state["OperationStartTime"] < state["OperationEndTime"] < aws.now()


def test_findings_are_old_until_the_hosts_are_scanned_again(aws: Simulator) -> None:
    """After the round Inspector still tells the old findings; a launched inventory brings the new ones."""
    before = findings(aws, resourceTags=of_stack())
    aws.remediate()
    ended = max(patch_state(aws, host)["OperationEndTime"] for host in stack_hosts(aws))
    assert len(findings(aws, resourceTags=of_stack())) == len(before)
    assert all(row["lastScannedAt"] < ended for row in package_rows(aws))
    rescan(aws)
    assert len(findings(aws, resourceTags=of_stack())) < len(before) / 2


def test_what_remains_has_honest_reasons(aws: Simulator) -> None:
    """What is left has no fix, or is no package of the system, or is an open port; and each kind is there."""
    aws.remediate()
    rescan(aws)
    kinds: Counter[str] = Counter()
    for finding in findings(aws, resourceTags=of_stack()):
        if finding["type"] == "NETWORK_REACHABILITY":
            kinds["port"] += 1
            continue
        packages = finding["packageVulnerabilityDetails"]["vulnerablePackages"]
        if all(package["fixedInVersion"] == "NotAvailable" for package in packages):
            assert finding["fixAvailable"] == "NO"
            kinds["no fix"] += 1
        else:
            assert all(package["packageManager"] != "OS" for package in packages), finding["title"]
            kinds["language"] += 1
    assert set(kinds) == {"port", "no fix", "language"}


def test_nothing_new_appears(aws: Simulator) -> None:
    """The round fixes and adds nothing: what is active afterwards was active before, under the same ARN."""
    before = {f["findingArn"] for f in findings(aws)}
    aws.remediate()
    rescan(aws)
    assert {f["findingArn"] for f in findings(aws)} < before


def test_closed_findings_are_kept(aws: Simulator) -> None:
    """What was fixed is CLOSED: last observed before, updated by the rescan."""
    before = {f["findingArn"]: f for f in findings(aws)}
    aws.remediate()
    rescan(aws)
    closed = findings(aws, status="CLOSED")
    assert closed
    for finding in closed:
        assert finding["lastObservedAt"] == before[finding["findingArn"]]["lastObservedAt"]
        assert finding["updatedAt"] > finding["lastObservedAt"]


def test_no_package_outside_the_system_counts_as_patched(aws: Simulator) -> None:
    """Patch Manager's rows name RPMs only; language packages are the same before and after."""
    host = aws.fleet.host(named(aws, "pww-RedTeamHost")[0])
    assert host is not None
    before = list(host.languages)
    aws.remediate()
    assert host.languages == before
    pages = aws.client("ssm").get_paginator("describe_instance_patches").paginate(InstanceId=host.instance_id)
    listed = {row["KBId"].rpartition(".")[0] for page in pages for row in page["Patches"]}
    assert listed == {package.name for package in host.packages}


def test_inspectors_associations_stand(standing: Simulator) -> None:
    """The association that captures inventory is there, under the name that Inspector gives it."""
    found = standing.client("ssm").list_associations()["Associations"]
    assert INVENTORY in {association["AssociationName"] for association in found}
    assert all(association["AssociationName"].endswith("-do-not-delete") for association in found)
