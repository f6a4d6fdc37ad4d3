"""Which hosts of an organization Systems Manager manages, and which it does not: `ssm:ListNodes`.

Source: botocore's model of ssm, shapes ListNodesRequest and Node; Systems Manager user guide, "Setting up Systems
Manager unified console for an organization".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck

MANAGED, UNMANAGED = "Managed", "Unmanaged"
# The one resource data sync by which nodes of other accounts and Regions are listed.
_SYNC = "AWS-QuickSetup-ManagedNode"
_NODES_A_PAGE = 50  # botocore shape ListNodesRequest, MaxResults
_NOT_SET_UP = frozenset({"UnsupportedOperationException", "ResourceDataSyncNotFoundException"})


@dataclass(frozen=True)
class Node:
    """A node of the organization. `captured_at` is as of when Systems Manager says it, or None where it does not."""

    id: str
    account: str
    region: str
    captured_at: datetime | None = None


def nodes(connection: Connection, managed: str) -> Iterator[Node]:
    """Yield the nodes of all accounts and Regions that are MANAGED, or UNMANAGED.

    Asked by the delegated administrator of Systems Manager's unified console in its home Region; CouldNotCheck says so
    where it is not set up there.
    """
    with asking(f"which hosts are {managed.lower()} in all accounts"):
        pages = connection.client("ssm").get_paginator("list_nodes")
        asked = {
            "SyncName": _SYNC,
            # What comes without this filter is not documented.
            "Filters": [{"Key": "ManagedStatus", "Values": [managed], "Type": "Equal"}],
            "MaxResults": _NODES_A_PAGE,
        }
        try:
            for page in pages.paginate(**asked):
                yield from map(_node, page["Nodes"])
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _NOT_SET_UP:
                raise
            raise CouldNotCheck(
                "Set up Systems Manager's unified console for the organization, and name its home Region and a role in "
                "its delegated administrator in [nodes], or leave [nodes] out: in "
                f"{connection.session.region_name} Systems Manager does not list the hosts of all accounts: {error}"
            ) from error


def _node(row: Mapping[str, Any]) -> Node:
    found = row.get("Id", ""), row.get("Owner", {}).get("AccountId", ""), row.get("Region", "")
    if not all(found):
        raise CouldNotCheck(
            "Run again: Systems Manager lists a node without its id, account or Region: "
            f"{', '.join(filter(None, found)) or 'it has none of them'}."
        )
    captured_at = row["CaptureTime"].astimezone(UTC) if "CaptureTime" in row else None
    return Node(*found, captured_at)
