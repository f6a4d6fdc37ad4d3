"""The operations on the targets of maintenance windows."""

from typing import Any

from ...wire.errors import AwsError
from ...wire.front import Operations
from ...wire.pages import Pages
from ...wire.reading import Params
from ..paging import cut_page
from .window import Target, Window
from .windows import Windows

_CHANGEABLE = ("Targets", "OwnerInformation", "Name", "Description")
_FILTERS = {"Type": "ResourceType", "WindowTargetId": "WindowTargetId", "OwnerInformation": "OwnerInformation"}


class TargetOperations:
    """Answer what callers ask about targets."""

    def __init__(self, windows: Windows, pages: Pages) -> None:
        self._windows, self._pages = windows, pages

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "RegisterTargetWithMaintenanceWindow": self.register,
            "DeregisterTargetFromMaintenanceWindow": self.deregister,
            "UpdateMaintenanceWindowTarget": self.update,
            "DescribeMaintenanceWindowTargets": self.describe,
        }

    def register(self, params: Params) -> dict[str, Any]:
        """Register a target with a window."""
        check_targets(params["Targets"], params["ResourceType"])
        return {"WindowTargetId": self._windows.register_target(params)}

    def deregister(self, params: Params) -> dict[str, Any]:
        """Take a target off a window; with Safe, not while a task refers to it."""
        window = self._windows.find(params["WindowId"])
        target = self._windows.target(window, params["WindowTargetId"])
        if params.get("Safe") and any(target.id in task.target_ids for task in window.tasks.values()):
            message = "This Target cannot be deregistered because it is still referenced in Task"
            raise AwsError("TargetInUseException", message)
        del window.targets[target.id]
        return {"WindowId": window.id, "WindowTargetId": target.id}

    def update(self, params: Params) -> dict[str, Any]:
        """Change a target; with Replace, what is not given is cleared."""
        window = self._windows.find(params["WindowId"])
        target = self._windows.target(window, params["WindowTargetId"])
        given = {name: params[name] for name in _CHANGEABLE if name in params}
        if params.get("Replace") and "Targets" not in given:
            raise AwsError("ValidationException", "With Replace, Targets must be given")
        kind = target.params["ResourceType"]
        changed = ({} if params.get("Replace") else target.params) | given | {"ResourceType": kind}
        check_targets(changed["Targets"], kind)
        target.params = changed
        told = {name: value for name, value in changed.items() if name != "ResourceType"}
        # What a target lacks is told as an empty text, here alone (AWS CLI examples).
        empty = {"Description": "", "OwnerInformation": ""}
        return {"WindowId": window.id, "WindowTargetId": target.id} | empty | told

    def describe(self, params: Params) -> dict[str, Any]:
        """List the targets of a window by Type, WindowTargetId and OwnerInformation."""
        window = self._windows.find(params["WindowId"])

        def rows() -> list[dict[str, Any]]:
            found = [_row(window, target) for target in window.targets.values()]
            for entry in params.get("Filters", []):
                if entry.get("Key") not in _FILTERS:
                    message = f"The filter key {entry.get('Key')} is not valid; valid keys are {', '.join(_FILTERS)}"
                    raise AwsError("ValidationException", message)
                name = _FILTERS[entry["Key"]]
                found = [row for row in found if row.get(name) in entry.get("Values", [])]
            return found

        found, token = cut_page(self._pages, "DescribeMaintenanceWindowTargets", params, rows)
        return {"Targets": found, "NextToken": token}


def check_targets(targets: list[dict[str, Any]], kind: str) -> None:
    """Refuse targets that the model allows but no window can have: none at all, or keys of the other kind."""
    if not targets:
        raise AwsError("ValidationException", "At least one target must be given")
    for entry in targets:
        key, values = entry.get("Key", ""), entry.get("Values", [])
        if not key or not values:
            raise AwsError("ValidationException", "Each target needs a Key and at least one value")
        if key.startswith("resource-groups:") != (kind == "RESOURCE_GROUP"):
            raise AwsError("ValidationException", f"The target key {key} does not fit the resource type {kind}")


def _row(window: Window, target: Target) -> dict[str, Any]:
    return {"WindowId": window.id, "WindowTargetId": target.id} | target.params
