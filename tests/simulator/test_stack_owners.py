"""Resources of a stack that own instances: each leads to them by the calls that AWS documents."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from postpatch.simulator import Simulator
from postpatch.simulator.worlds.workshop import IMAGE
from tests.simulator.asking import STACK_TAG, code_of

ROLE = "arn:aws:iam::123456789012:role/service"
TEMPLATE = {
    "Type": "AWS::EC2::LaunchTemplate",
    "Properties": {"LaunchTemplateName": "t", "LaunchTemplateData": {"ImageId": IMAGE, "InstanceType": "t3.small"}},
}
NETWORK: dict[str, Any] = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.9.0.0/24"}},
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "g", "VpcId": {"Ref": "Vpc"}},
    },
    "Template": TEMPLATE,
}
SUBNET, GROUP = {"Ref": "Subnet"}, {"Ref": "Group"}


def create(aws: Simulator, resources: dict[str, Any]) -> dict[str, str]:
    """Create a stack of some resources beside a network, and map the types of its resources to physical ids."""
    cloudformation = aws.client("cloudformation")
    body = json.dumps({"Resources": NETWORK | resources})
    cloudformation.create_stack(StackName="owners", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    rows = cloudformation.list_stack_resources(StackName="owners")["StackResourceSummaries"]
    return {row["ResourceType"]: row["PhysicalResourceId"] for row in rows}


def of_groups(aws: Simulator, names: list[str]) -> set[str]:
    """List the instances of Auto Scaling groups."""
    groups = aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"]
    return {member["InstanceId"] for group in groups for member in group["Instances"]}


def node_group(aws: Simulator, physical: str) -> set[str]:
    """Ask EKS which groups a node group has."""
    cluster, _, name = physical.partition("/")
    told = aws.client("eks").describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
    return of_groups(aws, [group["name"] for group in told["resources"]["autoScalingGroups"]])


def beanstalk(aws: Simulator, physical: str) -> set[str]:
    """Ask Elastic Beanstalk, twice over: its group, and its instances."""
    client = aws.client("elasticbeanstalk")
    assert code_of(client.describe_environment_resources, EnvironmentName="other") == "InvalidParameterValue"
    told = client.describe_environment_resources(EnvironmentName=physical)["EnvironmentResources"]
    found = {instance["Id"] for instance in told["Instances"]}
    assert of_groups(aws, [group["Name"] for group in told["AutoScalingGroups"]]) == found
    return found


def batch(aws: Simulator, physical: str) -> set[str]:
    """Ask Batch for its ECS cluster, and ECS for the container instances."""
    client, ecs = aws.client("batch"), aws.client("ecs")
    (environment,) = client.describe_compute_environments(computeEnvironments=[physical])["computeEnvironments"]
    cluster = environment["ecsClusterArn"]
    arns = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]
    rows = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)["containerInstances"]
    return {row["ec2InstanceId"] for row in rows}


def fleet(aws: Simulator, physical: str) -> set[str]:
    """Ask EC2 for the instances of a fleet."""
    return {
        row["InstanceId"] for row in aws.client("ec2").describe_fleet_instances(FleetId=physical)["ActiveInstances"]
    }


def spot_fleet(aws: Simulator, physical: str) -> set[str]:
    """Ask EC2 for the instances of a Spot fleet."""
    rows = aws.client("ec2").describe_spot_fleet_instances(SpotFleetRequestId=physical)["ActiveInstances"]
    return {row["InstanceId"] for row in rows}


def emr(aws: Simulator, physical: str) -> set[str]:
    """Ask EMR for the instances of a cluster."""
    return {row["Ec2InstanceId"] for row in aws.client("emr").list_instances(ClusterId=physical)["Instances"]}


OWNERS: list[tuple[str, dict[str, Any], Callable[[Simulator, str], set[str]], str, int]] = [
    (
        "AWS::EKS::Nodegroup",
        {
            "Cluster": {
                "Type": "AWS::EKS::Cluster",
                "Properties": {"Name": "shop", "RoleArn": ROLE, "ResourcesVpcConfig": {"SubnetIds": [SUBNET]}},
            },
            "Nodes": {
                "Type": "AWS::EKS::Nodegroup",
                "Properties": {
                    "ClusterName": {"Ref": "Cluster"},
                    "NodegroupName": "workers",
                    "NodeRole": ROLE,
                    "Subnets": [SUBNET],
                    "ScalingConfig": {"MinSize": 1, "MaxSize": 3, "DesiredSize": 2},
                    "LaunchTemplate": {"Id": {"Ref": "Template"}},
                },
            },
        },
        node_group,
        "eks:nodegroup-name",
        2,
    ),
    (
        "AWS::EC2::EC2Fleet",
        {
            "Fleet": {
                "Type": "AWS::EC2::EC2Fleet",
                "Properties": {
                    "LaunchTemplateConfigs": [
                        {"LaunchTemplateSpecification": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"}}
                    ],
                    "TargetCapacitySpecification": {
                        "TotalTargetCapacity": 2,
                        "DefaultTargetCapacityType": "on-demand",
                    },
                },
            }
        },
        fleet,
        "aws:ec2:fleet-id",
        2,
    ),
    (
        "AWS::EC2::SpotFleet",
        {
            "Fleet": {
                "Type": "AWS::EC2::SpotFleet",
                "Properties": {
                    "SpotFleetRequestConfigData": {
                        "IamFleetRole": ROLE,
                        "TargetCapacity": 2,
                        "AllocationStrategy": "lowestPrice",
                        "SpotPrice": "1",
                        "LaunchSpecifications": [
                            {"ImageId": IMAGE, "InstanceType": "t3.small", "SubnetId": SUBNET, "WeightedCapacity": 1}
                        ],
                    }
                },
            }
        },
        spot_fleet,
        "aws:ec2spot:fleet-request-id",
        2,
    ),
    (
        "AWS::ElasticBeanstalk::Environment",
        {
            "App": {"Type": "AWS::ElasticBeanstalk::Application", "Properties": {"ApplicationName": "shop"}},
            "Env": {
                "Type": "AWS::ElasticBeanstalk::Environment",
                "Properties": {
                    "ApplicationName": {"Ref": "App"},
                    "EnvironmentName": "shop-prod",
                    "OptionSettings": [
                        {"Namespace": "aws:autoscaling:launchconfiguration", "OptionName": "ImageId", "Value": IMAGE},
                        {"Namespace": "aws:autoscaling:asg", "OptionName": "MinSize", "Value": "2"},
                        {"Namespace": "aws:ec2:vpc", "OptionName": "Subnets", "Value": SUBNET},
                    ],
                },
            },
        },
        beanstalk,
        "elasticbeanstalk:environment-name",
        2,
    ),
    (
        "AWS::Batch::ComputeEnvironment",
        {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
            "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}},
            "Env": {
                "Type": "AWS::Batch::ComputeEnvironment",
                "Properties": {
                    "Type": "MANAGED",
                    "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
                    "ComputeResources": {
                        "Type": "EC2",
                        "ImageId": IMAGE,
                        "MinvCpus": 2,
                        "MaxvCpus": 4,
                        "DesiredvCpus": 2,
                        "InstanceTypes": ["t3.small"],
                        "InstanceRole": {"Fn::GetAtt": ["Profile", "Arn"]},
                        "SecurityGroupIds": [GROUP],
                        "Subnets": [SUBNET],
                    },
                },
            },
        },
        batch,
        "aws:batch:compute-environment",
        1,
    ),
    (
        "AWS::EMR::Cluster",
        {
            "Cluster": {
                "Type": "AWS::EMR::Cluster",
                "Properties": {
                    "Name": "sums",
                    "JobFlowRole": "EMR_EC2_DefaultRole",
                    "ServiceRole": "EMR_DefaultRole",
                    "ReleaseLabel": "emr-7.1.0",
                    "CustomAmiId": IMAGE,
                    "Instances": {
                        "Ec2SubnetId": SUBNET,
                        "MasterInstanceGroup": {"InstanceCount": 1, "InstanceType": "m5.xlarge"},
                        "CoreInstanceGroup": {"InstanceCount": 2, "InstanceType": "m5.xlarge"},
                    },
                },
            }
        },
        emr,
        "aws:elasticmapreduce:job-flow-id",
        3,
    ),
]


@pytest.mark.parametrize(("kind", "resources", "ask", "tag", "count"), OWNERS, ids=[row[0] for row in OWNERS])
def test_a_resource_leads_to_its_instances(
    aws: Simulator,
    kind: str,
    resources: dict[str, Any],
    ask: Callable[[Simulator, str], set[str]],
    tag: str,
    count: int,
) -> None:
    """The stack lists the resource, its service the instances: hosts with the service's tag, not the stack's."""
    before = {host.instance_id for host in aws.fleet.hosts()}
    physical = create(aws, resources)[kind]
    owned = ask(aws, physical)
    assert owned == {host.instance_id for host in aws.fleet.hosts()} - before
    assert len(owned) == count
    for instance_id in owned:
        host = aws.fleet.host(instance_id)
        assert host is not None
        assert host.image_id == IMAGE
        assert tag in aws.fleet.instance(host).tags
        assert STACK_TAG not in aws.fleet.instance(host).tags
