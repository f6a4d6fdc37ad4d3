"""State Manager associations: those that Inspector makes, above all the one that captures inventory."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..ids import Ids
from ..wire.dates import moment
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .paging import cut_page
from .targets import EVERY_NODE

INVENTORY = "InspectorInventoryCollection-do-not-delete"
WINDOWS_PLUGIN = "InvokeInspectorSsmPlugin-do-not-delete"
WINDOWS_PLUGIN_EVERY = timedelta(hours=6)  # Inspector user guide, "Scanning Windows instances"
# Those that Inspector makes: name, document, schedule.
_OF_LINUX = (
    (INVENTORY, "AWS-GatherSoftwareInventory", "rate(30 minutes)"),
    ("InspectorLinuxDistributor-do-not-delete", "AWS-ConfigureAWSPackage", "rate(7 days)"),
    ("InvokeInspectorLinuxSsmPlugin-do-not-delete", "AmazonInspector2-InvokeInspectorLinuxSsmPlugin", "rate(6 hours)"),
)
_OF_WINDOWS = (
    ("InspectorDistributor-do-not-delete", "AWS-ConfigureAWSPackage", "rate(7 days)"),
    (WINDOWS_PLUGIN, "AmazonInspector2-InvokeInspectorSsmPlugin", "rate(6 hours)"),
)
INVENTORY_EVERY = timedelta(minutes=30)  # Inspector user guide: "EC2 scanning", default inventory interval
STARTS_AFTER = timedelta(seconds=20)
TAKES = timedelta(seconds=70)
# What DescribeAssociation tells beyond a row of the list, as it was given.
_DESCRIBED = frozenset(
    {"Parameters", "MaxConcurrency", "MaxErrors", "ComplianceSeverity", "SyncCompliance", "ApplyOnlyAtCronInterval"}
    | {"OutputLocation", "CalendarNames", "AlarmConfiguration", "Duration"}
)


@dataclass
class Execution:
    """One execution of an association; `targets` maps host ids to statuses."""

    id: str
    created_at: datetime
    status: str = "Pending"
    targets: dict[str, str] = field(default_factory=dict)
    version: int = 1
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class Association:
    """One association: as Inspector made it, or as `params` say, which then has its own way to `begin` an execution."""

    id: str
    name: str
    document: str
    schedule: str
    created_at: datetime
    executions: list[Execution] = field(default_factory=list)
    params: Params = field(default_factory=dict)
    begin: Callable[[Execution], None] | None = None
    version: int = 1
    updated_at: datetime | None = None

    @property
    def captures_inventory(self) -> bool:
        """Tell whether it has the inventory captured."""
        return self.name == INVENTORY

    @property
    def runs_windows_plugin(self) -> bool:
        """Tell whether it runs Inspector's plugin on Windows hosts."""
        return self.name == WINDOWS_PLUGIN

    @property
    def last(self) -> Execution | None:
        """Find the latest execution."""
        return self.executions[-1] if self.executions else None


class Associations:
    """Keep associations and run them.

    `arrived` is called with each host whose inventory was captured, `plugin_ran` with each Windows host on which
    Inspector's plugin ran. `run_on_schedule` has the inventory captured every 30 minutes by itself, and the plugin run
    every 6 hours; without it only StartAssociationsOnce does, so that whoever forgets to launch a scan keeps the old
    findings.
    """

    def __init__(
        self, fleet: Fleet, clock: Clock, arrived: Callable[[Host], None], plugin_ran: Callable[[Host], None]
    ) -> None:
        self.run_on_schedule = False
        self._fleet, self._clock, self._arrived, self._plugin_ran = fleet, clock, arrived, plugin_ran
        self._ids = Ids("associations")
        of_windows = Ids("associations of Windows")
        made = [Association(self._ids.uuid(), *row, clock.now()) for row in _OF_LINUX]
        made += [Association(of_windows.uuid(), *row, clock.now()) for row in _OF_WINDOWS]
        self.all = {association.id: association for association in made}
        clock.every(INVENTORY_EVERY, lambda: self._on_schedule(INVENTORY))
        clock.every(WINDOWS_PLUGIN_EVERY, lambda: self._on_schedule(WINDOWS_PLUGIN))

    def find(self, association_id: str) -> Association:
        """Find an association by id."""
        if association_id not in self.all:
            raise AwsError("AssociationDoesNotExist", f"The association {association_id} does not exist")
        return self.all[association_id]

    def start(self, association: Association) -> None:
        """Start one execution now."""
        execution = Execution(self._ids.uuid(), self._clock.now(), version=association.version)
        association.executions.append(execution)
        begin = association.begin or (lambda started: self._begin(association, started))
        self._clock.after(STARTS_AFTER, lambda: begin(execution))

    def new_id(self) -> str:
        """Make the id of an association, or of what one of its executions told."""
        return self._ids.uuid()

    def first_inventory(self, host: Host) -> None:
        """Run the inventory association on a host that was just launched, as State Manager does; of Windows both."""
        for name in (INVENTORY, WINDOWS_PLUGIN) if host.windows else (INVENTORY,):
            execution = Execution(self._ids.uuid(), self._clock.now(), "InProgress", {host.instance_id: "InProgress"})
            association = self._named(name)
            association.executions.append(execution)
            self._clock.after(STARTS_AFTER + TAKES, functools.partial(self._finish, association, execution))

    def _begin(self, association: Association, execution: Execution) -> None:
        execution.status = "InProgress"
        execution.targets = {
            host.instance_id: "InProgress" for host in self._fleet.hosts() if host.managed and self._fleet.running(host)
        }
        self._clock.after(TAKES, lambda: self._finish(association, execution))

    def _finish(self, association: Association, execution: Execution) -> None:
        for instance_id in execution.targets:
            host = self._fleet.host(instance_id)
            execution.targets[instance_id] = self._run_on(host, association) if host else "Pending"
        # State Manager leaves an offline node Pending; the execution as a whole then is not a success.
        ends = [status for status in ("Pending", "Failed") if status in execution.targets.values()]
        execution.status = ends[0] if ends else "Success"

    def _run_on(self, host: Host, association: Association) -> str:
        if not self._fleet.reachable_by_agent(host):
            return "Pending"
        if association.captures_inventory:
            if not host.inventory_plugin:
                return "Failed"
            host.capture_inventory(self._clock.now())
            self._arrived(host)
        if association.runs_windows_plugin and host.windows:
            if not host.inspector_plugin:
                return "Failed"
            self._plugin_ran(host)
        return "Success"

    def _named(self, name: str) -> Association:
        return next(association for association in self.all.values() if association.name == name)

    def _on_schedule(self, name: str) -> None:
        if self.run_on_schedule:
            self.start(self._named(name))


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
