"""Which hosts are in scope, and which a target's tags select."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

import pytest

from postpatch.aws.hosts import batches, hosts_by_id, hosts_by_selectors, hosts_in_scope
from postpatch.aws.scope import scope_members
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import Host, Scope
from postpatch.simulator import Simulator

Connect = Callable[..., Connection]
Named = Callable[[str], list[str]]

IMAGE = "ami-0d7a109bf30624c99"
INSTANCE = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": IMAGE, "InstanceType": "t3.micro"}}


def template(**resources: dict[str, Any]) -> str:
    """Return a template of these resources."""
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


@pytest.fixture
def launch(aws: Simulator) -> Iterator[Callable[..., list[str]]]:
    """Launch instances of a Name, which are terminated afterwards."""
    ec2, launched = aws.client("ec2"), []

    def launching(name: str, number: int = 1) -> list[str]:
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
        made = ec2.run_instances(ImageId=IMAGE, MinCount=number, MaxCount=number, TagSpecifications=tags)["Instances"]
        launched.extend(one["InstanceId"] for one in made)
        return sorted(one["InstanceId"] for one in made)

    yield launching
    if launched:
        ec2.terminate_instances(InstanceIds=launched)


def ids(hosts: Any) -> list[str]:
    """Return the hosts' ids in their order."""
    return [host.id for host in hosts]


def find(connection: Connection, scope: Scope, *, nested: bool = True) -> tuple[Host, ...]:
    """Return the hosts of a scope."""
    return hosts_in_scope(connection, scope, scope_members(connection, scope, nested=nested))


def test_a_stack_is_its_instances_and_those_of_its_groups(
    connection: Connection, hosts_named: Named, pww: Scope
) -> None:
    """The tutorial's stack is three hosts: two of the Auto Scaling group and one beside it; no stranger."""
    hosts = find(connection, pww)
    assert ids(hosts) == sorted(hosts_named("pww-node") + hosts_named("pww-RedTeamHost"))
    assert sorted(host.name for host in hosts) == ["pww-RedTeamHost", "pww-node", "pww-node"]
    assert not set(ids(hosts)) & set(hosts_named("billing-batch"))


def test_a_host_is_told_in_our_words(connection: Connection, pww: Scope) -> None:
    """A host comes with its state, image, tags and a launch time in UTC."""
    host = find(connection, pww)[0]
    assert (host.state, host.image) == ("running", IMAGE)
    assert ("aws:cloudformation:stack-name", "pww") in host.tags
    assert host.launched_at is not None
    assert host.launched_at.tzinfo is UTC


def test_a_tag_selects_the_hosts_that_have_it(connection: Connection, hosts_named: Named) -> None:
    """A scope by tag is every host with that key and one of its values."""
    assert ids(find(connection, Scope("tag", ("billing",), "Team"))) == hosts_named("billing-batch")
    both = find(connection, Scope("tag", ("pww-node", "billing-batch"), "Name"))
    assert ids(both) == sorted(hosts_named("pww-node") + hosts_named("billing-batch"))


def test_a_group_is_its_members(connection: Connection, hosts_named: Named) -> None:
    """A scope by Auto Scaling group is the group's instances."""
    (group,) = connection.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    found = find(connection, Scope("auto_scaling_group", (group["AutoScalingGroupName"],)))
    assert ids(found) == hosts_named("pww-node")


def test_ids_are_themselves(connection: Connection, hosts_named: Named) -> None:
    """A scope by ids is those instances, once each."""
    wanted = hosts_named("billing-batch") + hosts_named("pww-RedTeamHost")
    assert ids(find(connection, Scope("instances", (*wanted, wanted[0])))) == sorted(wanted)


@pytest.mark.parametrize(
    "scope",
    [
        Scope("tag", ("nobody",), "Name"),
        Scope("auto_scaling_group", ("nobody",)),
    ],
    ids=lambda scope: scope.kind,
)
def test_an_empty_fleet_could_not_be_looked_at(connection: Connection, scope: Scope) -> None:
    """No host proves nothing: the error names the scope, the region and the section to correct."""
    with pytest.raises(CouldNotCheck) as error:
        find(connection, scope)
    assert str(error.value) == f"Correct [scope] in the policy: {scope} has no EC2 instance in us-east-1."


def test_an_id_that_ec2_does_not_know_could_not_be_looked_at(connection: Connection, hosts_named) -> None:
    """A mistyped id is named, although the others are found: it must not drop out of the scope unseen."""
    with pytest.raises(CouldNotCheck, match=r"^Correct scope\.instances in the policy: .* i-0123456789abcdef0 "):
        find(connection, Scope("instances", (*hosts_named("billing-batch"), "i-0123456789abcdef0")))


def test_a_stack_that_does_not_exist_could_not_be_looked_at(connection: Connection) -> None:
    """A stack of another name is AWS's refusal, told with its name."""
    with pytest.raises(
        CouldNotCheck, match=r"Could not ask for the resources of stack other: .*other.* does not exist"
    ):
        find(connection, Scope("stack", ("other",)))


def test_a_refusal_is_no_empty_fleet(connect: Connect, pww: Scope, refuse: Callable[..., list[str]]) -> None:
    """AccessDenied on any of the calls is could-not-look, never a smaller fleet."""
    for operation, subject in (
        ("cloudformation.ListStackResources", "for the resources of stack pww"),
        ("auto-scaling.DescribeAutoScalingGroups", "which instances AWS::AutoScaling::AutoScalingGroup NodeGroup, "),
        ("ec2.DescribeInstances", "for the hosts of stack pww"),
    ):
        denied = connect()
        assert refuse(denied, operation, "AccessDenied", 403) == []
        with pytest.raises(CouldNotCheck, match=f"Could not ask {subject}"):
            find(denied, pww)


def test_terminated_hosts_are_left_out(
    aws: Simulator, connection: Connection, launch: Callable[..., list[str]]
) -> None:
    """A stopped host is still there; a terminated one is not, in each kind of scope."""
    stopped, terminated = launch("left-out", 2)
    aws.client("ec2").stop_instances(InstanceIds=[stopped])
    aws.client("ec2").terminate_instances(InstanceIds=[terminated])
    for scope in (Scope("tag", ("left-out",), "Name"), Scope("instances", (stopped, terminated))):
        (host,) = find(connection, scope)
        assert (host.id, host.state) == (stopped, "stopped")
    assert ids(hosts_by_selectors(connection, [("tag:Name", ("left-out",))])) == [stopped]


def test_a_nested_stack_belongs_to_its_parent(aws: Simulator, connection: Connection) -> None:
    """The instances of a nested stack are the parent's too, unless nested stacks are left out, and then named."""
    aws.client("s3").create_bucket(Bucket="templates")
    aws.client("s3").put_object(Bucket="templates", Key="child.json", Body=template(Inner=INSTANCE).encode())
    child = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://templates.s3.amazonaws.com/child.json"},
    }
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="parent", TemplateBody=template(Outer=INSTANCE, Child=child))
    inner = [
        stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"] if "parent" in stack["StackName"]
    ]
    assert len(inner) == 2
    parent = Scope("stack", ("parent",))
    assert len(find(connection, parent)) == 2
    (outer,) = find(connection, parent, nested=False)
    assert outer in find(connection, parent)
    assert scope_members(connection, parent).unexamined == ()
    (left_out,) = scope_members(connection, parent, nested=False).unexamined
    assert left_out.startswith("AWS::CloudFormation::Stack Child, ")


def test_more_hosts_than_a_filter_holds(connect: Connect, hosts_named: Named) -> None:
    """More than 200 ids are asked for in several calls, each id once; those that EC2 does not know do not come back."""
    asked, real = connect(), hosts_named("pww-node")
    unknown = [f"i-{number:017x}" for number in range(2, 250)]
    assert sorted(ids(hosts_by_id(asked, real + unknown + real))) == real
    assert asked.calls["ec2:DescribeInstances"] == 2


def test_several_selectors_must_all_match(connection: Connection, hosts_named: Named) -> None:
    """Target keys narrow each other: a host must have every tag, and a key alone selects by its presence."""
    stack = ("tag:aws:cloudformation:stack-name", ("pww",))
    assert sorted(ids(hosts_by_selectors(connection, [stack, ("tag:Name", ("pww-node",))]))) == hosts_named("pww-node")
    assert ids(hosts_by_selectors(connection, [stack, ("tag:Name", ("billing-batch",))])) == []
    assert ids(hosts_by_selectors(connection, [("tag-key", ("Team",))])) == hosts_named("billing-batch")


@pytest.mark.parametrize(("number", "sizes"), [(0, []), (1, [1]), (50, [50]), (51, [50, 1]), (120, [50, 50, 20])])
def test_batches_hold_no_more_than_they_may(number: int, sizes: list[int]) -> None:
    """Every id comes once, in order, in lists of at most the size."""
    found = list(batches((f"i-{place}" for place in range(number)), 50))
    assert [len(batch) for batch in found] == sizes
    assert [one for batch in found for one in batch] == [f"i-{place}" for place in range(number)]
