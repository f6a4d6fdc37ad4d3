"""Hybrid nodes: machines outside EC2 that Systems Manager manages, by the tags that select them.

Source: Systems Manager API reference, InstanceInformation (`ResourceType` ManagedInstance, `Name`) and
InstanceInformationStringFilter (`tag:KEY`, `tag-key`, `ResourceType`). Inspector scans EC2 instances, container images
and Lambda functions (Inspector user guide, "Supported operating systems and programming languages"), so no hybrid node.
"""

from collections.abc import Iterable, Iterator

from postpatch.aws.hosts import hosts_by_selectors
from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import Host, Scope

_KIND = "ManagedInstance"
_NODES_A_PAGE = 50  # botocore shape MaxResultsEC2Compatible


def hybrid_in_scope(connection: Connection, scope: Scope) -> tuple[Host, ...]:
    """Return the hybrid nodes with the tag of `scope`, in the order of their ids; CouldNotCheck if there is none."""
    found = hybrid_tagged(connection, scope)
    if not found:
        raise CouldNotCheck(
            f"Correct [scope] in the policy, or leave out hybrid = true: {scope} has no hybrid node in "
            f"{connection.session.region_name}."
        )
    return found


def hybrid_tagged(connection: Connection, scope: Scope) -> tuple[Host, ...]:
    """Return the hybrid nodes with the tag of `scope`, in the order of their ids; none for a scope without a tag."""
    if scope.kind != "tag":
        return ()
    with asking(f"for the hybrid nodes of {scope}"):
        found = hybrid_by_selectors(connection, [(f"tag:{scope.key}", scope.values)])
        return tuple(sorted(found, key=lambda node: node.id))


def require_nodes_alone(connection: Connection, scope: Scope) -> None:
    """Raise CouldNotCheck unless hybrid nodes have the tag of `scope`, and no EC2 instance that exists has it."""
    hybrid_in_scope(connection, scope)
    instances = sorted(host.id for host in hosts_by_selectors(connection, [(f"tag:{scope.key}", scope.values)]))
    if instances:
        raise CouldNotCheck(
            f"Write hybrid = true in [scope] of the policy, so that these are judged too: {', '.join(instances)}. "
            f'They have {scope}, and hybrid = "only" is for a scope without EC2 instances.'
        )


def hybrid_by_selectors(connection: Connection, selectors: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Host]:
    """Yield the hybrid nodes that target keys select: `tag:NAME` and `tag-key`, all of which must match."""
    filters = [{"Key": key, "Values": list(values)} for key, values in selectors if key.startswith("tag")]
    filters.append({"Key": "ResourceType", "Values": [_KIND]})
    pages = connection.client("ssm").get_paginator("describe_instance_information")
    for page in pages.paginate(Filters=filters, MaxResults=_NODES_A_PAGE):
        for row in page["InstanceInformationList"]:
            yield Host(row["InstanceId"], name=row.get("Name", ""), state=row["PingStatus"])
