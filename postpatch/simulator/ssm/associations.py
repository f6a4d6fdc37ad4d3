"""State Manager associations: those that Inspector makes, above all the one that captures inventory."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..ids import Ids
from ..wire.errors import AwsError
from ..wire.reading import Params
from .registry import capture_registry

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
    tags: dict[str, str] = field(default_factory=dict)

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
        self._ids_of_windows = Ids("associations of Windows")
        self.all: dict[str, Association] = {}
        clock.every(INVENTORY_EVERY, lambda: self._on_schedule(INVENTORY))
        clock.every(WINDOWS_PLUGIN_EVERY, lambda: self._on_schedule(WINDOWS_PLUGIN))

    def make_inspectors_own(self) -> None:
        """Make the associations that Inspector makes when scans of EC2 are switched on, if they are not there."""
        rows = [(self._ids, row) for row in _OF_LINUX] + [(self._ids_of_windows, row) for row in _OF_WINDOWS]
        there = {association.name for association in self.all.values()}
        for ids, row in rows:
            if row[0] not in there:
                made = Association(ids.uuid(), *row, self._clock.now())
                self.all[made.id] = made

    def delete_inspectors_own(self) -> None:
        """Delete them, as Inspector does when scans of EC2 are switched off.

        Source: Inspector user guide, "Deactivating a scan type".
        """
        own = {name for name, *_ in _OF_LINUX + _OF_WINDOWS}
        for association in [one for one in self.all.values() if one.name in own]:
            del self.all[association.id]

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
            if association is None:
                continue
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
            capture_registry(host, self._fleet.facts(host), association.params, self._clock.now())
            self._arrived(host)
        if association.runs_windows_plugin and host.windows:
            if not host.inspector_plugin:
                return "Failed"
            self._plugin_ran(host)
        return "Success"

    def _named(self, name: str) -> Association | None:
        return next((association for association in self.all.values() if association.name == name), None)

    def _on_schedule(self, name: str) -> None:
        association = self._named(name)
        if self.run_on_schedule and association:
            self.start(association)
