"""Patch baselines: the predefined ones, custom ones, the default of each system, and patch groups."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..clock import Clock
from ..ids import Ids
from ..wire.dates import moment
from ..wire.errors import AwsError
from ..wire.reading import Params

BASELINE_QUOTA = 50  # Systems Manager quotas: patch baselines per account and Region
GROUP_QUOTA = 25  # patch groups per baseline

# AWS's own baselines. Their ids, and the account that owns them, differ by Region.
_PREDEFINED = {
    "WINDOWS": "AWS-DefaultPatchBaseline",
    "AMAZON_LINUX": "AWS-AmazonLinuxDefaultPatchBaseline",
    "AMAZON_LINUX_2": "AWS-AmazonLinux2DefaultPatchBaseline",
    "AMAZON_LINUX_2022": "AWS-AmazonLinux2022DefaultPatchBaseline",
    "AMAZON_LINUX_2023": "AWS-AmazonLinux2023DefaultPatchBaseline",
    "UBUNTU": "AWS-UbuntuDefaultPatchBaseline",
    "REDHAT_ENTERPRISE_LINUX": "AWS-RedHatDefaultPatchBaseline",
    "SUSE": "AWS-SuseDefaultPatchBaseline",
    "ALMA_LINUX": "AWS-AlmaLinuxDefaultPatchBaseline",
    "DEBIAN": "AWS-DebianDefaultPatchBaseline",
    "ORACLE_LINUX": "AWS-OracleLinuxDefaultPatchBaseline",
    "ROCKY_LINUX": "AWS-RockyLinuxDefaultPatchBaseline",
}


def _rule(filters: dict[str, list[str]], days: int) -> dict[str, Any]:
    return {
        "PatchFilterGroup": {"PatchFilters": [{"Key": key, "Values": values} for key, values in filters.items()]},
        "ComplianceLevel": "UNSPECIFIED",
        "ApproveAfterDays": days,
        "EnableNonSecurity": False,
    }


# "AWS-AmazonLinux2023DefaultPatchBaseline": all security patches of severity Critical or Important, and all of
# classification Bugfix, seven days after release (Systems Manager user guide, predefined patch baselines).
_AMAZON_RULES = [
    _rule({"PRODUCT": ["*"], "CLASSIFICATION": ["Security"], "SEVERITY": ["Critical", "Important"]}, 7),
    _rule({"PRODUCT": ["*"], "CLASSIFICATION": ["Bugfix"]}, 7),
]


# The others' rules, from the same page. Debian's and Ubuntu's approve at once: they have no ApproveAfterDays.
_ORACLE_RULES = [
    _rule({"PRODUCT": ["*"], "CLASSIFICATION": ["Security"], "SEVERITY": ["Important", "Moderate"]}, 7),
    _rule({"PRODUCT": ["*"], "CLASSIFICATION": ["Bugfix"]}, 7),
]
_SUSE_RULES = [_rule({"PRODUCT": ["*"], "CLASSIFICATION": ["Security"], "SEVERITY": ["Critical", "Important"]}, 7)]
_WINDOWS_RULES = [
    _rule({"CLASSIFICATION": ["CriticalUpdates", "SecurityUpdates"], "MSRC_SEVERITY": ["Critical", "Important"]}, 7)
]
_DEBIAN_RULES = [
    {
        "PatchFilterGroup": {
            "PatchFilters": [
                {"Key": "PRODUCT", "Values": ["*"]},
                {"Key": "PRIORITY", "Values": ["Required", "Important", "Standard", "Optional", "Extra"]},
            ]
        },
        "ComplianceLevel": "UNSPECIFIED",
        "EnableNonSecurity": False,
    }
]
_RULES = {
    "WINDOWS": _WINDOWS_RULES,
    "SUSE": _SUSE_RULES,
    "ORACLE_LINUX": _ORACLE_RULES,
    "DEBIAN": _DEBIAN_RULES,
    "UBUNTU": _DEBIAN_RULES,
    **dict.fromkeys(
        (
            *("AMAZON_LINUX", "AMAZON_LINUX_2", "AMAZON_LINUX_2022", "AMAZON_LINUX_2023"),
            *("REDHAT_ENTERPRISE_LINUX", "ALMA_LINUX", "ROCKY_LINUX"),
        ),
        _AMAZON_RULES,
    ),
}


@dataclass
class Baseline:
    """One patch baseline; `params` holds what CreatePatchBaseline was given."""

    id: str
    name: str
    system: str
    params: Params
    created_at: datetime
    modified_at: datetime
    predefined: bool = False
    groups: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def rules(self) -> list[dict[str, Any]]:
        """List the approval rules."""
        rules: list[dict[str, Any]] = self.params.get("ApprovalRules", {}).get("PatchRules", [])
        return rules


class Baselines:
    """Keep patch baselines, and know which one is effective for a host."""

    def __init__(self, clock: Clock, region: str) -> None:
        self._clock = clock
        self._ids = Ids("baselines")
        self._tokens: dict[str, tuple[Params, str]] = {}
        self.all: dict[str, Baseline] = {}
        self.defaults: dict[str, str] = {}
        ids = _predefined_ids(region)
        self._owner = ids["WINDOWS"].rpartition("/")[0]
        for system, name in _PREDEFINED.items():
            params: Params = {"ApprovalRules": {"PatchRules": _RULES[system]}} if system in _RULES else {}
            params["Description"] = f"Default Patch Baseline for {system.replace('_', ' ').title()} Provided by AWS."
            baseline = Baseline(ids[system], name, system, params, clock.now(), clock.now(), predefined=True)
            self.all[baseline.id] = baseline
            self.defaults[system] = baseline.id

    def find(self, baseline_id: str) -> Baseline:
        """Find a baseline by its id or, if AWS's own, by either form of its id."""
        for known in (baseline_id, f"{self._owner}/{baseline_id}"):
            if known in self.all:
                return self.all[known]
        raise AwsError("DoesNotExistException", f"Patch Baseline {baseline_id} does not exist")

    def create(self, params: Params) -> Baseline:
        """Create a custom baseline; a client token that was used before gives what it gave then."""
        told = {name: value for name, value in params.items() if name != "ClientToken"}
        token = params.get("ClientToken")
        if token in self._tokens:
            before, known = self._tokens[token]
            if before != told:
                raise AwsError("IdempotentParameterMismatch", "The client token was used with other parameters")
            return self.find(known)
        if sum(not baseline.predefined for baseline in self.all.values()) >= BASELINE_QUOTA:
            message = f"The quota of {BASELINE_QUOTA} patch baselines is reached"
            raise AwsError("ResourceLimitExceededException", message)
        check_rules(params)
        baseline_id = f"pb-{self._ids.hexadecimal(17)}"
        tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags", [])}
        kept = {name: value for name, value in told.items() if name not in ("Tags", "Name", "OperatingSystem")}
        system = params.get("OperatingSystem", "WINDOWS")
        now = self._clock.now()
        baseline = Baseline(baseline_id, params["Name"], system, kept, now, now, tags=tags)
        self.all[baseline_id] = baseline
        if token:
            self._tokens[token] = (told, baseline_id)
        return baseline

    def delete(self, baseline_id: str) -> None:
        """Delete a custom baseline that is neither a default nor in use by a patch group; unknown ones are no error."""
        baseline = self.all.get(baseline_id)
        if baseline is None:
            return
        if baseline.predefined:
            raise AwsError("ValidationException", "A predefined patch baseline cannot be deleted")
        if baseline_id in self.defaults.values() or baseline.groups:
            raise AwsError("ResourceInUseException", f"Patch Baseline {baseline_id} is a default or has patch groups")
        del self.all[baseline_id]

    def effective(self, system: str, group: str | None) -> Baseline:
        """Find the baseline for a host: its patch group's, else the default of its operating system."""
        for baseline in self.all.values():
            if group and baseline.system == system and group in baseline.groups:
                return baseline
        if system not in self.defaults:
            raise AwsError("DoesNotExistException", f"There is no default patch baseline for {system} here")
        return self.all[self.defaults[system]]

    def tagged(self, system: str, written: str) -> Baseline | None:
        """Find the custom baseline of a system with the tag that BaselineTags names (`Key=K,Value=V`), if it is one."""
        parts = dict(part.split("=", 1) for part in written.split(",", 1) if "=" in part)
        key, value = parts.get("Key", ""), parts.get("Value")
        found = [b for b in self.all.values() if b.system == system and value is not None and b.tags.get(key) == value]
        return found[0] if len(found) == 1 else None

    def is_default(self, baseline: Baseline) -> bool:
        """Tell whether a baseline is the default of its system."""
        return self.defaults.get(baseline.system) == baseline.id

    def group_of(self, group: str) -> Iterator[Baseline]:
        """List the baselines that a patch group is registered with, one a system."""
        return (baseline for baseline in self.all.values() if group in baseline.groups)


def check_rules(params: Params) -> None:
    """Refuse what the model allows but Patch Manager does not: a rule approves after days or until a date, not both."""
    for rule in params.get("ApprovalRules", {}).get("PatchRules", []):
        if ("ApproveAfterDays" in rule) == ("ApproveUntilDate" in rule):
            message = "A patch rule needs exactly one of ApproveAfterDays and ApproveUntilDate"
            raise AwsError("ValidationException", message)
        if "ApproveUntilDate" in rule:
            moment(rule["ApproveUntilDate"])


def _predefined_ids(region: str) -> dict[str, str]:
    """Return the ids of AWS's own baselines by system, as moto has them from AWS; us-east-1's where it has none."""
    from moto.utilities.utils import load_resource

    known: dict[str, dict[str, str]] = load_resource("ssm/resources/default_baselines.json")
    return known["us-east-1"] | known.get(region, {})
