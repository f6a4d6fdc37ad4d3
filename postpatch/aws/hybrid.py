"""Hybrid nodes: machines outside EC2 that Systems Manager manages, by the tags that select them.

Source: Systems Manager API reference, InstanceInformation (`ResourceType` ManagedInstance, `Name`) and
InstanceInformationStringFilter (`tag:KEY`, `tag-key`, `ResourceType`). Inspector scans EC2 instances, container images
and Lambda functions (Inspector user guide, "Supported operating systems and programming languages"), so no hybrid node.
"""

from collections.abc import Iterable, Iterator

from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import Host, Scope

_KIND = "ManagedInstance"
_NODES_A_PAGE = 50  # botocore shape MaxResultsEC2Compatible


def hybrid_in_scope(connection: Connection, scope: Scope) -> tuple[Host, ...]:
    """Return the hybrid nodes with the tag of `scope`, in the order of their ids; CouldNotCheck if there is none."""
    with asking(f"for the hybrid nodes of {scope}"):
        found = sorted(hybrid_by_selectors(connection, [(f"tag:{scope.key}", scope.values)]), key=lambda node: node.id)
    if not found:
        raise CouldNotCheck(
            f"Correct [scope] in the policy, or leave out hybrid = true: {scope} has no hybrid node in "
            f"{connection.session.region_name}."
        )
    return tuple(found)


def hybrid_by_selectors(connection: Connection, selectors: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Host]:
    """Yield the hybrid nodes that target keys select: `tag:NAME` and `tag-key`, all of which must match."""
    filters = [{"Key": key, "Values": list(values)} for key, values in selectors if key.startswith("tag")]
    filters.append({"Key": "ResourceType", "Values": [_KIND]})
    pages = connection.client("ssm").get_paginator("describe_instance_information")
    for page in pages.paginate(Filters=filters, MaxResults=_NODES_A_PAGE):
        for row in page["InstanceInformationList"]:
            yield Host(row["InstanceId"], name=row.get("Name", ""), state=row["PingStatus"])
