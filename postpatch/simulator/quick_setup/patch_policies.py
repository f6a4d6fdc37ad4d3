"""Patch policies: each leaves a bucket with baseline overrides, and associations that scan and install by them.

Parameters: botocore, ssm-quicksetup, ConfigurationDefinitionInput. What a policy leaves behind: Systems Manager user
guide, "Patch policy configurations in Quick Setup", and accounts in which one was seen.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..clock import Clock
from ..hosts.buckets import Buckets
from ..ids import Ids
from ..ssm.associations import Association
from ..ssm.baselines import Baseline, Baselines
from ..ssm.overrides import PATCH_POLICY_BUCKET
from ..ssm.state_manager import StateManager
from ..ssm.targets import EVERY_NODE
from ..wire.errors import AwsError

PATCH_POLICY = "AWSQuickSetupType-PatchPolicy"
OVERRIDES = "baseline_overrides.json"
# What a baseline override holds of a baseline (botocore: ssm, shape BaselineOverride).
_OVERRIDDEN = (
    "GlobalFilters",
    "ApprovalRules",
    "ApprovedPatches",
    "ApprovedPatchesComplianceLevel",
    "ApprovedPatchesEnableNonSecurity",
    "RejectedPatches",
    "RejectedPatchesAction",
    "Sources",
)
_Parameters = Mapping[str, str]


@dataclass
class Manager:
    """One configuration manager with its definitions; `configurations` are ids, one for each definition."""

    arn: str
    name: str
    description: str
    created_at: datetime
    definitions: list[dict[str, Any]]
    tags: dict[str, str]
    configurations: dict[str, dict[str, Any]] = field(default_factory=dict)
    associations: list[Association] = field(default_factory=list)


class PatchPolicies:
    """Keep configuration managers, and deploy the patch policies among their definitions."""

    def __init__(
        self,
        baselines: Baselines,
        state_manager: StateManager,
        buckets: Buckets,
        clock: Clock,
        account: str,
        region: str,
    ) -> None:
        self.managers: dict[str, Manager] = {}
        self._baselines, self._state_manager, self._buckets, self._clock = baselines, state_manager, buckets, clock
        self._account, self._region = account, region
        self._ids = Ids("quick setup")

    def create(self, name: str, description: str, definitions: list[dict[str, Any]], tags: dict[str, str]) -> Manager:
        """Create a configuration manager and deploy its policies here, at once."""
        for definition in definitions:
            if definition["Type"] != PATCH_POLICY:
                raise AwsError("ValidationException", f"The simulation knows the type {PATCH_POLICY} only")
        arn = f"arn:aws:ssm-quicksetup:{self._region}:{self._account}:configuration-manager/{self._ids.uuid()}"
        kept = [definition | {"Id": self._ids.hexadecimal(5)} for definition in definitions]
        manager = Manager(arn, name, description, self._clock.now(), kept, tags)
        for definition in kept:
            self._deploy(manager, definition)
        self.managers[arn] = manager
        return manager

    def delete(self, manager: Manager) -> None:
        """Delete a configuration manager with its associations; the bucket stays."""
        for association in manager.associations:
            self._state_manager.delete(association)
        del self.managers[manager.arn]

    def _deploy(self, manager: Manager, definition: dict[str, Any]) -> None:
        given: _Parameters = definition["Parameters"]
        bucket = f"{PATCH_POLICY_BUCKET.removeprefix('s3://')}{self._account}-{definition['Id']}"
        self._buckets.write(bucket, OVERRIDES, json.dumps(self._overrides(given), indent=2).encode())
        place = f"s3://{bucket}/{OVERRIDES}"
        operations = [("ScanForPatches", "Scan")]
        if given.get("ConfigurationOptionsPatchOperation") == "ScanAndInstall":
            operations.append(("InstallPatches", "Install"))
        for verb, operation in operations:
            name = f"AWS-QuickSetup-PatchPolicy-{verb}-LA-{definition['Id']}"
            manager.associations.append(self._associate(name, operation, place, given))
        manager.configurations[self._ids.hexadecimal(10)] = definition

    def _associate(self, name: str, operation: str, place: str, given: _Parameters) -> Association:
        parameters = {"Operation": [operation], "BaselineOverride": [place]}
        if operation == "Install":
            parameters["RebootOption"] = [given.get("RebootOption", "RebootIfNeeded")]
        return self._state_manager.create(
            {
                "Name": "AWS-RunPatchBaseline",
                "AssociationName": name,
                "Targets": _targets(given),
                "Parameters": parameters,
                "ScheduleExpression": given.get(f"ConfigurationOptions{operation}Value", "cron(0 1 * * ? *)"),
                "ApplyOnlyAtCronInterval": given.get(f"ConfigurationOptions{operation}NextInterval") == "true",
                "MaxConcurrency": given.get("RateControlConcurrency", "10%"),
                "MaxErrors": given.get("RateControlErrorThreshold", "2%"),
            }
        )

    def _overrides(self, given: _Parameters) -> list[dict[str, Any]]:
        selected = json.loads(given.get("SelectedPatchBaselines", "{}"))
        return [
            _override(system, self._baselines.find(chosen["value"]))
            for system, chosen in selected.items()
            if not chosen.get("disabled")
        ]


def _override(system: str, baseline: Baseline) -> dict[str, Any]:
    held = {name: baseline.params[name] for name in _OVERRIDDEN if name in baseline.params}
    return {"OperatingSystem": system, **held}


def _targets(given: _Parameters) -> list[dict[str, Any]]:
    kind = given.get("TargetType", "*")
    if kind == "Tags":
        key, value = given["TargetTagKey"], given.get("TargetTagValue", "")
        return [{"Key": f"tag:{key}", "Values": [value]}] if value else [{"Key": "tag-key", "Values": [key]}]
    if kind == "InstanceIds":
        return [{"Key": "InstanceIds", "Values": given["TargetInstances"].split(",")}]
    if kind == "ResourceGroups":
        return [{"Key": "resource-groups:Name", "Values": [given["ResourceGroupName"]]}]
    return EVERY_NODE
