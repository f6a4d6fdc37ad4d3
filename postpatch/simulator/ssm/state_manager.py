"""State Manager: associations that people and Quick Setup make, run on schedule, on demand and on new hosts.

Sources: botocore, CreateAssociation and UpdateAssociation; Systems Manager user guide, "Understanding when
associations are applied to resources".
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..hosts.neighbours import Neighbours
from ..wire.errors import AwsError
from ..wire.reading import Params
from .associations import Association, Associations, Execution
from .documents import BY_ASSOCIATION, DOCUMENTS, Order, plain_name, read_order
from .patching import Outcome, Patching
from .targets import EVERY_NODE, limit_of, select_nodes
from .windows.schedule import Schedule

OTHER_DOCUMENT_TAKES = timedelta(seconds=20)
# The worst comes first; what waits for a host that is not reached stays Pending.
_WORST = ("Pending", "Failed", "TimedOut")


class StateManager:
    """Keep associations beside Inspector's own, and run them."""

    def __init__(
        self,
        associations: Associations,
        patching: Patching,
        fleet: Fleet,
        clock: Clock,
        neighbours: Neighbours,
        region: str,
    ) -> None:
        self._associations, self._patching = associations, patching
        self._fleet, self._clock, self._neighbours, self._region = fleet, clock, neighbours, region
        self._marks: dict[str, object] = {}
        fleet.on_launch(self._take_in)

    def create(self, params: Params) -> Association:
        """Create an association; it runs at once, unless it is to run only at its cron interval."""
        if "InstanceId" in params:
            params = params | {"Targets": [{"Key": "InstanceIds", "Values": [params["InstanceId"]]}]}
        made = Association(self._associations.new_id(), "", "", "", self._clock.now())
        made.tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags", [])}
        self._set(made, params)
        self._associations.all[made.id] = made
        self._apply(made)
        return made

    def update(self, association: Association, params: Params) -> None:
        """Change an association: what is not given is cleared, but for its document and its targets."""
        kept = {"Name": association.document, "Targets": association.params.get("Targets", EVERY_NODE)}
        self._set(association, kept | params)
        association.version += 1
        association.updated_at = self._clock.now()
        self._apply(association)

    def delete(self, association: Association) -> None:
        """Delete an association."""
        self._marks.pop(association.id, None)
        del self._associations.all[association.id]

    def _set(self, association: Association, params: Params) -> None:
        if not params.get("Targets"):
            raise AwsError("InvalidTarget", "An association needs Targets")
        _check_schedule(params)
        order = self._order(association, params)
        association.document, association.name = params["Name"], params.get("AssociationName", "")
        association.schedule, association.params = params.get("ScheduleExpression", ""), params
        if not association.captures_inventory:
            association.begin = lambda execution: self._begin(association, execution, order, self._nodes(association))

    def _order(self, association: Association, params: Params) -> Order | None:
        document = DOCUMENTS.get(plain_name(params["Name"], self._region))
        if document is None:
            return None
        own = {"AssociationId": [association.id]} if document is BY_ASSOCIATION else {}
        return read_order(document, own | params.get("Parameters", {}))

    def _nodes(self, association: Association) -> list[Host]:
        return select_nodes(self._fleet, self._neighbours, association.params["Targets"])

    def _apply(self, association: Association) -> None:
        if not association.params.get("ApplyOnlyAtCronInterval"):
            self._associations.start(association)
        self._schedule(association)

    def _schedule(self, association: Association) -> None:
        """Wait for the next run, in the place of the one that was waited for."""
        mark = self._marks[association.id] = object()
        if not association.schedule:
            return
        now, set_at = self._clock.now(), association.updated_at or association.created_at
        schedule = Schedule(association.schedule, None, association.params.get("ScheduleOffset"))
        for run in islice(schedule.runs(now, set_at, anchored_by_start=False), 1):
            self._clock.after(run - now, lambda: self._due(association, mark))

    def _due(self, association: Association, mark: object) -> None:
        if self._marks.get(association.id) is mark:
            self._associations.start(association)
            self._schedule(association)

    def _take_in(self, host: Host) -> None:
        """Run associations on a host that was just launched, where their targets select it by more than its id."""
        for association in list(self._associations.all.values()):
            by_id = all(entry["Key"].lower() == "instanceids" for entry in association.params.get("Targets", []))
            if not association.params or by_id or association.params.get("ApplyOnlyAtCronInterval"):
                continue
            if host in self._nodes(association):
                order = self._order(association, association.params)
                execution = Execution(self._associations.new_id(), self._clock.now(), version=association.version)
                association.executions.append(execution)
                self._begin(association, execution, order, [host])

    def _begin(self, association: Association, execution: Execution, order: Order | None, hosts: list[Host]) -> None:
        execution.status = "InProgress" if hosts else "Success"
        waiting, total = list(hosts), len(hosts)
        most = _limit(association.params.get("MaxConcurrency"), total)
        open_at_once = total if most is None else max(1, most)
        errors = _limit(association.params.get("MaxErrors"), total)

        def go_on() -> None:
            failed = sum(status in ("Failed", "TimedOut") for status in execution.targets.values())
            # "MaxErrors": the system stops sending once there are more errors than allowed.
            if errors is not None and failed > errors:
                waiting.clear()
            if waiting:
                self._run_on(waiting.pop(0), execution, order, go_on)
            elif "InProgress" not in execution.targets.values():
                statuses = execution.targets.values()
                execution.status = next((status for status in _WORST if status in statuses), "Success")

        for _ in range(min(total, open_at_once)):
            go_on()

    def _run_on(self, host: Host, execution: Execution, order: Order | None, go_on: Callable[[], None]) -> None:
        if not self._fleet.reachable_by_agent(host):
            execution.targets[host.instance_id] = "Pending"
            go_on()
            return
        execution.targets[host.instance_id] = "InProgress"
        execution.outputs[host.instance_id] = self._associations.new_id()

        def done(outcome: Outcome) -> None:
            execution.targets[host.instance_id] = outcome.status
            go_on()

        if order is None:
            self._clock.after(OTHER_DOCUMENT_TAKES, lambda: done(Outcome("Success", "Success", 0)))
        else:
            self._patching.start(host, order, execution.id, done)


def _check_schedule(params: Params) -> None:
    expression, only_cron = params.get("ScheduleExpression"), params.get("ApplyOnlyAtCronInterval")
    if "ScheduleOffset" in params and not only_cron:
        raise AwsError("InvalidSchedule", "ScheduleOffset needs ApplyOnlyAtCronInterval")
    if only_cron and not str(expression).startswith("cron("):
        raise AwsError("InvalidSchedule", "ApplyOnlyAtCronInterval needs a cron expression")
    if expression:
        try:
            Schedule(expression, None, params.get("ScheduleOffset"))
        except AwsError as error:
            raise AwsError("InvalidSchedule", error.message) from None


def _limit(text: str | None, total: int) -> int | None:
    """Read MaxConcurrency or MaxErrors, a number or a percentage of the targets; nothing where none is set."""
    return None if text is None else limit_of(text, total)
