"""The hosts: EC2 instances in scope, by their ids, or by the tags that select them."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice
from typing import Any

from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import Host, Scope, ScopeMembers

# States in which an instance still exists; the others are terminated, or about to be.
PRESENT = frozenset({"pending", "running", "stopping", "stopped"})
_FILTER_VALUES = 200  # EC2's limit of values in one filter


def hosts_in_scope(
    connection: Connection, scope: Scope, members: ScopeMembers, *, hybrid: bool = False
) -> tuple[Host, ...]:
    """Return the hosts of `scope` that exist, in the order of their ids; `members` are the instances that it names.

    CouldNotCheck if there is none, for an empty fleet proves nothing, and if EC2 does not know an id of the policy.
    `hybrid`: hybrid nodes belong to the scope too; they are no hosts.
    """
    with asking(f"for the hosts of {scope}"):
        if scope.kind == "tag":
            found = _instances(connection, [{"Name": f"tag:{scope.key}", "Values": list(scope.values)}])
        else:
            found = hosts_by_id(connection, members.ids)
        known = sorted(found, key=lambda host: host.id)
    hosts = tuple(host for host in known if host.state in PRESENT)
    if scope.kind == "instances" and (unknown := set(scope.values) - {host.id for host in known}):
        raise CouldNotCheck(
            "Correct scope.instances in the policy: "
            f"EC2 does not know {', '.join(sorted(unknown))} in {connection.session.region_name}."
        )
    if not hosts:
        alone = '; write hybrid = "only" if hybrid nodes alone are to be judged' if hybrid else ""
        raise CouldNotCheck(
            f"Correct [scope] in the policy: {scope} has no EC2 instance in {connection.session.region_name}{alone}."
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


def tagged(connection: Connection, key: str, values: list[str]) -> Iterator[str]:
    """Yield the ids of the instances that have a tag with one of `values`."""
    yield from (host.id for host in _instances(connection, [{"Name": f"tag:{key}", "Values": values}]))


def batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield `ids` in lists of at most `size`, as AWS limits them."""
    rest = iter(ids)
    while batch := list(islice(rest, size)):
        yield batch


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
