"""Quick Setup's patch policies: what one leaves in the account, and how hosts are patched by it."""

import json
from datetime import timedelta
from typing import Any

from postpatch.simulator import Simulator
from tests.simulator.asking import BEGINS, STACK_TAG, code_of, everything_baseline, patch_state, patches, stack_hosts


def set_up(aws: Simulator, baseline: str, **changes: str) -> str:
    """Create a patch policy for the stack that scans and installs each night, and return its manager's ARN."""
    chosen = {"AMAZON_LINUX_2023": {"value": baseline, "label": "pww", "description": "", "disabled": False}}
    parameters = {
        "ConfigurationOptionsPatchOperation": "ScanAndInstall",
        "ConfigurationOptionsScanValue": "cron(0 1 * * ? *)",
        "ConfigurationOptionsScanNextInterval": "true",
        "ConfigurationOptionsInstallValue": "cron(0 22 * * ? *)",
        "ConfigurationOptionsInstallNextInterval": "true",
        "PatchPolicyName": "pww",
        "PatchBaselineUseDefault": "custom",
        "SelectedPatchBaselines": json.dumps(chosen),
        "TargetType": "Tags",
        "TargetTagKey": STACK_TAG,
        "TargetTagValue": "pww",
        "RateControlConcurrency": "100%",
    } | changes
    definition = {"Type": "AWSQuickSetupType-PatchPolicy", "Parameters": parameters}
    client = aws.client("ssm-quicksetup")
    arn: str = client.create_configuration_manager(Name="pww", ConfigurationDefinitions=[definition])["ManagerArn"]
    return arn


def associations(aws: Simulator) -> dict[str, dict[str, Any]]:
    """Map the names of Quick Setup's associations to what DescribeAssociation tells."""
    ssm = aws.client("ssm")
    rows = [row for row in ssm.list_associations()["Associations"] if "QuickSetup" in row["AssociationName"]]
    ask = ssm.describe_association
    return {row["AssociationName"]: ask(AssociationId=row["AssociationId"])["AssociationDescription"] for row in rows}


def test_a_patch_policy_leaves_associations_and_an_override(aws: Simulator) -> None:
    """One association scans, one installs, both by the override in the policy's bucket, which anybody may read."""
    set_up(aws, everything_baseline(aws))
    scan, install = sorted(associations(aws).items(), key=lambda pair: pair[1]["Parameters"]["Operation"], reverse=True)
    assert scan[0].startswith("AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-")
    assert install[0].startswith("AWS-QuickSetup-PatchPolicy-InstallPatches-LA-")
    assert install[1]["Targets"] == [{"Key": f"tag:{STACK_TAG}", "Values": ["pww"]}]
    assert (install[1]["MaxConcurrency"], install[1]["MaxErrors"]) == ("100%", "2%")
    (place,) = install[1]["Parameters"]["BaselineOverride"]
    bucket, key = place.removeprefix("s3://").split("/")
    assert bucket.startswith("aws-quicksetup-patchpolicy-123456789012-")
    (override,) = json.loads(aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    assert override["OperatingSystem"] == "AMAZON_LINUX_2023"
    assert override["ApprovalRules"]["PatchRules"][0]["ApproveAfterDays"] == 0


def test_hosts_are_patched_by_the_policy(aws: Simulator) -> None:
    """In the night it installs by its override; the scan later overwrites the state and finds nothing missing."""
    baseline = everything_baseline(aws)
    aws.client("ssm").register_default_patch_baseline(BaselineId="pb-05c9c9bf778d4c4d0")
    set_up(aws, baseline)
    aws.clock.advance_to(BEGINS + timedelta(hours=5))
    for host in stack_hosts(aws):
        state = patch_state(aws, host)
        assert state["Operation"] == "Install"
        assert state["BaselineId"].endswith("pb-05c9c9bf778d4c4d0")
    aws.clock.advance_to(BEGINS + timedelta(hours=8))
    assert {patch_state(aws, host)["Operation"] for host in stack_hosts(aws)} == {"Scan"}
    assert patches(aws, stack_hosts(aws)[0], "Missing") == []


def test_quick_setup_tells_its_managers_and_configurations(aws: Simulator) -> None:
    """The manager, its definition with all parameters, and what was deployed from it."""
    client = aws.client("ssm-quicksetup")
    arn = set_up(aws, everything_baseline(aws))
    other = set_up(aws, everything_baseline(aws, Name="other"), ConfigurationOptionsPatchOperation="Scan")
    first, token = client.list_configuration_managers(MaxItems=1), None
    token = first["NextToken"]
    rest = client.list_configuration_managers(MaxItems=1, StartingToken=token)
    rows = first["ConfigurationManagersList"] + rest["ConfigurationManagersList"]
    assert [row["ManagerArn"] for row in rows] == [arn, other]
    manager = client.get_configuration_manager(ManagerArn=arn)
    (definition,) = manager["ConfigurationDefinitions"]
    assert definition["Parameters"]["TargetTagValue"] == "pww"
    assert manager["StatusSummaries"][0]["Status"] == "SUCCEEDED"
    (row,) = client.list_configurations(ManagerArn=arn)["ConfigurationsList"]
    told = client.get_configuration(ConfigurationId=row["Id"])
    assert (told["Account"], told["Region"], told["Parameters"]) == (aws.account, aws.region, definition["Parameters"])
    client.delete_configuration_manager(ManagerArn=arn)
    assert len(associations(aws)) == 1
    assert code_of(client.get_configuration_manager, ManagerArn=arn) == "ResourceNotFoundException"
    assert code_of(client.get_configuration, ConfigurationId=row["Id"]) == "ResourceNotFoundException"
    wrong = [{"Type": "AWSQuickSetupType-Scheduler", "Parameters": {}}]
    assert code_of(client.create_configuration_manager, ConfigurationDefinitions=wrong) == "ValidationException"


def test_a_policy_names_its_hosts_in_four_ways(aws: Simulator) -> None:
    """All nodes, a tag key alone, ids, or a resource group."""
    baseline = everything_baseline(aws)
    for changes, expected in (
        ({"TargetType": "*"}, {"Key": "InstanceIds", "Values": ["*"]}),
        ({"TargetTagValue": ""}, {"Key": "tag-key", "Values": [STACK_TAG]}),
        ({"TargetType": "InstanceIds", "TargetInstances": "i-1,i-2"}, {"Key": "InstanceIds", "Values": ["i-1", "i-2"]}),
        (
            {"TargetType": "ResourceGroups", "ResourceGroupName": "nodes"},
            {"Key": "resource-groups:Name", "Values": ["nodes"]},
        ),
    ):
        arn = set_up(aws, baseline, ConfigurationOptionsPatchOperation="Scan", **changes)
        ((_, told),) = associations(aws).items()
        assert told["Targets"] == [expected]
        aws.client("ssm-quicksetup").delete_configuration_manager(ManagerArn=arn)
