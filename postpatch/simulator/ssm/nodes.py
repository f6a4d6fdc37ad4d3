"""Managed nodes: DescribeInstanceInformation."""

from typing import Any

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host, Inventory
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .paging import cut_page

AGENT_VERSION = "3.3.2746.0"
# botocore, shape InstanceInformationStringFilter; tag:KEY is another.
_FILTER_KEYS = frozenset(
    {"ActivationIds", "AgentVersion", "AssociationStatus", "IamRole", "InstanceIds", "PingStatus", "PlatformTypes"}
    | {"ResourceType", "SourceIds", "SourceTypes", "tag-key"}
)


class NodeOperations:
    """Answer what callers ask about managed nodes."""

    def __init__(self, fleet: Fleet, clock: Clock, pages: Pages) -> None:
        self._fleet, self._clock, self._pages = fleet, clock, pages

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"DescribeInstanceInformation": self.describe_instance_information}

    def describe_instance_information(self, params: Params) -> dict[str, Any]:
        """List managed nodes by filter; a node that is not managed has no row."""
        filters = [(entry["Key"], entry["Values"]) for entry in params.get("Filters", [])]
        filters += [(entry["key"], entry["valueSet"]) for entry in params.get("InstanceInformationFilterList", [])]
        for key, values in filters:
            if key not in _FILTER_KEYS and not key.startswith("tag:"):
                raise AwsError("InvalidFilterKey", f"The filter key {key} is not valid")
            if key == "ResourceType" and len(values) > 1:
                raise AwsError("InvalidInstanceInformationFilterValue", "ResourceType takes one value")
        rows, token = cut_page(
            self._pages, "DescribeInstanceInformation", params, lambda: self._rows(filters), default=10
        )
        return {"InstanceInformationList": rows, "NextToken": token}

    def _rows(self, filters: list[tuple[str, list[str]]]) -> list[dict[str, Any]]:
        rows = []
        for host in self._fleet.nodes():
            instance = self._fleet.instance(host)
            # A node that was terminated leaves the list; a stopped one stays, as ConnectionLost.
            if not host.managed or instance.state in ("terminated", "shutting-down"):
                continue
            row = self._row(host)
            # No node here has an activation's id, nor the role of Quick Setup's host management.
            held = {
                "InstanceIds": [host.instance_id],
                "AgentVersion": [row["AgentVersion"]],
                "PingStatus": [row["PingStatus"]],
                "PlatformTypes": [row["PlatformType"]],
                "ResourceType": [row["ResourceType"]],
                "SourceIds": [row["SourceId"]],
                "SourceTypes": [row["SourceType"]],
                "AssociationStatus": [row["AssociationStatus"]],
                "tag-key": list(instance.tags),
            }
            held |= {f"tag:{key}": [value] for key, value in instance.tags.items()}
            if all(set(held.get(key, ())) & set(values) for key, values in filters):
                rows.append(row)
        return rows

    def _row(self, host: Host) -> dict[str, Any]:
        online = self._fleet.reachable_by_agent(host)
        if online:
            host.last_ping = self._clock.now()
        instance = self._fleet.instance(host)
        address = instance.private_ip
        row = {
            "InstanceId": host.instance_id,
            "PingStatus": "Online" if online else "ConnectionLost",
            "LastPingDateTime": host.last_ping,
            "AgentVersion": AGENT_VERSION,
            "IsLatestVersion": True,
            "PlatformType": host.system.kind,
            "PlatformName": host.system.name,
            "PlatformVersion": host.system.version,
            "ResourceType": "EC2Instance",
            "IPAddress": address,
            "ComputerName": f"ip-{address.replace('.', '-')}.ec2.internal",
            **_associated(host.inventory),
            "SourceId": host.instance_id,
            "SourceType": "AWS::EC2::Instance",
        }
        name = self._fleet.activated_as(host)
        if name is None:
            return row
        # Source: API reference, InstanceInformation; `Name` is that of the activation.
        return row | {
            "ResourceType": "ManagedInstance",
            "SourceType": "AWS::SSM::ManagedInstance",
            "Name": name,
            "ComputerName": name,
            "RegistrationDate": instance.launched_at,
        }


def _associated(inventory: Inventory | None) -> dict[str, Any]:
    """Sum up the associations of a node: of those of these worlds, the one that captures inventory runs on it."""
    status = "Success" if inventory else "Pending"
    ran = inventory.captured_at if inventory else None
    return {
        "AssociationStatus": status,
        "LastAssociationExecutionDate": ran,
        "LastSuccessfulAssociationExecutionDate": ran,
        "AssociationOverview": {"DetailedStatus": status, "InstanceAssociationStatusAggregatedCount": {status: 1}},
    }
