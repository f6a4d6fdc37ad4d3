"""DescribeInstancePatchStates and DescribeInstancePatches: what the last patch operation left behind."""

import operator
from collections.abc import Callable
from typing import Any

from ..hosts.fleet import Fleet
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .paging import cut_page
from .patch_runs import PatchReport

_FILTERS = frozenset({"Classification", "KBId", "Severity", "State"})
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "Equal": operator.eq,
    "NotEqual": operator.ne,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
}
_COUNTS = {
    "InstalledCount": "Installed",
    "InstalledOtherCount": "InstalledOther",
    "InstalledPendingRebootCount": "InstalledPendingReboot",
    "InstalledRejectedCount": "InstalledRejected",
    "MissingCount": "Missing",
    "FailedCount": "Failed",
    "NotApplicableCount": "NotApplicable",
    "AvailableSecurityUpdateCount": "AvailableSecurityUpdate",
}
_SECURITY = ("Security", "SecurityUpdates")


class PatchReports:
    """Keep the last patch report of each host, and answer what callers ask about them."""

    def __init__(self, fleet: Fleet, pages: Pages) -> None:
        self.by_host: dict[str, PatchReport] = {}
        self._fleet, self._pages = fleet, pages

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "DescribeInstancePatchStates": self.describe_states,
            "DescribeInstancePatchStatesForPatchGroup": self.describe_states_of_group,
            "DescribeInstancePatches": self.describe_patches,
        }

    def describe_states(self, params: Params) -> dict[str, Any]:
        """Tell the patch state of up to 50 nodes; one without any operation has no row."""

        def rows() -> list[dict[str, Any]]:
            return [state(self.by_host[wanted]) for wanted in params["InstanceIds"] if wanted in self.by_host]

        found, token = cut_page(self._pages, "DescribeInstancePatchStates", params, rows)
        return {"InstancePatchStates": found, "NextToken": token}

    def describe_states_of_group(self, params: Params) -> dict[str, Any]:
        """Tell the patch state of the nodes of a patch group, by count filters."""
        filters = params.get("Filters", [])
        for entry in filters:
            if entry["Key"] not in _COUNTS or not entry["Values"][0].isdecimal():
                raise AwsError("InvalidFilter", f"{entry['Key']} is not a count, or its value is not a number")

        def rows() -> list[dict[str, Any]]:
            states = [state(report) for report in self.by_host.values() if report.group == params["PatchGroup"]]
            return [
                row
                for row in states
                if all(_COMPARE[entry["Type"]](row[entry["Key"]], int(entry["Values"][0])) for entry in filters)
            ]

        found, token = cut_page(self._pages, "DescribeInstancePatchStatesForPatchGroup", params, rows)
        return {"InstancePatchStates": found, "NextToken": token}

    def describe_patches(self, params: Params) -> dict[str, Any]:
        """List the patches of one node by Classification, KBId, Severity and State (CamelCase, as on the wire)."""
        host = self._fleet.host(params["InstanceId"])
        if host is None or not host.managed:
            raise AwsError("InvalidInstanceId", f"{params['InstanceId']} is not a managed node")
        for entry in params.get("Filters", []):
            if entry.get("Key") not in _FILTERS:
                raise AwsError("InvalidFilter", f"The filter key {entry.get('Key')} is not valid")

        def rows() -> list[dict[str, Any]]:
            report = self.by_host.get(host.instance_id)
            return [
                row
                for row in (report.rows if report else [])
                if all(row[entry["Key"]] in entry.get("Values", []) for entry in params.get("Filters", []))
            ]

        found, token = cut_page(self._pages, "DescribeInstancePatches", params, rows)
        return {"Patches": found, "NextToken": token}


def state(report: PatchReport) -> dict[str, Any]:
    """Write an InstancePatchState: the counts of the rows, and the operation that made them."""
    critical = security = other = 0
    for row in report.rows:
        if row["State"] in ("Missing", "Failed"):
            critical += report.compliance.get(row["KBId"]) == "CRITICAL"
            security += row["Classification"] in _SECURITY
            other += row["Classification"] not in _SECURITY
    return {
        "InstanceId": report.instance_id,
        # Without a patch group AWS sends an empty string, although the model asks for one character.
        "PatchGroup": report.group,
        "BaselineId": report.baseline_id,
        "SnapshotId": report.snapshot_id,
        "InstallOverrideList": report.override_list,
        "OwnerInformation": "",
        **{name: report.count(wire_state) for name, wire_state in _COUNTS.items()},
        "UnreportedNotApplicableCount": 0,
        "OperationStartTime": report.started_at,
        "OperationEndTime": report.ended_at,
        "Operation": report.operation,
        "LastNoRebootInstallOperationTime": report.last_no_reboot_install,
        "RebootOption": report.reboot_option,
        "CriticalNonCompliantCount": critical,
        "SecurityNonCompliantCount": security,
        "OtherNonCompliantCount": other,
    }
