"""Which hosts are in scope: a stack's own instances and those of its Auto Scaling groups, a tag, a group, or ids."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice
from typing import Any

from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import Host, Scope

# States in which an instance still exists; the others are terminated, or about to be.
PRESENT = frozenset({"pending", "running", "stopping", "stopped"})
_FILTER_VALUES = 200  # EC2's limit of values in one filter


def hosts_in_scope(connection: Connection, scope: Scope) -> tuple[Host, ...]:
    """Return the hosts of `scope` that exist, by id; CouldNotCheck if there is none: an empty fleet proves nothing."""
    with asking(f"for the hosts of {scope}"):
        if scope.kind == "tag":
            found = _instances(connection, [{"Name": f"tag:{scope.key}", "Values": list(scope.values)}])
        else:
            found = hosts_by_id(connection, _ids(connection, scope))
        known = sorted(found, key=lambda host: host.id)
    hosts = tuple(host for host in known if host.state in PRESENT)
    if scope.kind == "instances" and (unknown := set(scope.values) - {host.id for host in known}):
        raise CouldNotCheck(
            "Correct scope.instances in the policy: "
            f"EC2 does not know {', '.join(sorted(unknown))} in {connection.session.region_name}."
        )
    if not hosts:
        raise CouldNotCheck(
            f"Correct [scope] in the policy: {scope} has no EC2 instance in {connection.session.region_name}."
        )
    return hosts


def hosts_by_id(connection: Connection, ids: Iterable[str]) -> Iterator[Host]:
    """Yield the instances of `ids` that EC2 still knows."""
    for batch in batches(sorted(set(ids)), _FILTER_VALUES):
        yield from _instances(connection, [{"Name": "instance-id", "Values": batch}])


def hosts_by_selectors(connection: Connection, selectors: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Host]:
    """Yield the existing instances that target keys select: `tag:NAME` and `tag-key`, all of which must match."""
    filters = [{"Name": key, "Values": list(values)} for key, values in selectors if key.startswith("tag")]
    filters.append({"Name": "instance-state-name", "Values": sorted(PRESENT)})
    with asking("which hosts the target's tags select"):
        yield from _instances(connection, filters)


def batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield `ids` in lists of at most `size`, as AWS limits them."""
    rest = iter(ids)
    while batch := list(islice(rest, size)):
        yield batch


def _ids(connection: Connection, scope: Scope) -> set[str]:
    if scope.kind == "instances":
        return set(scope.values)
    if scope.kind == "auto_scaling_group":
        return set(_group_members(connection, scope.values))
    return _stack_instances(connection, scope.values[0])


def _stack_instances(connection: Connection, stack: str) -> set[str]:
    ids: set[str] = set()
    groups: list[str] = []
    pages = connection.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    for resource in (resource for page in pages for resource in page["StackResourceSummaries"]):
        physical = resource.get("PhysicalResourceId", "")
        if not physical or resource["ResourceStatus"] == "DELETE_COMPLETE":
            continue
        if resource["ResourceType"] == "AWS::EC2::Instance":
            ids.add(physical)
        elif resource["ResourceType"] == "AWS::AutoScaling::AutoScalingGroup":
            groups.append(physical)
        elif resource["ResourceType"] == "AWS::CloudFormation::Stack":
            ids |= _stack_instances(connection, physical)
    return ids | set(_group_members(connection, groups))


def _group_members(connection: Connection, groups: Iterable[str]) -> Iterator[str]:
    pages = connection.client("autoscaling").get_paginator("describe_auto_scaling_groups")
    for batch in batches(sorted(groups), 50):
        for page in pages.paginate(AutoScalingGroupNames=batch):
            for group in page["AutoScalingGroups"]:
                yield from (instance["InstanceId"] for instance in group.get("Instances", []))


def _instances(connection: Connection, filters: list[dict[str, Any]]) -> Iterator[Host]:
    pages = connection.client("ec2").get_paginator("describe_instances").paginate(Filters=filters)
    for page in pages:
        for reservation in page["Reservations"]:
            yield from (_host(instance) for instance in reservation["Instances"])


def _host(instance: dict[str, Any]) -> Host:
    tags = tuple(sorted((tag["Key"], tag["Value"]) for tag in instance.get("Tags", [])))
    return Host(
        id=instance["InstanceId"],
        name=dict(tags).get("Name", ""),
        state=instance["State"]["Name"],
        image=instance.get("ImageId", ""),
        launched_at=instance["LaunchTime"].astimezone(UTC) if "LaunchTime" in instance else None,
        tags=tags,
    )
