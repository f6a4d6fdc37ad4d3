"""Run Command: commands, their invocations on hosts, and how both come to their end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..ids import Ids
from ..wire.reading import Params
from .documents import Order
from .patching import Outcome, Patching, Running
from .scripts import Script, Scripts
from .targets import limit_of

DELIVERED_AFTER = timedelta(seconds=5)
DEFAULT_DELIVERY = 3600  # seconds; SendCommand's TimeoutSeconds when it is not given
_OPEN = frozenset({"Pending", "InProgress", "Delayed"})
# Such an invocation does not count against MaxErrors, and the command succeeds if another one does (Systems Manager
# user guide, "Understanding command statuses").
_UNDELIVERABLE = "Undeliverable"


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
    error: str = ""
    running: Running | None = None


@dataclass
class Command:
    """One command and what it was sent with."""

    id: str
    params: Params
    order: Order | Script
    sent_at: datetime
    invocations: list[Invocation]
    waiting: list[Invocation] = field(default_factory=list)
    stopped: bool = False
    run_id: str = ""
    on_end: "Callable[[Command], None] | None" = None

    @property
    def status(self) -> str:
        """Sum up the invocations."""
        statuses = {invocation.status for invocation in self.invocations}
        if not statuses:
            return "Success"
        if statuses & _OPEN:
            return "Pending" if statuses == {"Pending"} else "InProgress"
        statuses = {one.status for one in self.invocations if one.detail != _UNDELIVERABLE} or statuses
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
        return limit_of(str(self.params.get(name, default)), len(self.invocations))


class Commands:
    """Keep commands and carry them out as the clock moves: documents that patch, and those that run a script."""

    def __init__(self, fleet: Fleet, clock: Clock, patching: Patching, scripts: Scripts) -> None:
        self.all: dict[str, Command] = {}
        self._fleet, self._clock, self._patching = fleet, clock, patching
        self._scripts = scripts
        self._ids = Ids("commands")

    def send(
        self,
        params: Params,
        order: Order | Script,
        hosts: list[Host],
        *,
        run_id: str = "",
        on_end: Callable[[Command], None] | None = None,
    ) -> Command:
        """Send a command to hosts, and do `on_end` when the last of them has ended.

        `run_id` is what its patch snapshot is named after, if not the command.
        """
        command_id = self._ids.uuid()
        invocations = [Invocation(host) for host in hosts]
        command = Command(command_id, params, order, self._clock.now(), invocations, list(invocations))
        command.run_id, command.on_end = run_id or command_id, on_end
        self.all[command_id] = command
        for _ in range(max(1, command.limit("MaxConcurrency", "50"))):
            self._next(command)
        return command

    def cancel(self, command: Command, instance_ids: list[str]) -> None:
        """Cancel a command on the named hosts, or on all: what waits never starts, what runs goes no further."""
        for invocation in command.invocations:
            if invocation.status in _OPEN and (not instance_ids or invocation.host.instance_id in instance_ids):
                if invocation in command.waiting:
                    command.waiting.remove(invocation)
                if invocation.running:
                    invocation.running.cancel()
                self._close(command, invocation, Outcome("Cancelled", "Cancelled", -1))

    def _next(self, command: Command) -> None:
        if command.waiting and not command.stopped:
            invocation = command.waiting.pop(0)
            self._clock.after(DELIVERED_AFTER, lambda: self._deliver(command, invocation))

    def _deliver(self, command: Command, invocation: Invocation) -> None:
        if invocation.status != "Pending":
            return
        if not self._fleet.reachable_by_agent(invocation.host):
            seconds = command.params.get("TimeoutSeconds", DEFAULT_DELIVERY)
            self._clock.after(timedelta(seconds=seconds), lambda: self._give_up(command, invocation))
            return
        if invocation.host.undeliverable:
            self._close(command, invocation, Outcome("Failed", _UNDELIVERABLE, -1))
            return
        invocation.status = invocation.detail = "InProgress"
        invocation.started_at = self._clock.now()

        def done(outcome: Outcome) -> None:
            self._close(command, invocation, outcome)

        if isinstance(command.order, Script):
            invocation.running = self._scripts.start(invocation.host, command.order, done)
        else:
            invocation.running = self._patching.start(invocation.host, command.order, command.run_id, done)

    def _give_up(self, command: Command, invocation: Invocation) -> None:
        if invocation.status == "Pending":
            self._close(command, invocation, Outcome("TimedOut", "DeliveryTimedOut", -1))

    def _close(self, command: Command, invocation: Invocation, outcome: Outcome) -> None:
        invocation.status, invocation.detail = outcome.status, outcome.detail
        invocation.ended_at, invocation.response_code = self._clock.now(), outcome.code
        invocation.output, invocation.error = outcome.output, outcome.error
        # "MaxErrors N: the system stops sending when error N+1 arrives" (botocore: SendCommand, MaxErrors).
        undeliverable = sum(one.detail == _UNDELIVERABLE for one in command.invocations)
        if command.count("Failed", "TimedOut") - undeliverable > command.limit("MaxErrors", "0"):
            command.stopped = True
            for waiting in command.waiting:
                waiting.status, waiting.detail = "Cancelled", "Terminated"
            command.waiting.clear()
        self._next(command)
        if command.on_end and command.status not in _OPEN:
            command.on_end(command)
