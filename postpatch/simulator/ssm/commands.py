"""Run Command: commands, their invocations on hosts, and how both come to their end."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..ids import Ids
from ..wire.reading import Params
from .baselines import Baselines
from .patch_reports import PatchReports
from .patch_runs import PatchRun, snapshot_id

PATCH_DOCUMENT = "AWS-RunPatchBaseline"
DELIVERED_AFTER = timedelta(seconds=5)
DEFAULT_DELIVERY = 3600  # seconds; SendCommand's TimeoutSeconds when it is not given
_OPEN = frozenset({"Pending", "InProgress", "Delayed"})


@dataclass
class Invocation:
    """One command on one host; status and detail as the API names them."""

    host: Host
    status: str = "Pending"
    detail: str = "Pending"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    response_code: int = -1
    output: str = ""


@dataclass
class Command:
    """One command and what it was sent with."""

    id: str
    params: Params
    sent_at: datetime
    invocations: list[Invocation]
    waiting: list[Invocation] = field(default_factory=list)
    stopped: bool = False

    @property
    def status(self) -> str:
        """Sum up the invocations."""
        statuses = {invocation.status for invocation in self.invocations}
        if not statuses:
            return "Success"
        if statuses & _OPEN:
            return "Pending" if statuses == {"Pending"} else "InProgress"
        for worst in ("Failed", "TimedOut", "Cancelled"):
            if worst in statuses:
                return worst
        return "Success"

    @property
    def detail(self) -> str:
        """Say more than the status does."""
        if not self.invocations:
            return "NoInstancesInTag"
        details = {invocation.detail for invocation in self.invocations}
        return "DeliveryTimedOut" if details == {"DeliveryTimedOut"} else self.status

    def count(self, *statuses: str) -> int:
        """Count the invocations with one of the statuses."""
        return sum(invocation.status in statuses for invocation in self.invocations)

    def limit(self, name: str, default: str) -> int:
        """Read MaxConcurrency or MaxErrors, a number or a percentage of the targets."""
        text = str(self.params.get(name, default))
        if text.endswith("%"):
            return math.floor(len(self.invocations) * int(text[:-1]) / 100)
        return int(text)


class Commands:
    """Keep commands and carry them out as the clock moves; AWS-RunPatchBaseline is the one document that runs."""

    def __init__(self, fleet: Fleet, clock: Clock, baselines: Baselines, reports: PatchReports) -> None:
        self.all: dict[str, Command] = {}
        self._fleet, self._clock = fleet, clock
        self._baselines, self._reports = baselines, reports
        self._ids = Ids("commands")

    def send(self, params: Params, hosts: list[Host]) -> Command:
        """Send a command to hosts."""
        command_id = self._ids.uuid()
        invocations = [Invocation(host) for host in hosts]
        command = Command(command_id, params, self._clock.now(), invocations, list(invocations))
        self.all[command_id] = command
        for _ in range(max(1, command.limit("MaxConcurrency", "50"))):
            self._next(command)
        return command

    def _next(self, command: Command) -> None:
        if command.waiting and not command.stopped:
            invocation = command.waiting.pop(0)
            self._clock.after(DELIVERED_AFTER, lambda: self._deliver(command, invocation))

    def _deliver(self, command: Command, invocation: Invocation) -> None:
        if not self._fleet.reachable_by_agent(invocation.host):
            seconds = command.params.get("TimeoutSeconds", DEFAULT_DELIVERY)
            self._clock.after(timedelta(seconds=seconds), lambda: self._give_up(command, invocation))
            return
        now = self._clock.now()
        invocation.status = invocation.detail = "InProgress"
        invocation.started_at = now
        given = command.params.get("Parameters", {})
        run = PatchRun(
            invocation.host,
            self._fleet,
            self._baselines,
            given["Operation"][0],
            given.get("RebootOption", ["RebootIfNeeded"])[0],
        )
        self._clock.after(run.begin(now), lambda: self._apply(command, invocation, run))

    def _apply(self, command: Command, invocation: Invocation, run: PatchRun) -> None:
        reboot = run.apply(self._clock.now())
        self._clock.after(reboot, lambda: self._end(command, invocation, run))

    def _end(self, command: Command, invocation: Invocation, run: PatchRun) -> None:
        now = self._clock.now()
        host_id = invocation.host.instance_id
        given = command.params.get("Parameters", {}).get("SnapshotId", [""])[0]
        report = run.end(now, self._reports.by_host.get(host_id), given or snapshot_id(command.id))
        self._reports.by_host[host_id] = report
        invocation.output = (
            f"{run.operation} finished: {len(run.done)} installed, {len(run.failed)} failed, "
            f"{report.count('Missing')} missing, baseline {run.baseline.id}"
        )
        self._close(command, invocation, "Failed" if run.failed else "Success", code=1 if run.failed else 0)

    def _give_up(self, command: Command, invocation: Invocation) -> None:
        if invocation.status == "Pending":
            self._close(command, invocation, "TimedOut", detail="DeliveryTimedOut")

    def _close(
        self, command: Command, invocation: Invocation, status: str, *, detail: str | None = None, code: int = -1
    ) -> None:
        invocation.status, invocation.detail = status, detail or status
        invocation.ended_at, invocation.response_code = self._clock.now(), code
        # "MaxErrors N: the system stops sending when error N+1 arrives" (botocore: SendCommand, MaxErrors).
        if command.count("Failed", "TimedOut") > command.limit("MaxErrors", "0"):
            command.stopped = True
            for waiting in command.waiting:
                waiting.status, waiting.detail = "Cancelled", "Terminated"
            command.waiting.clear()
        self._next(command)
