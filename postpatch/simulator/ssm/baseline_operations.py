"""The patch baseline operations of ssm."""

from typing import Any

from ..clock import Clock
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .baselines import GROUP_QUOTA, Baseline, Baselines, check_rules
from .paging import cut_page

_CHANGEABLE = (
    "GlobalFilters",
    "ApprovalRules",
    "ApprovedPatches",
    "ApprovedPatchesComplianceLevel",
    "ApprovedPatchesEnableNonSecurity",
    "RejectedPatches",
    "RejectedPatchesAction",
    "Description",
    "Sources",
    "AvailableSecurityUpdatesComplianceStatus",
)
# What GetPatchBaseline tells of a baseline that was created without it (AWS CLI examples).
_UNTOLD: Params = {
    "GlobalFilters": {"PatchFilters": []},
    "ApprovalRules": {"PatchRules": []},
    "ApprovedPatches": [],
    "ApprovedPatchesComplianceLevel": "UNSPECIFIED",
    "ApprovedPatchesEnableNonSecurity": False,
    "RejectedPatches": [],
    "RejectedPatchesAction": "ALLOW_AS_DEPENDENCY",
    "Sources": [],
}
_UNTOLD_OF_RULE: Params = {"ComplianceLevel": "UNSPECIFIED", "EnableNonSecurity": False}


class BaselineOperations:
    """Answer what callers ask about patch baselines and patch groups."""

    def __init__(self, baselines: Baselines, clock: Clock, pages: Pages) -> None:
        self._baselines, self._clock, self._pages = baselines, clock, pages

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "CreatePatchBaseline": self.create,
            "UpdatePatchBaseline": self.update,
            "DeletePatchBaseline": self.delete,
            "GetPatchBaseline": self.get,
            "DescribePatchBaselines": self.describe,
            "GetDefaultPatchBaseline": self.get_default,
            "RegisterDefaultPatchBaseline": self.register_default,
            "RegisterPatchBaselineForPatchGroup": self.register_group,
            "DeregisterPatchBaselineForPatchGroup": self.deregister_group,
            "GetPatchBaselineForPatchGroup": self.get_for_group,
            "DescribePatchGroups": self.describe_groups,
        }

    def create(self, params: Params) -> dict[str, Any]:
        """Create a custom baseline."""
        return {"BaselineId": self._baselines.create(params).id}

    def update(self, params: Params) -> dict[str, Any]:
        """Change a custom baseline; with Replace, what is not given is cleared."""
        baseline = self._baselines.find(params["BaselineId"])
        if baseline.predefined:
            raise AwsError("ValidationException", "A predefined patch baseline cannot be changed")
        check_rules(params)
        given = {name: params[name] for name in _CHANGEABLE if name in params}
        baseline.params = given if params.get("Replace") else baseline.params | given
        baseline.name = params.get("Name", baseline.name)
        baseline.modified_at = self._clock.now()
        return {name: value for name, value in self._told(baseline).items() if name != "PatchGroups"}

    def delete(self, params: Params) -> dict[str, Any]:
        """Delete a custom baseline."""
        self._baselines.delete(params["BaselineId"])
        return {"BaselineId": params["BaselineId"]}

    def get(self, params: Params) -> dict[str, Any]:
        """Tell one baseline with its rules and patch groups."""
        return self._told(self._baselines.find(params["BaselineId"]))

    def describe(self, params: Params) -> dict[str, Any]:
        """List baselines by NAME_PREFIX, OWNER (AWS, Self, All) and OPERATING_SYSTEM."""

        def rows() -> list[dict[str, Any]]:
            found = list(self._baselines.all.values())
            for entry in params.get("Filters", []):
                found = [baseline for baseline in found if _passes(baseline, entry["Key"], entry["Values"])]
            return [self._identity(baseline) for baseline in found]

        found, token = cut_page(self._pages, "DescribePatchBaselines", params, rows, default=100)
        return {"BaselineIdentities": found, "NextToken": token}

    def get_default(self, params: Params) -> dict[str, Any]:
        """Tell the default baseline of an operating system (Windows, if none is named)."""
        system = params.get("OperatingSystem", "WINDOWS")
        if system not in self._baselines.defaults:
            raise AwsError("DoesNotExistException", f"There is no default patch baseline for {system} here")
        return {"BaselineId": self._baselines.defaults[system], "OperatingSystem": system}

    def register_default(self, params: Params) -> dict[str, Any]:
        """Make a baseline the default of its operating system."""
        baseline = self._baselines.find(params["BaselineId"])
        self._baselines.defaults[baseline.system] = baseline.id
        return {"BaselineId": baseline.id}

    def register_group(self, params: Params) -> dict[str, Any]:
        """Register a patch group with a baseline; a group has one baseline a system."""
        baseline, group = self._baselines.find(params["BaselineId"]), params["PatchGroup"]
        if any(other.system == baseline.system for other in self._baselines.group_of(group)):
            message = f"Patch Group baseline already has a baseline registered for OperatingSystem {baseline.system}."
            raise AwsError("AlreadyExistsException", message)
        if len(baseline.groups) >= GROUP_QUOTA:
            raise AwsError("ResourceLimitExceededException", f"The quota of {GROUP_QUOTA} patch groups is reached")
        baseline.groups.append(group)
        return {"BaselineId": baseline.id, "PatchGroup": group}

    def deregister_group(self, params: Params) -> dict[str, Any]:
        """Take a patch group off a baseline."""
        baseline, group = self._baselines.find(params["BaselineId"]), params["PatchGroup"]
        if group not in baseline.groups:
            raise AwsError("DoesNotExistException", "Patch Baseline to be retrieved does not exist.")
        baseline.groups.remove(group)
        return {"BaselineId": baseline.id, "PatchGroup": group}

    def get_for_group(self, params: Params) -> dict[str, Any]:
        """Tell the baseline of a patch group: its own, else the default."""
        system = params.get("OperatingSystem", "WINDOWS")
        baseline = self._baselines.effective(system, params["PatchGroup"])
        return {"BaselineId": baseline.id, "PatchGroup": params["PatchGroup"], "OperatingSystem": system}

    def describe_groups(self, params: Params) -> dict[str, Any]:
        """List patch groups with their baselines."""

        def rows() -> list[dict[str, Any]]:
            return [
                {"PatchGroup": group, "BaselineIdentity": self._identity(baseline)}
                for baseline in self._baselines.all.values()
                for group in baseline.groups
                if all(_passes(baseline, entry["Key"], entry["Values"]) for entry in params.get("Filters", []))
            ]

        found, token = cut_page(self._pages, "DescribePatchGroups", params, rows, default=100)
        return {"Mappings": found, "NextToken": token}

    def _identity(self, baseline: Baseline) -> dict[str, Any]:
        return {
            "BaselineId": baseline.id,
            "BaselineName": baseline.name,
            "OperatingSystem": baseline.system,
            "BaselineDescription": baseline.params.get("Description"),
            "DefaultBaseline": self._baselines.is_default(baseline),
        }

    def _told(self, baseline: Baseline) -> dict[str, Any]:
        given = {name: value for name, value in baseline.params.items() if name != "ClientToken"}
        if "ApprovalRules" in given:
            given["ApprovalRules"] = {"PatchRules": [_UNTOLD_OF_RULE | rule for rule in baseline.rules]}
        return (
            _UNTOLD
            | given
            | {
                "BaselineId": baseline.id,
                "Name": baseline.name,
                "OperatingSystem": baseline.system,
                "PatchGroups": list(baseline.groups),
                "CreatedDate": baseline.created_at,
                "ModifiedDate": baseline.modified_at,
            }
        )


def _passes(baseline: Baseline, key: str, values: list[str]) -> bool:
    if key == "NAME_PREFIX":
        return any(baseline.name.startswith(value) for value in values)
    if key == "OPERATING_SYSTEM":
        return baseline.system in values
    if key == "OWNER":
        return "All" in values or ("AWS" if baseline.predefined else "Self") in values
    raise AwsError("InvalidFilter", f"The filter key {key} is not valid", status=400)
