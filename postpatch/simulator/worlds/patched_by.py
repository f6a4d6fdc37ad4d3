"""The ways in which AWS patches a fleet without a person: building blocks for stories, no world itself."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..deployment import STACK_TAG

if TYPE_CHECKING:
    from ..hosts.host import Host
    from ..simulator import Simulator

WITH_HOOKS = "AWS-RunPatchBaselineWithHooks"


def stack_targets(aws: "Simulator") -> list[dict[str, Any]]:
    """Return the targets that select the hosts of the stack."""
    return [{"Key": f"tag:{STACK_TAG}", "Values": [aws.deployment.stack]}]


def by_association(aws: "Simulator", operation: str, schedule: str, **differently: Any) -> str:
    """Have a State Manager association patch the stack's hosts on a schedule, and return its id."""
    association: dict[str, Any] = {
        "Name": "AWS-RunPatchBaseline",
        "AssociationName": f"pww_{operation.lower()}",
        "Targets": stack_targets(aws),
        "Parameters": {"Operation": [operation]},
        "ScheduleExpression": schedule,
        "ApplyOnlyAtCronInterval": True,
        "MaxConcurrency": "1",
        "MaxErrors": "1",
    }
    answer = aws.client("ssm").create_association(**(association | differently))
    return str(answer["AssociationDescription"]["AssociationId"])


def by_patch_policy(aws: "Simulator", baseline_id: str, **differently: str) -> str:
    """Have a Quick Setup patch policy scan and install on the stack's hosts each night; return its manager's ARN."""
    chosen = {"value": baseline_id, "label": aws.deployment.stack, "description": "", "disabled": False}
    parameters = {
        "PatchPolicyName": aws.deployment.stack,
        "PatchBaselineUseDefault": "custom",
        "SelectedPatchBaselines": json.dumps({"AMAZON_LINUX_2023": chosen}),
        "ConfigurationOptionsPatchOperation": "ScanAndInstall",
        "ConfigurationOptionsInstallValue": "cron(0 22 * * ? *)",
        "ConfigurationOptionsInstallNextInterval": "true",
        "ConfigurationOptionsScanValue": "cron(0 2 * * ? *)",
        "ConfigurationOptionsScanNextInterval": "true",
        "TargetType": "Tags",
        "TargetTagKey": STACK_TAG,
        "TargetTagValue": aws.deployment.stack,
        "RateControlConcurrency": "100%",
        "RateControlErrorThreshold": "10%",
        "RebootOption": "RebootIfNeeded",
    }
    definition = {"Type": "AWSQuickSetupType-PatchPolicy", "Parameters": parameters | differently}
    created = aws.client("ssm-quicksetup").create_configuration_manager(
        Name=aws.deployment.stack, ConfigurationDefinitions=[definition]
    )
    return str(created["ManagerArn"])


def put_baseline_override(aws: "Simulator", bucket: str) -> str:
    """Put a baseline override that approves everything into a bucket, and return its path in S3."""
    product = {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]}
    rule = {"PatchFilterGroup": product, "ApproveAfterDays": 0, "EnableNonSecurity": True}
    override = [{"OperatingSystem": "AMAZON_LINUX_2023", "ApprovalRules": {"PatchRules": [rule]}}]
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="override.json", Body=json.dumps(override).encode())
    return f"s3://{bucket}/override.json"


def upgrade(aws: "Simulator", host: "Host") -> None:
    """Have a tool of the hosts' own run `dnf upgrade`, or apt, and reboot; Systems Manager hears nothing of it."""
    known, now = aws.fleet.facts(host).advisories_for, aws.now()
    for package in host.installed():
        released = [one for one in known.get(package.name, ()) if one.released <= now and not one.subscription]
        newest = max(released, key=lambda one: one.fixes[package.name], default=None)
        if newest and package.evr < newest.fixes[package.name] and package.name not in host.excludes:
            name = newest.brings.get(package.name, package.name)
            host.install(replace(package, name=name, evr=newest.fixes[package.name], installed_at=now))
    host.boot(now)


def make_role(aws: "Simulator", name: str) -> None:
    """Create a role that Systems Manager may take on for the tasks of windows."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))


def let_inspector_scan(aws: "Simulator") -> None:
    """Let half an hour pass, in which Inspector captures the inventory of every host and reads it."""
    ssm = aws.client("ssm")
    wanted = [{"key": "AssociationName", "value": "InspectorInventoryCollection-do-not-delete"}]
    (association,) = ssm.list_associations(AssociationFilterList=wanted)["Associations"]
    ssm.start_associations_once(AssociationIds=[association["AssociationId"]])
    aws.clock.advance(timedelta(minutes=30))


def scale(aws: "Simulator", hosts: int) -> None:
    """Set how many hosts the stack's Auto Scaling group has."""
    update = aws.client("autoscaling").update_auto_scaling_group
    update(AutoScalingGroupName=group_of_nodes(aws), MinSize=hosts, MaxSize=hosts, DesiredCapacity=hosts)


def launch_from(aws: "Simulator", image_id: str) -> None:
    """Have the stack's Auto Scaling group launch its next hosts from another image."""
    client = aws.client("autoscaling")
    (group,) = client.describe_auto_scaling_groups(AutoScalingGroupNames=[group_of_nodes(aws)])["AutoScalingGroups"]
    named = [group["LaunchConfigurationName"]]
    (known,) = client.describe_launch_configurations(LaunchConfigurationNames=named)["LaunchConfigurations"]
    kept = {name: known[name] for name in ("InstanceType", "IamInstanceProfile", "SecurityGroups")}
    client.create_launch_configuration(LaunchConfigurationName=image_id, ImageId=image_id, **kept)
    client.update_auto_scaling_group(AutoScalingGroupName=group_of_nodes(aws), LaunchConfigurationName=image_id)


def replace_nodes(aws: "Simulator", image_id: str) -> None:
    """Have the stack's Auto Scaling group replace all of its hosts by new ones from another image."""
    launch_from(aws, image_id)
    client = aws.client("autoscaling")
    (group,) = client.describe_auto_scaling_groups(AutoScalingGroupNames=[group_of_nodes(aws)])["AutoScalingGroups"]
    for member in group["Instances"]:
        client.terminate_instance_in_auto_scaling_group(
            InstanceId=member["InstanceId"], ShouldDecrementDesiredCapacity=False
        )


def group_of_nodes(aws: "Simulator") -> str:
    """Return the name of the Auto Scaling group of the stack's web nodes."""
    groups = aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    (name,) = [
        group["AutoScalingGroupName"] for group in groups if any(tag["Value"] == "pww-node" for tag in group["Tags"])
    ]
    return str(name)
