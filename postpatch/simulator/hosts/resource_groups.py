"""The one operation of Resource Groups that moto lacks: which resources are members of a group.

Sources: API reference of Resource Groups, ListGroupResources; botocore, resource-groups. Only instances of EC2 are
simulated as members.
"""

from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .fleet import Fleet
from .neighbours import Neighbours

INSTANCE = "AWS::EC2::Instance"
_MOST = 50  # botocore shape MaxResults


class ResourceGroupOperations:
    """Answer what callers ask about the members of groups."""

    def __init__(self, neighbours: Neighbours, fleet: Fleet, pages: Pages, account: str, region: str) -> None:
        self._neighbours, self._fleet, self._pages = neighbours, fleet, pages
        self._arn = f"arn:aws:ec2:{region}:{account}:instance/"

    def operations(self) -> Operations:
        """Name the operation that this class answers."""
        return {"ListGroupResources": self.list_resources}

    def list_resources(self, params: Params) -> dict[str, Any]:
        """List the running instances that a group's query selects, by the group's name or ARN."""
        named = params.get("Group") or params.get("GroupName", "")
        name = named.rpartition(":group/")[2]
        filters = self._neighbours.group_filters(name)
        if filters is None:
            raise AwsError("NotFoundException", f"Cannot find group: {named}", status=404)
        types = [value for one in params.get("Filters", []) for value in one["Values"]]
        hosts = self._fleet.select(filters) if not types or INSTANCE in types else []
        rows = [{"ResourceArn": self._arn + host.instance_id, "ResourceType": INSTANCE} for host in hosts]
        found, token = self._pages.cut(
            "ListGroupResources",
            params,
            lambda: rows,
            default=_MOST,
            refuse=lambda message: AwsError("BadRequestException", message),
        )
        return {
            "Resources": [{"Identifier": row} for row in found],
            "ResourceIdentifiers": found,
            "NextToken": token,
            "QueryErrors": [],
        }
