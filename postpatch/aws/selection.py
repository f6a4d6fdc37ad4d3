"""Which hosts the targets of a window or an association select: by ids, by tags, or as members of a resource group."""

from collections.abc import Iterable, Iterator

from botocore.exceptions import ClientError

from postpatch.aws.hosts import PRESENT, hosts_by_id, hosts_by_selectors
from postpatch.aws.hybrid import hybrid_by_selectors
from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import is_hybrid

_GROUP = "resource-groups:Name"
_INSTANCE = "AWS::EC2::Instance"
_NODES_A_PAGE = 50  # botocore shape MaxResultsEC2Compatible

Selectors = tuple[tuple[str, tuple[str, ...]], ...]


def selected_ids(connection: Connection, targets: Iterable[Selectors], *, hybrid: bool = False) -> tuple[str, ...]:
    """Return the ids of the EC2 instances that any of `targets` selects, in order.

    Keys: botocore shape Target. `InstanceIds = *` is every managed node. With `hybrid`
    the hybrid nodes that ids and tags select are returned too; those of a resource group are not. CouldNotCheck if a
    group cannot be resolved.
    """
    found: set[str] = set()
    for selectors in targets:
        ids = [value for key, values in selectors if key.lower() == "instanceids" for value in values]
        if ids == ["*"]:
            found |= set(_managed(connection, hybrid=hybrid))
        elif ids:
            with asking("which hosts the target selects"):
                found |= {host.id for host in hosts_by_id(connection, ids)}
            found |= {one for one in ids if hybrid and is_hybrid(one)}
        if any(key.startswith("tag") for key, _ in selectors):
            found |= {host.id for host in hosts_by_selectors(connection, selectors)}
            if hybrid:
                with asking("which hybrid nodes the target selects"):
                    found |= {node.id for node in hybrid_by_selectors(connection, selectors)}
        groups = [value for key, values in selectors if key == _GROUP for value in values]
        members = {one for group in groups for one in _members(connection, group)}
        if members:
            with asking("which hosts the target selects"):
                found |= {host.id for host in hosts_by_id(connection, members) if host.state in PRESENT}
    return tuple(sorted(found))


def _members(connection: Connection, group: str) -> Iterator[str]:
    """Yield the ids of the instances in a resource group; none if there is no such group."""
    with asking(f"for the members of resource group {group}"):
        pages = connection.client("resource-groups").get_paginator("list_group_resources")
        try:
            for page in pages.paginate(Group=group, Filters=[{"Name": "resource-type", "Values": [_INSTANCE]}]):
                if errors := page.get("QueryErrors"):
                    told = "; ".join(f"{one['ErrorCode']}: {one.get('Message', '')}" for one in errors)
                    raise CouldNotCheck(f"Correct the query of resource group {group}: {told}")
                # A filter is left out if the group's query names other types (API reference of ListGroupResources).
                found = [row["Identifier"] for row in page.get("Resources", [])]
                yield from (
                    one["ResourceArn"].rpartition("/")[2] for one in found if one.get("ResourceType") == _INSTANCE
                )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "NotFoundException":
                raise


def _managed(connection: Connection, *, hybrid: bool) -> Iterator[str]:
    with asking("which hosts Systems Manager manages"):
        pages = connection.client("ssm").get_paginator("describe_instance_information")
        for page in pages.paginate(MaxResults=_NODES_A_PAGE):
            found = (row["InstanceId"] for row in page["InstanceInformationList"])
            yield from (one for one in found if hybrid or one.startswith("i-"))  # others are not in EC2
