"""Whether the caller may do what a run is going to do, as far as IAM's policy simulator tells before it is done."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from postpatch.aws.session import SEND_COMMAND, Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import Caller

# Reads that every run makes after its first write (the Service Authorization Reference has them under these names).
READS = (
    "inspector2:GetConfiguration",
    "inspector2:GetEc2DeepInspectionConfiguration",
    "inspector2:ListCoverage",
    "inspector2:ListFilters",
    "inspector2:ListFindings",
    "ssm:DescribeAssociationExecutions",
    "ssm:DescribeInstanceInformation",
    "ssm:DescribeInstancePatchStates",
    "ssm:DescribeMaintenanceWindows",
    "ssm:ListCommandInvocations",
    "ssm:ListCommands",
)
# The same of a run that starts a CIS scan.
CIS_READS = (
    "inspector2:GetCisScanResultDetails",
    "inspector2:ListCisScanResultsAggregatedByTargetResource",
    "inspector2:ListCisScans",
)
# What each write concerns: resource types of the Service Authorization Reference; what is not made yet has no id.
CIS_SCAN = ("inspector2:CreateCisScanConfiguration", "inspector2", "owner/{account}/cis-configuration/{new}")
ASSOCIATION = ("ssm:StartAssociationsOnce", "ssm", "association/{id}")
WINDOW_PARTS: Mapping[str, tuple[str, str, str]] = {
    "window": ("ssm:CreateMaintenanceWindow", "", ""),
    "target": ("ssm:RegisterTargetWithMaintenanceWindow", "ssm", "maintenancewindow/mw-00000000000000000"),
    "task": ("ssm:RegisterTaskWithMaintenanceWindow", "ssm", "maintenancewindow/mw-00000000000000000"),
}
_NEW = "00000000-0000-0000-0000-000000000000"
_EVERYTHING = "*"
_ENTITY = re.compile(r"arn:[a-z-]+:iam::\d{12}:(user|role)/.+")
_SESSION = re.compile(r"arn:(?P<partition>[a-z-]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/.+")


def on(write: tuple[str, str, str], caller: Caller, **values: str) -> tuple[str, str]:
    """Return an action and the ARN of what it concerns in the caller's account and region."""
    action, service, resource = write
    if not resource:
        return action, _EVERYTHING
    partition = caller.arn.split(":")[1]
    named = resource.format(account=caller.account, new=_NEW, **values)
    return action, f"arn:{partition}:{service}:{caller.region}:{caller.account}:{named}"


def command_of(document: str, caller: Caller) -> tuple[str, str]:
    """Return the action that sends a command, and the ARN of AWS's own document, which has no account."""
    partition = caller.arn.split(":")[1]
    return SEND_COMMAND, f"arn:{partition}:ssm:{caller.region}::document/{document}"


def denied(connection: Connection, caller: Caller, needed: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return which of the `needed` actions, each with an ARN, the policies of the caller do not allow.

    CouldNotCheck where IAM cannot be asked. A decision that rests on a context key counts as allowed: the simulator
    knows only some of the keys of a real request (SimulatePrincipalPolicy, `MissingContextValues`).
    """
    source = _source(caller)
    by_resource: dict[str, list[str]] = {}
    for action, resource in needed:
        by_resource.setdefault(resource, []).append(action)
    refused = set()
    with asking("IAM what the caller may do"):
        pages = connection.client("iam").get_paginator("simulate_principal_policy")
        for resource, actions in by_resource.items():
            for page in pages.paginate(PolicySourceArn=source, ActionNames=sorted(actions), ResourceArns=[resource]):
                refused |= {row["EvalActionName"] for row in page["EvaluationResults"] if _is_denied(row)}
    return tuple(sorted(refused))


def _is_denied(row: Mapping[str, Any]) -> bool:
    return row["EvalDecision"] != "allowed" and not [*_missing(row)]


def _missing(row: Mapping[str, Any]) -> Iterator[str]:
    yield from row.get("MissingContextValues", ())
    for one in row.get("ResourceSpecificResults", ()):
        yield from one.get("MissingContextValues", ())


def _source(caller: Caller) -> str:
    # A role's session is simulated as the role; of a role with a path, the session's ARN does not tell it.
    if _ENTITY.fullmatch(caller.arn):
        return caller.arn
    if session := _SESSION.fullmatch(caller.arn):
        return f"arn:{session['partition']}:iam::{session['account']}:role/{session['role']}"
    raise CouldNotCheck(f"IAM simulates users and roles, and {caller.arn} is neither.")
