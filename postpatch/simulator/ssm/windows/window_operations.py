"""The operations on maintenance windows themselves: create, update, read, schedule, delete."""

from typing import Any

from ...hosts.fleet import Fleet
from ...wire.errors import AwsError
from ...wire.front import Operations
from ...wire.pages import Pages
from ...wire.reading import Params
from ..paging import cut_page
from .schedule import written
from .window import Window, check_window
from .windows import Windows

_OPTIONAL = ("Description", "StartDate", "EndDate", "ScheduleTimezone", "ScheduleOffset")
_REQUIRED = ("Name", "Schedule", "Duration", "Cutoff", "AllowUnassociatedTargets")
# How many runs of each window DescribeMaintenanceWindowSchedule looks ahead; a schedule has no end.
_AHEAD = 20


class WindowOperations:
    """Answer what callers ask about windows."""

    def __init__(self, windows: Windows, fleet: Fleet, pages: Pages) -> None:
        self._windows, self._fleet, self._pages = windows, fleet, pages

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "CreateMaintenanceWindow": self.create,
            "UpdateMaintenanceWindow": self.update,
            "GetMaintenanceWindow": self.get,
            "DeleteMaintenanceWindow": self.delete,
            "DescribeMaintenanceWindows": self.describe,
            "DescribeMaintenanceWindowSchedule": self.describe_schedule,
            "DescribeMaintenanceWindowsForTarget": self.describe_for_target,
        }

    def create(self, params: Params) -> dict[str, Any]:
        """Create a window."""
        return {"WindowId": self._windows.create(params)}

    def update(self, params: Params) -> dict[str, Any]:
        """Change a window; with Replace, what is not given is cleared, and what is required must be given."""
        window = self._windows.find(params["WindowId"])
        given = {name: params[name] for name in (*_REQUIRED, "Enabled", *_OPTIONAL) if name in params}
        if params.get("Replace"):
            missing = [name for name in _REQUIRED if name not in given]
            if missing:
                message = f"With Replace, {', '.join(missing)} must be given too"
                raise AwsError("ValidationException", message)
            changed = {"Enabled": True} | given
        else:
            changed = {"Enabled": True} | window.params | given
        # An empty date clears it.
        changed = {name: value for name, value in changed.items() if value != ""}
        check_window(changed)
        window.params, window.modified_at = changed, self._windows.clock.now()
        self._windows.changed(window)
        return {"WindowId": window.id} | changed

    def get(self, params: Params) -> dict[str, Any]:
        """Tell one window with its next execution."""
        window = self._windows.find(params["WindowId"])
        return (
            {"WindowId": window.id, "Enabled": True}
            | window.params
            | {
                "NextExecutionTime": self._next(window),
                "CreatedDate": window.created_at,
                "ModifiedDate": window.modified_at,
            }
        )

    def delete(self, params: Params) -> dict[str, Any]:
        """Delete a window."""
        self._windows.delete(params["WindowId"])
        return {"WindowId": params["WindowId"]}

    def describe(self, params: Params) -> dict[str, Any]:
        """List windows by Name and Enabled."""

        def rows() -> list[dict[str, Any]]:
            found = list(self._windows.all.values())
            for entry in params.get("Filters", []):
                found = [window for window in found if _passes(window, entry.get("Key"), entry.get("Values", []))]
            return [self._identity(window) for window in found]

        found, token = cut_page(self._pages, "DescribeMaintenanceWindows", params, rows)
        return {"WindowIdentities": found, "NextToken": token}

    def describe_schedule(self, params: Params) -> dict[str, Any]:
        """List the coming runs of one window, of those of a target, or of all, in order of time."""
        now = self._windows.clock.now()
        if "WindowId" in params:
            windows = [self._windows.find(params["WindowId"])]
        else:
            windows = self._of_target(params) if "Targets" in params else list(self._windows.all.values())

        def rows() -> list[dict[str, Any]]:
            runs = [(run, window) for window in windows for run in window.next_runs(now, _AHEAD)]
            runs.sort(key=lambda pair: pair[0])
            return [{"WindowId": w.id, "Name": w.name, "ExecutionTime": written(run)} for run, w in runs]

        found, token = cut_page(self._pages, "DescribeMaintenanceWindowSchedule", params, rows, default=10)
        return {"ScheduledWindowExecutions": found, "NextToken": token}

    def describe_for_target(self, params: Params) -> dict[str, Any]:
        """List the windows that a target belongs to: registered like this, or selecting the named nodes."""

        def rows() -> list[dict[str, Any]]:
            return [{"WindowId": window.id, "Name": window.name} for window in self._of_target(params)]

        found, token = cut_page(self._pages, "DescribeMaintenanceWindowsForTarget", params, rows)
        return {"WindowIdentities": found, "NextToken": token}

    def _of_target(self, params: Params) -> list[Window]:
        kind = params.get("ResourceType", "INSTANCE")
        return [
            window
            for window in self._windows.all.values()
            if any(
                target.params["ResourceType"] == kind and self._covers(target.params["Targets"], params["Targets"])
                for target in window.targets.values()
            )
        ]

    def _covers(self, registered: list[dict[str, Any]], asked: list[dict[str, Any]]) -> bool:
        if registered == asked:
            return True
        ids = {value for entry in asked if entry["Key"] == "InstanceIds" for value in entry["Values"]}
        selected = self._fleet.select_nodes([(entry["Key"], entry["Values"]) for entry in registered])
        return bool(ids) and ids <= {host.instance_id for host in selected}

    def _identity(self, window: Window) -> dict[str, Any]:
        told = {"WindowId": window.id, "Enabled": True} | window.params
        told.pop("AllowUnassociatedTargets", None)
        return told | {"NextExecutionTime": self._next(window)}

    def _next(self, window: Window) -> str | None:
        runs = window.next_runs(self._windows.clock.now(), 1)
        return written(runs[0]) if runs else None


def _passes(window: Window, key: str | None, values: list[str]) -> bool:
    if key == "Name":
        return window.name in values
    if key == "Enabled":
        return str(window.enabled).lower() in [value.lower() for value in values]
    raise AwsError("ValidationException", f"The filter key {key} is not valid; valid keys are Name and Enabled")
