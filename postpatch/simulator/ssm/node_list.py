"""ListNodes: managed nodes and EC2 instances that are not managed, of one place or of a whole organization."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .nodes import AGENT_VERSION
from .paging import cut_page

# botocore, shape ListNodesRequest: the one sync by which nodes of other accounts and Regions are listed.
SYNC = "AWS-QuickSetup-ManagedNode"
Row = dict[str, Any]
_MANAGED, _UNMANAGED, _EVERY = "Managed", "Unmanaged", "All"
_TESTS: dict[str, Callable[[str, Sequence[str]], bool]] = {
    "Equal": lambda held, values: held in values,
    "NotEqual": lambda held, values: held not in values,
    "BeginWith": lambda held, values: held.startswith(tuple(values)),
}


@dataclass(frozen=True)
class Place:
    """An account in a Region, whose nodes are listed."""

    account: str
    region: str
    fleet: Fleet
    clock: Clock


class NodeListOperations:
    """Answer ListNodes, once Systems Manager's unified console is set up: until then it is not supported.

    `set_up`: it is, in this account. `elsewhere` are the places that the sync brings to a delegated administrator in
    its home Region (user guide, "Setting up Systems Manager unified console for an organization"); none: there is no
    sync here.
    """

    def __init__(self, fleet: Fleet, clock: Clock, pages: Pages, account: str, region: str) -> None:
        self._pages = pages
        self.place = Place(account, region, fleet, clock)
        self.set_up = False
        self.elsewhere: tuple[Place, ...] = ()

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"ListNodes": self.list_nodes}

    def list_nodes(self, params: Params) -> dict[str, Any]:
        """List nodes by filter, with the sync those of the organization; unmanaged ones where `ManagedStatus` asks."""
        if not self.set_up:
            raise AwsError(
                "UnsupportedOperationException",
                "This operation is not supported for the current account. You must first enable the Systems Manager "
                "integrated experience in your account.",
            )
        places: tuple[Place, ...] = (self.place,)
        if "SyncName" in params:
            if params["SyncName"] != SYNC or not self.elsewhere:
                raise AwsError("ResourceDataSyncNotFoundException", "The specified sync name wasn't found.")
            places = self.elsewhere
            # Each place has a clock of its own: no answer is dated before what it says.
            self.place.clock.advance_to(max(place.clock.now() for place in places))
        filters = [(one["Key"], one.get("Type", "Equal"), one["Values"]) for one in params.get("Filters", [])]
        rows, token = cut_page(self._pages, "ListNodes", params, lambda: list(_rows(places, filters)))
        return {"Nodes": rows, "NextToken": token}


def _rows(places: Sequence[Place], filters: Sequence[tuple[str, str, list[str]]]) -> Iterator[Row]:
    # "returns a list of managed nodes": the others are asked for.
    asked = filters if any(key == "ManagedStatus" for key, _, _ in filters) else [*filters, _managed_alone()]
    for place in places:
        for host in place.fleet.nodes():
            if place.fleet.instance(host).state in ("terminated", "shutting-down"):
                continue
            row = _row(place, host, place.clock.now())
            if all(_passes(row, *one) for one in asked):
                yield row


def _managed_alone() -> tuple[str, str, list[str]]:
    return ("ManagedStatus", "Equal", [_MANAGED])


def _passes(row: Row, key: str, kind: str, values: list[str]) -> bool:
    if key == "ManagedStatus" and _EVERY in values:
        return True
    held = {"AccountId": row["Owner"]["AccountId"], "Region": row["Region"], "InstanceId": row["Id"]}
    value = held.get(key, row["NodeType"]["Instance"].get(key))
    return value is not None and _TESTS[kind](value, values)


def _row(place: Place, host: Host, now: datetime) -> Row:
    """Write one node, as the API reference's sample has it; of an unmanaged one nothing is known by an agent."""
    info: Row = {"ManagedStatus": _UNMANAGED, "ResourceType": "EC2Instance"}
    if host.managed:
        address = place.fleet.instance(host).private_ip
        hybrid = place.fleet.activated_as(host) is not None
        info |= {
            "ManagedStatus": _MANAGED,
            "ResourceType": "ManagedInstance" if hybrid else "EC2Instance",
            "AgentType": "amazon-ssm-agent",
            "AgentVersion": AGENT_VERSION,
            "ComputerName": f"ip-{address.replace('.', '-')}.ec2.internal",
            "IpAddress": address,
            "PlatformName": host.system.name,
            "PlatformType": host.system.kind,
            "PlatformVersion": host.system.version,
        }
    return {
        "CaptureTime": now,
        "Id": host.instance_id,
        "Owner": {"AccountId": place.account},
        "Region": place.region,
        "NodeType": {"Instance": info},
    }
