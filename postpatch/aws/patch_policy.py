"""Quick Setup patch policies: find one by name, and the association with which it installs in this account.

Parameters: botocore, ssm-quicksetup, ConfigurationDefinitionInput. The policy of an organization lives in the account
that made it; in others only its associations exist.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from postpatch.aws.association import described, listed, read_association
from postpatch.aws.session import Connection, asking
from postpatch.model import ExistingWindow, PatchPolicy, SelectedBaseline

PATCH_POLICY = "AWSQuickSetupType-PatchPolicy"
ASSOCIATIONS = "AWS-QuickSetup-PatchPolicy-"


@dataclass(frozen=True)
class ConfiguredPolicy:
    """A patch policy, the ids of its definitions, and the names by which people know it."""

    policy: PatchPolicy
    definitions: tuple[str, ...]
    names: tuple[str, ...]


def existing_patch_policy(connection: Connection, name: str, *, hybrid: bool = False) -> ExistingWindow:
    """Return the patch policy of that name with its association that installs; empty if there is none.

    Its name is the configuration manager's, or the parameter PatchPolicyName. Nothing is created. `hybrid`: hybrid
    nodes count among what it selects.
    """
    every = list(patch_policies(connection))
    found = [one for one in every if name in one.names]
    if not found:
        return ExistingWindow(())
    named, chosen = tuple(one.policy.arn for one in found), found[0]
    installs = _installing(connection, chosen, alone=len(every) == 1)
    policy = replace(chosen.policy, installs=tuple(row.get("AssociationName", "") for row in installs))
    if not installs:
        return ExistingWindow(named, patch_policy=policy)
    return replace(read_association(connection, installs[0], named, hybrid=hybrid), patch_policy=policy)


def patch_policies(connection: Connection) -> Iterator[ConfiguredPolicy]:
    """Yield the patch policies that were made in this account and Region."""
    client = connection.client("ssm-quicksetup")
    with asking("for the patch policies of Quick Setup"):
        for page in client.get_paginator("list_configuration_managers").paginate():
            for row in page["ConfigurationManagersList"]:
                kinds = {one.get("Type") for one in row.get("ConfigurationDefinitionSummaries", [])}
                if PATCH_POLICY in kinds:
                    yield _policy(client.get_configuration_manager(ManagerArn=row["ManagerArn"]))


def _policy(row: dict[str, Any]) -> ConfiguredPolicy:
    definitions = [one for one in row.get("ConfigurationDefinitions", []) if one.get("Type") == PATCH_POLICY]
    given = [one.get("Parameters", {}) for one in definitions]
    policy = PatchPolicy(
        arn=row["ManagerArn"],
        name=row.get("Name") or "",
        operation=", ".join(one.get("ConfigurationOptionsPatchOperation", "Scan") for one in given),
        statuses=tuple(
            one.get("Status", "") for one in row.get("StatusSummaries", []) if one.get("StatusType") == "Deployment"
        ),
        baselines=tuple(one for parameters in given for one in _selected(parameters.get("SelectedPatchBaselines", ""))),
    )
    names = tuple(filter(None, [policy.name, *(one.get("PatchPolicyName", "") for one in given)]))
    return ConfiguredPolicy(policy, tuple(one["Id"] for one in definitions if one.get("Id")), names)


def _selected(text: str) -> Iterator[SelectedBaseline]:
    """Yield the baselines of SelectedPatchBaselines: JSON, by operating system, or a list of such objects."""
    try:
        content = json.loads(text or "{}")
    except ValueError:
        return
    for part in content if isinstance(content, list) else [content]:
        for system, chosen in part.items() if isinstance(part, dict) else ():
            if isinstance(chosen, dict) and not chosen.get("disabled"):
                yield SelectedBaseline(system, str(chosen.get("value", "")), str(chosen.get("label", "")))


def _installing(connection: Connection, wanted: ConfiguredPolicy, *, alone: bool) -> list[dict[str, Any]]:
    """Return the associations of the policy with Operation Install, as described, by their names.

    Quick Setup ends the names of what it makes with an id of the configuration. Where that is not the id that the API
    gives the definition, the one association there is belongs to the one policy there is.
    """
    client = connection.client("ssm")
    with asking("for the associations of Quick Setup"):
        ids = {
            row["AssociationId"]: name
            for row in listed(client)
            if (name := row.get("AssociationName") or "").startswith(ASSOCIATIONS)
        }
    every = [found for one in sorted(ids, key=lambda one: ids[one]) if (found := described(client, one))]
    installs = [row for row in every if row.get("Parameters", {}).get("Operation") == ["Install"]]
    own = [row for row in installs if row["AssociationName"].endswith(tuple(f"-{one}" for one in wanted.definitions))]
    return own or (installs if alone and len(installs) == 1 else [])
