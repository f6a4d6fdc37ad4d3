"""What callers ask about State Manager associations."""

from typing import Any

from ..wire.dates import moment
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .associations import Association, Associations, Execution
from .paging import cut_page
from .targets import EVERY_NODE

# What DescribeAssociation tells beyond a row of the list, as it was given.
_DESCRIBED = frozenset(
    {"Parameters", "MaxConcurrency", "MaxErrors", "ComplianceSeverity", "SyncCompliance", "ApplyOnlyAtCronInterval"}
    | {"OutputLocation", "CalendarNames", "AlarmConfiguration", "Duration"}
)


class AssociationOperations:
    """Answer what callers ask about associations."""

    def __init__(self, associations: Associations, pages: Pages) -> None:
        self._associations, self._pages = associations, pages

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "ListAssociations": self.list_associations,
            "DescribeAssociation": self.describe,
            "StartAssociationsOnce": self.start_once,
            "DescribeAssociationExecutions": self.describe_executions,
            "DescribeAssociationExecutionTargets": self.describe_execution_targets,
        }

    def list_associations(self, params: Params) -> dict[str, Any]:
        """List associations by filter."""

        def rows() -> list[dict[str, Any]]:
            found = [_row(association) for association in self._associations.all.values()]
            for entry in params.get("AssociationFilterList", []):
                found = [row for row in found if _passes(row, entry["key"], entry["value"])]
            return found

        found, token = cut_page(self._pages, "ListAssociations", params, rows)
        return {"Associations": found, "NextToken": token}

    def describe(self, params: Params) -> dict[str, Any]:
        """Describe one association by its id."""
        association = self._associations.find(params.get("AssociationId", ""))
        row = _row(association) | {name: value for name, value in association.params.items() if name in _DESCRIBED}
        last = association.last
        finished = last.created_at if last and last.status == "Success" else None
        return {
            "AssociationDescription": row
            | {
                "Date": association.created_at,
                "LastUpdateAssociationDate": association.updated_at or association.created_at,
                "LastExecutionDate": last.created_at if last else None,
                "LastSuccessfulExecutionDate": finished,
                "DocumentVersion": association.params.get("DocumentVersion", "$DEFAULT"),
            }
        }

    def start_once(self, params: Params) -> dict[str, Any]:
        """Start associations now, on all their nodes."""
        for association in [self._associations.find(wanted) for wanted in params["AssociationIds"]]:
            self._associations.start(association)
        return {}

    def describe_executions(self, params: Params) -> dict[str, Any]:
        """List the executions of an association, newest first."""
        association = self._associations.find(params["AssociationId"])

        def rows() -> list[dict[str, Any]]:
            found = [_execution(association, execution) for execution in reversed(association.executions)]
            for entry in params.get("Filters", []):
                found = [row for row in found if _execution_passes(row, entry)]
            return found

        found, token = cut_page(self._pages, "DescribeAssociationExecutions", params, rows)
        return {"AssociationExecutions": found, "NextToken": token}

    def describe_execution_targets(self, params: Params) -> dict[str, Any]:
        """List the nodes of one execution with their statuses."""
        association = self._associations.find(params["AssociationId"])
        execution = next((e for e in association.executions if e.id == params["ExecutionId"]), None)
        if execution is None:
            raise AwsError("AssociationExecutionDoesNotExist", f"There is no execution {params['ExecutionId']}")
        rows = [
            {
                "AssociationId": association.id,
                "AssociationVersion": str(execution.version),
                "ExecutionId": execution.id,
                "ResourceId": instance_id,
                "ResourceType": "ManagedInstance",
                "Status": status,
                "DetailedStatus": status,
                "LastExecutionDate": execution.created_at,
                "OutputSource": _output(execution, instance_id),
            }
            for instance_id, status in execution.targets.items()
        ]
        for entry in params.get("Filters", []):
            rows = [row for row in rows if row[entry["Key"]] == entry["Value"]]
        found, token = cut_page(self._pages, "DescribeAssociationExecutionTargets", params, lambda: rows)
        return {"AssociationExecutionTargets": found, "NextToken": token}


def _output(execution: Execution, instance_id: str) -> dict[str, str] | None:
    told = execution.outputs.get(instance_id)
    return {"OutputSourceId": told, "OutputSourceType": "RunCommand"} if told else None


def _row(association: Association) -> dict[str, Any]:
    last = association.last
    counts: dict[str, int] = {}
    for status in last.targets.values() if last else ():
        counts[status] = counts.get(status, 0) + 1
    status = last.status if last else "Success"
    return {
        "Name": association.document,
        "AssociationId": association.id,
        "AssociationName": association.name or None,
        "AssociationVersion": str(association.version),
        "Targets": association.params.get("Targets", EVERY_NODE),
        "ScheduleExpression": association.schedule or None,
        "ScheduleOffset": association.params.get("ScheduleOffset"),
        "LastExecutionDate": last.created_at if last else None,
        "Overview": {"Status": status, "DetailedStatus": status, "AssociationStatusAggregatedCount": counts},
    }


def _passes(row: dict[str, Any], key: str, value: str) -> bool:
    if key in ("LastExecutedBefore", "LastExecutedAfter"):
        asked, executed = moment(value), row["LastExecutionDate"]
        return executed is not None and (executed < asked if key == "LastExecutedBefore" else executed > asked)
    if key == "AssociationStatusName":
        return bool(row["Overview"]["Status"] == value)
    return bool(row.get(key) == value)


def _execution(association: Association, execution: Execution) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for status in execution.targets.values():
        counts[status] = counts.get(status, 0) + 1
    told = ", ".join(f"{status}={count}" for status, count in sorted(counts.items()))
    return {
        "AssociationId": association.id,
        "AssociationVersion": str(execution.version),
        "ExecutionId": execution.id,
        "Status": execution.status,
        "DetailedStatus": execution.status,
        "CreatedTime": execution.created_at,
        "LastExecutionDate": execution.created_at,
        "ResourceCountByStatus": f"{{{told}}}",
    }


def _execution_passes(row: dict[str, Any], entry: dict[str, str]) -> bool:
    held, wanted = row[entry["Key"]], entry["Value"]
    if entry["Key"] == "CreatedTime":
        asked = moment(wanted)
        return bool({"EQUAL": held == asked, "LESS_THAN": held < asked, "GREATER_THAN": held > asked}[entry["Type"]])
    return bool(held == wanted)
