"""ListInventoryEntries: what a node's agent captured, in the form that the SSM Agent gives each system.

Source: aws/amazon-ssm-agent, agent/plugins/inventory: rpm's `Version`, `Release` and `Epoch` come apart and
`InstalledTime` is there; dpkg's `Version` is whole, without a time, and its `amd64` becomes `x86_64`; updates of
Windows are the type AWS:WindowsUpdate, and values of its registry AWS:WindowsRegistry.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..hosts.dpkg import DpkgVersion
from ..hosts.fleet import Fleet
from ..hosts.host import Host, Inventory, Package
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .paging import cut_page

Entry = dict[str, str]
_COMPARE: dict[str, Callable[[str, list[str]], bool]] = {
    "Equal": lambda held, values: held in values,
    "NotEqual": lambda held, values: held not in values,
    "BeginWith": lambda held, values: held.startswith(tuple(values)),
}
_REGISTRY = "AWS:WindowsRegistry"
_ARCHITECTURES = {"amd64": "x86_64"}


class InventoryOperations:
    """Answer what callers ask about the inventory of managed nodes."""

    def __init__(self, fleet: Fleet, pages: Pages) -> None:
        self._fleet, self._pages = fleet, pages

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"ListInventoryEntries": self.list_inventory_entries}

    def list_inventory_entries(self, params: Params) -> dict[str, Any]:
        """List what one node's agent captured last: `AWS:Application`, `AWS:WindowsUpdate` or `AWS:WindowsRegistry`."""
        kind = params["TypeName"]
        if kind not in _TYPES:
            raise AwsError("InvalidTypeNameException", f"There is no inventory of type {kind}")
        host = self._fleet.host(params["InstanceId"])
        if host is None or not host.managed:
            raise AwsError("InvalidInstanceId", f"{params['InstanceId']} is not a managed node")
        schema, entries_of = _TYPES[kind]
        answer: dict[str, Any] = {"TypeName": kind, "InstanceId": host.instance_id, "SchemaVersion": schema}
        inventory = host.inventory
        if inventory is None or (kind == _REGISTRY and host.registry is None):
            return answer | {"Entries": []}
        filters = params.get("Filters", [])
        for entry in filters:
            if entry.get("Type", "Equal") not in _COMPARE:
                raise AwsError("InvalidFilter", f"The simulation does not filter by {entry['Type']}")

        def rows() -> list[Entry]:
            return [row for row in entries_of(host, inventory) if all(_passes(row, one) for one in filters)]

        entries, token = cut_page(self._pages, "ListInventoryEntries", params, rows)
        at = host.registry.captured_at if kind == _REGISTRY and host.registry else inventory.captured_at
        captured = _written(at + host.clock_ahead)
        return answer | {"CaptureTime": captured, "Entries": entries, "NextToken": token}


def _passes(row: Entry, entry: dict[str, Any]) -> bool:
    """Tell whether a row passes a filter, whose key is `AWS:Application.Name`, or `Name`."""
    held = row.get(entry["Key"].rpartition(".")[2], "")
    return _COMPARE[entry.get("Type", "Equal")](held, entry["Values"])


def _applications(host: Host, inventory: Inventory) -> list[Entry]:
    return [_application(host, package) for package in inventory.packages]


def _application(host: Host, package: Package) -> Entry:
    architecture = _ARCHITECTURES.get(package.rpm_arch, package.rpm_arch)
    common = {"Name": package.name, "Publisher": host.system.publisher, "Architecture": architecture}
    if isinstance(package.evr, DpkgVersion):
        version = package.evr.text
        return common | {"Version": version, "PackageId": f"{package.name}_{version}_{package.rpm_arch}.deb"}
    return common | {
        "Version": package.evr.version,
        "Release": package.evr.release,
        "Epoch": str(package.evr.epoch),
        "InstalledTime": _written(package.installed_at + host.clock_ahead),
        "PackageId": f"{package.name}-{package.evr.version}-{package.evr.release}.src.rpm",
    }


def _windows_updates(_: Host, inventory: Inventory) -> list[Entry]:
    return [
        {
            "HotFixId": update.kb,
            "Description": "Security Update",
            "InstalledTime": _written(update.installed_at),
            "InstalledBy": "NT AUTHORITY\\SYSTEM",
        }
        for update in inventory.updates
    ]


def _registry_values(host: Host, _: Inventory) -> list[Entry]:
    captured = host.registry.values if host.registry else ()
    names = ("KeyPath", "ValueName", "ValueType", "Value")
    return [dict(zip(names, row, strict=True)) for row in captured]


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# Each type with the version of its schema.
_TYPES: dict[str, tuple[str, Callable[[Host, Inventory], list[Entry]]]] = {
    "AWS:Application": ("1.1", _applications),
    "AWS:WindowsUpdate": ("1.0", _windows_updates),
    _REGISTRY: ("1.0", _registry_values),
}
