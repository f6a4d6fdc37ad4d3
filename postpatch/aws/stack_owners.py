"""Which resources of a stack own EC2 instances, and which instances each of them owns.

Physical ids: AWS CloudFormation user guide, return value `Ref` of each type.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from postpatch.aws.hosts import batches, tagged
from postpatch.aws.session import Connection, asking, each_page
from postpatch.errors import CouldNotCheck
from postpatch.model import ScopeMembers

_GROUPS_A_CALL = 50  # DescribeAutoScalingGroups: at most 50 names with one page of 50
_CONTAINERS_A_CALL = 100  # botocore shape DescribeContainerInstancesRequest

# Services that run EC2 instances in the account: of their types, all must be known.
_COMPUTE = ("AutoScaling", "Batch", "ECS", "EKS", "EMR", "ElasticBeanstalk", "OpsWorks")
_OWN_NONE = frozenset(
    {
        *(f"AWS::AutoScaling::{name}" for name in ("LaunchConfiguration", "LifecycleHook", "ScalingPolicy")),
        "AWS::AutoScaling::ScheduledAction",
        *(f"AWS::Batch::{name}" for name in ("ConsumableResource", "JobDefinition", "JobQueue", "SchedulingPolicy")),
        "AWS::Batch::ServiceEnvironment",
        *(f"AWS::ECS::{name}" for name in ("Cluster", "ClusterCapacityProviderAssociations", "ExpressGatewayService")),
        *(f"AWS::ECS::{name}" for name in ("PrimaryTaskSet", "Service", "TaskDefinition", "TaskSet")),
        *(f"AWS::EKS::{name}" for name in ("AccessEntry", "Addon", "Capability", "FargateProfile")),
        *(f"AWS::EKS::{name}" for name in ("IdentityProviderConfig", "PodIdentityAssociation")),
        *(f"AWS::EMR::{name}" for name in ("SecurityConfiguration", "Step", "Studio", "StudioSessionMapping")),
        "AWS::EMR::WALWorkspace",
        *(f"AWS::ElasticBeanstalk::{name}" for name in ("Application", "ApplicationVersion", "ConfigurationTemplate")),
    }
)
# Types of other services that launch EC2 instances into the account.
_CANNOT_BE_RESOLVED = frozenset(
    {
        "AWS::Cloud9::EnvironmentEC2",
        "AWS::EVS::Environment",
        "AWS::Lambda::CapacityProvider",
        "AWS::OpsWorksCM::Server",
        "AWS::PCS::ComputeNodeGroup",
    }
)
_NESTED = "AWS::CloudFormation::Stack"
# What may own anything, in stacks or by code of its own.
_ANYTHING = frozenset(
    {
        "AWS::CloudFormation::CustomResource",
        "AWS::CloudFormation::StackSet",
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
    }
)


class _Unresolved(Exception):
    """The resource owns instances that cannot be listed; the message says why."""


def stack_members(connection: Connection, stack: str, *, nested: bool) -> ScopeMembers:
    """Return the instances that a stack's resources own, and with `nested` those of its nested stacks.

    CouldNotCheck names each resource that owns instances, or may own some, which cannot be listed.
    """
    ids: set[str] = set()
    unexamined: list[str] = []
    others: set[str] = set()
    unresolved: list[str] = []
    for resource in _resources(connection, stack, nested=nested):
        kind, named = resource["ResourceType"], _named(resource)
        if kind in OWNERS:
            try:
                with asking(f"which instances {named} of stack {stack} owns"):
                    ids.update(OWNERS[kind](connection, resource["PhysicalResourceId"]))
            except _Unresolved as error:
                unresolved.append(f"{named} ({error})")
        elif _may_own(kind):
            unresolved.append(named)
        elif kind == _NESTED or kind in _ANYTHING or not kind.startswith("AWS::"):
            unexamined.append(named)
        else:
            others.add(kind)
    if unresolved:
        raise CouldNotCheck(
            f"Name the hosts by tag or instances in [scope] of the policy. Stack {stack} has resources "
            f"that own EC2 instances which cannot be listed: {'; '.join(unresolved)}."
        )
    return ScopeMembers(tuple(sorted(ids)), tuple(unexamined), tuple(sorted(others)))


def group_members(connection: Connection, groups: Iterable[str]) -> Iterator[str]:
    """Yield the ids of the instances of Auto Scaling groups, by the groups' names."""
    pages = connection.client("autoscaling").get_paginator("describe_auto_scaling_groups")
    for batch in batches(sorted(groups), _GROUPS_A_CALL):
        for page in pages.paginate(AutoScalingGroupNames=batch):
            for group in page["AutoScalingGroups"]:
                yield from (instance["InstanceId"] for instance in group.get("Instances", []))


def _resources(connection: Connection, stack: str, *, nested: bool) -> Iterator[dict[str, Any]]:
    # A nested stack is yielded where it is left out, and its resources where it is not.
    waiting, seen = [stack], {stack}
    client = connection.client("cloudformation")
    while waiting:
        name = waiting.pop()
        with asking(f"for the resources of stack {name}"):
            pages = client.get_paginator("list_stack_resources").paginate(StackName=name)
            found = [resource for page in pages for resource in page["StackResourceSummaries"]]
        for resource in found:
            physical = resource.get("PhysicalResourceId", "")
            if not physical or resource["ResourceStatus"] == "DELETE_COMPLETE":
                continue
            if resource["ResourceType"] != _NESTED or not nested:
                yield resource
            elif physical not in seen:
                waiting.append(physical)
                seen.add(physical)


def _named(resource: Mapping[str, Any]) -> str:
    return f"{resource['ResourceType']} {resource['LogicalResourceId']}, {resource['PhysicalResourceId']}"


def _may_own(kind: str) -> bool:
    service = kind.split("::")[1] if kind.startswith("AWS::") else ""
    return kind in _CANNOT_BE_RESOLVED or (service in _COMPUTE and kind not in _OWN_NONE)


def _of_group(connection: Connection, physical: str) -> Iterator[str]:
    return group_members(connection, [physical])


def _of_node_group(connection: Connection, physical: str) -> Iterator[str]:
    cluster, _, name = physical.partition("/")
    described = connection.client("eks").describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
    groups = described.get("resources", {}).get("autoScalingGroups", [])
    if not groups:
        raise _Unresolved(f"EKS names no Auto Scaling group of it, and its status is {described.get('status')}")
    return group_members(connection, [group["name"] for group in groups])


def _of_cluster(connection: Connection, physical: str) -> Iterator[str]:
    # The nodes of a cluster are those of its node groups, and what it launches itself: EKS Auto Mode (botocore:
    # ComputeConfigResponse), whose nodes AWS manages, or controllers in it.
    cluster = connection.client("eks").describe_cluster(name=physical)["cluster"]
    if (cluster.get("computeConfig") or {}).get("enabled"):
        raise _Unresolved("EKS Auto Mode launches its nodes")
    # What Karpenter or another controller in the cluster launches is no resource of any stack; all of them mark it so
    # (https://karpenter.sh/docs/concepts/nodeclasses/#spectags), as EKS does the nodes of its node groups.
    return tagged(connection, f"kubernetes.io/cluster/{physical}", ["owned"])


def _of_fleet(connection: Connection, physical: str) -> Iterator[str]:
    client = connection.client("ec2")
    # The lists of active instances "might be out of date" (botocore: DescribeFleetInstancesResult): the tag that EC2
    # puts on what a fleet launches is asked for too.
    yield from tagged(connection, "aws:ec2:fleet-id", [physical])
    for fleet in client.describe_fleets(FleetIds=[physical])["Fleets"]:
        if fleet.get("Type") == "instant":  # DescribeFleetInstances does not know these
            yield from (one for launched in fleet.get("Instances", []) for one in launched["InstanceIds"])
        else:
            yield from _active(client.describe_fleet_instances, FleetId=physical)


def _of_spot_fleet(connection: Connection, physical: str) -> Iterator[str]:
    yield from tagged(connection, "aws:ec2spot:fleet-request-id", [physical])
    yield from _active(connection.client("ec2").describe_spot_fleet_instances, SpotFleetRequestId=physical)


def _active(ask: Callable[..., dict[str, Any]], **asked: str) -> Iterator[str]:
    for page in each_page(ask, **asked):
        yield from (row["InstanceId"] for row in page["ActiveInstances"])


def _of_environment(connection: Connection, physical: str) -> Iterator[str]:
    client = connection.client("elasticbeanstalk")
    found = client.describe_environment_resources(EnvironmentName=physical)["EnvironmentResources"]
    if found.get("Cluster"):  # botocore: present only for environments in the Cluster tier
        raise _Unresolved("it runs on an EKS cluster")
    yield from (instance["Id"] for instance in found.get("Instances", []))
    yield from group_members(connection, [group["Name"] for group in found.get("AutoScalingGroups", [])])


def _of_compute_environment(connection: Connection, physical: str) -> Iterator[str]:
    described = connection.client("batch").describe_compute_environments(computeEnvironments=[physical])
    if not described["computeEnvironments"]:
        raise _Unresolved("AWS Batch does not know it")
    for environment in described["computeEnvironments"]:
        resources = environment.get("computeResources", {})
        if environment.get("type") == "UNMANAGED" or resources.get("type") in ("FARGATE", "FARGATE_SPOT"):
            continue  # who manages the instances launches them; Fargate has none
        names = [environment["computeEnvironmentName"], environment["computeEnvironmentArn"]]
        marked = list(tagged(connection, "aws:batch:compute-environment", names))
        if environment.get("containerOrchestrationType") == "EKS" and not marked and resources.get("desiredvCpus", 1):
            raise _Unresolved("EKS runs it, and no instance has the tag aws:batch:compute-environment")
        yield from marked
        if environment.get("ecsClusterArn"):
            yield from _containers(connection, environment["ecsClusterArn"])


def _containers(connection: Connection, cluster: str) -> Iterator[str]:
    client = connection.client("ecs")
    pages = client.get_paginator("list_container_instances").paginate(cluster=cluster)
    arns = [arn for page in pages for arn in page["containerInstanceArns"]]
    for batch in batches(arns, _CONTAINERS_A_CALL):
        described = client.describe_container_instances(cluster=cluster, containerInstances=batch)
        if failures := described.get("failures"):
            raise _Unresolved(f"ECS does not describe {failures[0].get('arn')}: {failures[0].get('reason')}")
        yield from (row["ec2InstanceId"] for row in described["containerInstances"] if row.get("ec2InstanceId"))


def _of_emr_cluster(connection: Connection, physical: str) -> Iterator[str]:
    pages = connection.client("emr").get_paginator("list_instances").paginate(ClusterId=physical)
    for page in pages:
        yield from (row["Ec2InstanceId"] for row in page["Instances"] if row.get("Ec2InstanceId"))


def _of_capacity_provider(connection: Connection, physical: str) -> Iterator[str]:
    asked = connection.client("ecs").describe_capacity_providers(capacityProviders=[physical])
    if not asked["capacityProviders"]:
        raise _Unresolved("ECS does not know it")
    if any(provider.get("managedInstancesProvider") for provider in asked["capacityProviders"]):
        raise _Unresolved("ECS launches its instances")
    return iter(())  # the instances are those of an Auto Scaling group, which is a resource of its own


OWNERS: Mapping[str, Callable[[Connection, str], Iterator[str]]] = {
    "AWS::AutoScaling::AutoScalingGroup": _of_group,
    "AWS::Batch::ComputeEnvironment": _of_compute_environment,
    "AWS::EC2::EC2Fleet": _of_fleet,
    "AWS::EC2::Instance": lambda _, physical: iter([physical]),
    "AWS::EC2::SpotFleet": _of_spot_fleet,
    "AWS::ECS::CapacityProvider": _of_capacity_provider,
    "AWS::EKS::Cluster": _of_cluster,
    "AWS::EKS::Nodegroup": _of_node_group,
    "AWS::EMR::Cluster": _of_emr_cluster,
    "AWS::ElasticBeanstalk::Environment": _of_environment,
}
