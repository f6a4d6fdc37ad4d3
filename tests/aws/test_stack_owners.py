"""Which instances a stack's resources own, and which resources make the scope an error."""

from collections.abc import Callable, Iterator
from string import ascii_letters
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.aws.session import Connection
from postpatch.aws.stack_owners import _COMPUTE, _OWN_NONE, OWNERS, _may_own, stack_members
from postpatch.errors import CouldNotCheck
from postpatch.model import ScopeMembers
from postpatch.simulator import Simulator, worlds
from tests.aws.conftest import EVENING
from tests.simulator import test_stack_owners as owners

Rewrite = Callable[[Connection, str, Callable[[dict[str, Any]], None]], None]
Refuse = Callable[..., list[str]]

KINDS = [row[0] for row in owners.OWNERS]
CALLS = {
    "AWS::EKS::Nodegroup": "eks.DescribeNodegroup",
    "AWS::EC2::EC2Fleet": "ec2.DescribeFleets",
    "AWS::EC2::SpotFleet": "ec2.DescribeSpotFleetInstances",
    "AWS::ElasticBeanstalk::Environment": "elastic-beanstalk.DescribeEnvironmentResources",
    "AWS::Batch::ComputeEnvironment": "batch.DescribeComputeEnvironments",
    "AWS::EMR::Cluster": "emr.ListInstances",
}


@pytest.fixture
def fresh() -> Iterator[Simulator]:
    """Give a simulated AWS of its own, for a stack of its own."""
    simulator = Simulator(worlds()["workshop"], EVENING)
    yield simulator
    assert simulator.front.broken == []


def connect_to(aws: Simulator) -> Connection:
    """Connect to a simulated AWS."""
    return Connection(aws.session(), clock=aws.now, poll_seconds=0)


@pytest.fixture
def connected(fresh: Simulator) -> Connection:
    """Connect to it."""
    return connect_to(fresh)


def build(aws: Simulator, kind: str) -> set[str]:
    """Create the stack that has a resource of one type, and return the ids of the instances that it launched."""
    before = {host.instance_id for host in aws.fleet.hosts()}
    owners.create(aws, next(row[1] for row in owners.OWNERS if row[0] == kind))
    return {host.instance_id for host in aws.fleet.hosts()} - before


def members(connection: Connection, stack: str = "owners") -> ScopeMembers:
    """Return the members of a stack."""
    return stack_members(connection, stack, nested=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_resource_is_resolved_to_its_instances(
    fresh: Simulator, connected: Connection, refuse: Refuse, kind: str
) -> None:
    """Each type that owns instances leads to all of them; where its service refuses, the error names the resource."""
    launched = build(fresh, kind)
    found = members(connected)
    assert launched
    assert set(found.ids) == launched
    assert found.unexamined == ()
    assert "AWS::EC2::VPC" in found.others
    denied = connect_to(fresh)
    refuse(denied, CALLS[kind], "AccessDenied", 403)
    with pytest.raises(CouldNotCheck, match=f"^Allow .*Could not ask which instances {kind} .* of stack owners owns: "):
        members(denied)


def test_a_capacity_provider_of_a_group_owns_none(fresh: Simulator, rewrite: Rewrite) -> None:
    """The instances are those of the group, a resource of its own; an error where ECS launches them, or knows none."""
    group = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/web"
    properties = {"Name": "shop", "AutoScalingGroupProvider": {"AutoScalingGroupArn": group}}
    owners.create(fresh, {"Capacity": {"Type": "AWS::ECS::CapacityProvider", "Properties": properties}})
    assert members(connect_to(fresh)).ids == ()
    for changes, words in (
        ({"managedInstancesProvider": {"propagateTags": "NONE"}}, "ECS launches its instances"),
        (None, "ECS does not know it"),
    ):
        other = connect_to(fresh)
        apply = change(**changes) if changes else lambda answer: answer.update(capacityProviders=[])
        rewrite(other, "ecs.DescribeCapacityProviders", apply)
        with pytest.raises(CouldNotCheck, match=f"AWS::ECS::CapacityProvider Capacity, shop .{words}"):
            members(other)


def change(**changes: Any) -> Callable[[dict[str, Any]], None]:
    """Return what changes the first (or only) thing that an answer describes."""

    def apply(answer: dict[str, Any]) -> None:
        for value in answer.values():
            if isinstance(value, list) and value:
                value[0].update(changes)
            elif isinstance(value, dict):
                value.update(changes)

    return apply


@pytest.mark.parametrize(
    ("kind", "operation", "changes", "words"),
    [
        ("AWS::EKS::Nodegroup", "eks.DescribeCluster", {"computeConfig": {"enabled": True}}, "EKS Auto Mode"),
        ("AWS::EKS::Nodegroup", "eks.DescribeNodegroup", {"resources": {}}, "EKS names no Auto Scaling group"),
        (
            "AWS::ElasticBeanstalk::Environment",
            "elastic-beanstalk.DescribeEnvironmentResources",
            {"Cluster": {"Name": "shop"}},
            "it runs on an EKS cluster",
        ),
        (
            "AWS::Batch::ComputeEnvironment",
            "ecs.DescribeContainerInstances",
            {},
            "ECS does not describe arn:gone: MISSING",
        ),
    ],
)
def test_what_cannot_be_listed_is_an_error(
    fresh: Simulator, connected: Connection, rewrite: Rewrite, kind: str, operation: str, changes: Any, words: str
) -> None:
    """A resource whose instances its service does not name is an error that names it and says what to do."""
    build(fresh, kind)
    apply = change(**changes) if changes else lambda answer: answer.update(failures=[GONE])
    rewrite(connected, operation, apply)
    with pytest.raises(CouldNotCheck, match=rf"Name the hosts by tag or instances .*AWS::.*{words}"):
        members(connected)


GONE = {"arn": "arn:gone", "reason": "MISSING"}


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "UNMANAGED", "ecsClusterArn": ""},
        {"computeResources": {"type": "FARGATE"}},
        {"computeResources": {"type": "FARGATE_SPOT"}},
    ],
    ids=["unmanaged", "fargate", "fargate-spot"],
)
def test_a_compute_environment_may_own_none(
    fresh: Simulator, connected: Connection, rewrite: Rewrite, changes: Any
) -> None:
    """AWS Batch launches no instance where somebody else manages them, and Fargate has none."""
    build(fresh, "AWS::Batch::ComputeEnvironment")
    rewrite(connected, "batch.DescribeComputeEnvironments", change(**changes))
    assert members(connected).ids == ()


def test_a_compute_environment_on_eks_is_found_by_its_tag(
    fresh: Simulator, connected: Connection, rewrite: Rewrite
) -> None:
    """Where EKS runs the environment the instances' tag leads to them; without one it is an error."""
    launched = build(fresh, "AWS::Batch::ComputeEnvironment")
    rewrite(
        connected,
        "batch.DescribeComputeEnvironments",
        change(containerOrchestrationType="EKS", ecsClusterArn="", computeResources={"type": "EC2", "desiredvCpus": 2}),
    )
    assert set(members(connected).ids) == launched
    fresh.client("ec2").delete_tags(Resources=sorted(launched), Tags=[{"Key": "aws:batch:compute-environment"}])
    with pytest.raises(CouldNotCheck, match="no instance has the tag aws:batch:compute-environment"):
        members(connected)


def test_an_instant_fleet_lists_its_instances_itself(fresh: Simulator, connected: Connection, rewrite: Rewrite) -> None:
    """DescribeFleetInstances does not know fleets of type instant: DescribeFleets has their instances."""
    launched = build(fresh, "AWS::EC2::EC2Fleet")
    fresh.client("ec2").delete_tags(Resources=sorted(launched), Tags=[{"Key": "aws:ec2:fleet-id"}])
    rewrite(connected, "ec2.DescribeFleets", change(Type="instant", Instances=[{"InstanceIds": sorted(launched)}]))
    assert set(members(connected).ids) == launched
    assert "ec2:DescribeFleetInstances" not in connected.calls


def also(kind: str, status: str = "CREATE_COMPLETE") -> Callable[[dict[str, Any]], None]:
    """Return what adds a resource of a type to a list of a stack's resources."""
    row = {"LogicalResourceId": "Mine", "PhysicalResourceId": "theirs", "ResourceType": kind, "ResourceStatus": status}
    return lambda answer: answer["StackResourceSummaries"].append(row)


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::OpsWorks::Instance", "AWS::OpsWorks::Layer", "AWS::Cloud9::EnvironmentEC2", "AWS::AutoScaling::WarmPool",
        "AWS::EMR::InstanceGroupConfig", "AWS::PCS::ComputeNodeGroup", "AWS::EKS::SomethingNew", "AWS::Batch::Tomorrow",
    ],
)  # fmt: skip
def test_a_resource_that_may_own_instances_is_an_error(connect: Any, rewrite: Rewrite, kind: str) -> None:
    """A type that owns instances which cannot be listed, or an unknown one of a compute service, is named."""
    connection = connect()
    rewrite(connection, "cloudformation.ListStackResources", also(kind))
    with pytest.raises(CouldNotCheck, match=rf"Stack pww has resources .* listed: {kind} Mine, theirs\."):
        members(connection, "pww")


@pytest.mark.parametrize(
    ("kind", "listed"),
    [
        ("Custom::Ami", "unexamined"),
        ("AWS::CloudFormation::CustomResource", "unexamined"),
        ("Acme::Shop::Till", "unexamined"),
        ("AWS::CloudFormation::StackSet", "unexamined"),
        ("AWS::Novelty::Thing", "others"),
        ("AWS::EC2::CapacityReservation", "others"),
        ("AWS::Batch::JobQueue", "others"),
    ],
)
def test_other_resources_are_listed(connect: Any, rewrite: Rewrite, kind: str, listed: str) -> None:
    """Custom resources and types of other services are no error: they are listed, and the hosts are the same."""
    before, connection = members(connect(), "pww"), connect()
    rewrite(connection, "cloudformation.ListStackResources", also(kind))
    after = members(connection, "pww")
    assert after.ids == before.ids
    assert any(kind in one for one in getattr(after, listed))
    assert not any(kind in one for one in getattr(before, listed))


def test_a_resource_that_was_deleted_owns_nothing(connect: Any, rewrite: Rewrite) -> None:
    """A deleted resource is left out, whatever its type."""
    before, connection = members(connect(), "pww"), connect()
    rewrite(connection, "cloudformation.ListStackResources", also("AWS::OpsWorks::Instance", "DELETE_COMPLETE"))
    assert members(connection, "pww") == before


@settings(deadline=None)
@given(st.sampled_from(_COMPUTE), st.text(ascii_letters, min_size=1, max_size=12))
def test_every_type_of_a_compute_service_is_known_or_an_error(service: str, name: str) -> None:
    """No type of a service that runs instances is silently taken to own none."""
    kind = f"AWS::{service}::{name}"
    assert _may_own(kind) or kind in _OWN_NONE or kind in OWNERS
