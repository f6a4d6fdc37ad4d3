"""The runs of documents that patch, on each host: from Run Command's history and State Manager's executions.

A maintenance window's task is a command of Run Command, and a Quick Setup patch policy is a set of associations, so
these two histories hold every way in which Systems Manager installs patches.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, product
from typing import Any

from postpatch.aws.session import Connection, asking, to_the_second
from postpatch.aws.side_by_side import side_by_side
from postpatch.model import PatchCommand

# AWS's documents that patch (Systems Manager user guide, "SSM Command documents for patching managed nodes").
DOCUMENT = "AWS-RunPatchBaseline"
PATCHING_DOCUMENTS = (DOCUMENT, "AWS-RunPatchBaselineWithHooks", "AWS-RunPatchBaselineAssociation")
_QUICK_SETUP = "AWS-QuickSetup-PatchPolicy-"
# The largest pages there are: botocore shapes CommandMaxResults and MaxResults.
_A_PAGE = 50
_Listing = Callable[..., Iterator[PatchCommand]]


def patch_history(
    connection: Connection, hosts: Iterable[str], since: datetime, document: str = DOCUMENT
) -> tuple[PatchCommand, ...]:
    """Return each run of a document that patches on `hosts`, requested at or after `since`.

    Asked for are AWS's documents and the policy's own `document`, by name or ARN. The calls: one list of commands and
    one of associations a document, and for each of these that ran since, its runs on the hosts.
    """
    ids, plain = set(hosts), document.rpartition("/")[2]

    def of(asked: tuple[str, _Listing]) -> Iterator[tuple[PatchCommand, ...]]:
        name, listing = asked
        own = name == plain and name not in PATCHING_DOCUMENTS
        with asking(f"for the history of {name}"):
            yield tuple(listing(connection, name, since, own=own))

    listings = product(dict.fromkeys((plain, *PATCHING_DOCUMENTS)), (_commands, _executions))
    every = chain.from_iterable(side_by_side(listings, of, connection.at_once))
    return tuple(one for one in every if one.host in ids)


@dataclass(frozen=True)
class _Order:
    """What a document is to do: its operation, and what takes the place of the patch baseline."""

    operation: str
    override_list: str
    baseline_override: str


def _order(parameters: dict[str, list[str]], *, own: bool) -> _Order:
    # A document of the policy's own that has no Operation installs: the policy names it as what patches.
    operation = parameters.get("Operation") or (["Install"] if own else [])
    return _Order(
        ",".join(operation),
        "".join(parameters.get("InstallOverrideList", [])),
        "".join(parameters.get("BaselineOverride", [])),
    )


def _commands(connection: Connection, name: str, since: datetime, *, own: bool) -> Iterator[PatchCommand]:
    client = connection.client("ssm")
    # AWS compares InvokedAfter to the second; what came before `since` within that second is no proof.
    filters = [
        {"key": "DocumentName", "value": name},
        {"key": "InvokedAfter", "value": to_the_second(since)},
    ]
    invocations = client.get_paginator("list_command_invocations")
    for page in client.get_paginator("list_commands").paginate(Filters=filters, MaxResults=_A_PAGE):
        for command in page["Commands"]:
            requested = command["RequestedDateTime"].astimezone(UTC)
            if command["DocumentName"].rpartition("/")[2] != name or requested < since:
                continue
            order = _order(command.get("Parameters", {}), own=own)
            for rows in invocations.paginate(CommandId=command["CommandId"], Details=True, MaxResults=_A_PAGE):
                for row in rows["CommandInvocations"]:
                    yield _command(row, order, name)


def _command(row: dict[str, Any], order: _Order, document: str) -> PatchCommand:
    plugins = row.get("CommandPlugins", [])
    begins = [one["ResponseStartDateTime"] for one in plugins if "ResponseStartDateTime" in one]
    ends = [one["ResponseFinishDateTime"] for one in plugins if "ResponseFinishDateTime" in one]
    return PatchCommand(
        host=row["InstanceId"],
        command=row["CommandId"],
        operation=order.operation,
        status=row["Status"],
        requested_at=row["RequestedDateTime"].astimezone(UTC),
        ended_at=max(ends).astimezone(UTC) if ends else None,
        document=document,
        detail=row.get("StatusDetails", ""),
        started_at=min(begins).astimezone(UTC) if begins else None,
        override_list=order.override_list,
        baseline_override=order.baseline_override,
    )


def _executions(connection: Connection, name: str, since: datetime, *, own: bool) -> Iterator[PatchCommand]:
    client = connection.client("ssm")
    after = [{"Key": "CreatedTime", "Value": to_the_second(since), "Type": "GREATER_THAN"}]
    listed = client.get_paginator("list_associations")
    executions = client.get_paginator("describe_association_executions")
    targets = client.get_paginator("describe_association_execution_targets")
    for page in listed.paginate(AssociationFilterList=[{"key": "Name", "value": name}], MaxResults=_A_PAGE):
        for row in page["Associations"]:
            association = row["AssociationId"]
            orders: dict[str, _Order] = {}
            for found in executions.paginate(AssociationId=association, Filters=after, MaxResults=_A_PAGE):
                for execution in found["AssociationExecutions"]:
                    if execution["CreatedTime"] < since:
                        continue
                    version = execution.get("AssociationVersion", "")
                    if version not in orders:
                        orders[version] = _association_order(client, association, version, own=own)
                    for part in targets.paginate(
                        AssociationId=association, ExecutionId=execution["ExecutionId"], MaxResults=_A_PAGE
                    ):
                        for target in part["AssociationExecutionTargets"]:
                            yield _target(target, execution, row, orders[version], name)


def _association_order(client: Any, association: str, version: str, *, own: bool) -> _Order:
    asked = {"AssociationVersion": version} if version else {}
    described = client.describe_association(AssociationId=association, **asked)["AssociationDescription"]
    return _order(described.get("Parameters", {}), own=own)


def _target(
    target: dict[str, Any], execution: dict[str, Any], association: dict[str, Any], order: _Order, document: str
) -> PatchCommand:
    label = association.get("AssociationName", "") or association["AssociationId"]
    ran = target.get("LastExecutionDate")
    status = target.get("Status", "")
    begun = status not in ("Pending", "Skipped")
    return PatchCommand(
        host=target["ResourceId"],
        command=execution["ExecutionId"],
        operation=order.operation,
        status=status,
        requested_at=execution["CreatedTime"].astimezone(UTC),
        ended_at=ran.astimezone(UTC) if ran and status not in ("Pending", "InProgress") else None,
        document=document,
        via=f"Quick Setup ({label})" if label.startswith(_QUICK_SETUP) else f"State Manager ({label})",
        detail=target.get("DetailedStatus", "") or status,
        started_at=ran.astimezone(UTC) if ran and begun else None,
        override_list=order.override_list,
        baseline_override=order.baseline_override,
    )
