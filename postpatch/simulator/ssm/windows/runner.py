"""Maintenance windows that run: each opens when its schedule says, and carries out its tasks in order of priority."""

from collections.abc import Callable
from datetime import timedelta
from itertools import groupby

from ...clock import Clock
from ...hosts.fleet import Fleet
from ...hosts.host import Host
from ...hosts.neighbours import Neighbours
from ...ids import Ids
from ...wire.errors import AwsError
from ...wire.reading import Params
from ..commands import Command, Commands
from ..documents import DOCUMENTS, plain_name, read_order
from ..targets import select_nodes
from .execution import OPEN, TaskExecution, WindowExecution
from .window import Task, Window
from .windows import Windows

OTHER_TASK_TAKES = timedelta(seconds=10)


class Runner:
    """Open windows as the clock moves, and keep what came of it."""

    def __init__(
        self, windows: Windows, commands: Commands, fleet: Fleet, neighbours: Neighbours, account: str, region: str
    ) -> None:
        self.executions: dict[str, WindowExecution] = {}
        self._windows, self._commands, self._fleet = windows, commands, fleet
        self._neighbours, self._account, self._region = neighbours, account, region
        self._clock: Clock = windows.clock
        self._ids = Ids("window executions")
        self._marks: dict[str, object] = {}
        windows.on_change(self._schedule)

    def of_window(self, window_id: str) -> list[WindowExecution]:
        """List the executions of a window, newest first."""
        return [e for e in reversed(self.executions.values()) if e.window_id == window_id]

    def _schedule(self, window: Window) -> None:
        """Wait for the next run of a window, in the place of the one that was waited for."""
        mark = self._marks[window.id] = object()
        runs = window.next_runs(self._clock.now(), 1)
        if runs:
            self._clock.after(runs[0] - self._clock.now(), lambda: self._open(window, mark))

    def _open(self, window: Window, mark: object) -> None:
        if self._marks.get(window.id) is not mark or window.id not in self._windows.all:
            return
        now = self._clock.now()
        execution = WindowExecution(self._ids.uuid(), window.id, now)
        # "SKIPPED_OVERLAPPING": the execution before has not ended yet.
        if any(before.status in OPEN for before in self.of_window(window.id)):
            execution.status, execution.ended_at = "SKIPPED_OVERLAPPING", now
        self.executions[execution.id] = execution
        if execution.status in OPEN:
            self._begin(window, execution)
        self._schedule(window)

    def _begin(self, window: Window, execution: WindowExecution) -> None:
        tasks = sorted(window.tasks.values(), key=lambda task: task.params.get("Priority", 0))
        groups = [
            [TaskExecution(self._ids.uuid(), dict(task.params)) for task in same]
            for _, same in groupby(tasks, key=lambda task: task.params.get("Priority", 0))
        ]
        execution.tasks = [task for group in groups for task in group]
        open_for = timedelta(hours=window.params["Duration"] - window.params["Cutoff"])
        self._clock.after(open_for, lambda: self._cut_off(execution))
        self._go_on(window, execution, groups)

    def _go_on(self, window: Window, execution: WindowExecution, groups: list[list[TaskExecution]]) -> None:
        """Start the tasks of the next priority once those before have ended (lower first)."""
        waiting = [group for group in groups if any(task.status == "PENDING" for task in group)]
        running = any(task.status == "IN_PROGRESS" for task in execution.tasks)
        if waiting and not running and execution.status == "IN_PROGRESS":
            for task in waiting[0]:
                self._start(window, execution, task, lambda: self._go_on(window, execution, groups))
        execution.close(self._clock.now())

    def _start(
        self, window: Window, execution: WindowExecution, task: TaskExecution, go_on: Callable[[], None]
    ) -> None:
        task.status, task.started_at = "IN_PROGRESS", self._clock.now()

        def end(status: str) -> None:
            task.end(status, self._clock.now())
            go_on()

        def ended(command: Command) -> None:
            end(task.status_of(command))

        if stopped := self._stopped(task):
            self._clock.after(timedelta(0), lambda: end(stopped))
            return
        name = plain_name(task.params["TaskArn"], self._region)
        if task.params["TaskType"] != "RUN_COMMAND" or name not in DOCUMENTS:
            # Hosts run nothing else: another task ends well and changes nothing.
            self._clock.after(OTHER_TASK_TAKES, lambda: end("SUCCESS"))
            return
        try:
            order = read_order(DOCUMENTS[name], _parameters(task.params))
        except AwsError:
            self._clock.after(timedelta(0), lambda: end("FAILED"))
            return
        hosts, task.target_id = self._hosts(window, task)
        if not hosts:
            self._clock.after(timedelta(0), lambda: end("SUCCESS"))
            return
        task.invocation_id = self._ids.uuid()
        params = _command(task.params, hosts)
        task.command = self._commands.send(params, order, hosts, run_id=execution.id, on_end=ended)

    def _stopped(self, task: TaskExecution) -> str | None:
        """Say how a task ends that cannot begin: its role or document is not there, or its alarm stops it.

        botocore: shape AlarmConfiguration; an alarm whose state cannot be had stops it too, unless that is ignored.
        """
        role = task.params.get("ServiceRoleArn")
        if role and not self._neighbours.has_role(role):
            return "FAILED"
        alarms = task.params.get("AlarmConfiguration", {})
        for alarm in alarms.get("Alarms", []):
            state = self._neighbours.alarm_state(alarm["Name"])
            if state == "ALARM" or (state is None and not alarms.get("IgnorePollAlarmFailure")):
                task.triggered = [{"Name": alarm["Name"], "State": state or "UNKNOWN"}]
                return "CANCELLED"
        foreign = task.params["TaskType"] == "RUN_COMMAND" and task.params["TaskArn"].startswith("arn:")
        known = (f"arn:aws:ssm:{self._region}::", f"arn:aws:ssm:{self._region}:{self._account}:")
        return "FAILED" if foreign and not task.params["TaskArn"].startswith(known) else None

    def _hosts(self, window: Window, task: TaskExecution) -> tuple[list[Host], str | None]:
        registered = [window.targets[one] for one in Task("", task.params).target_ids if one in window.targets]
        chosen = [target.params["Targets"] for target in registered]
        chosen += [[entry] for entry in task.params.get("Targets", []) if entry["Key"] == "InstanceIds"]
        found = {
            host.instance_id: host
            for targets in chosen
            for host in select_nodes(self._fleet, self._neighbours, targets)
        }
        return list(found.values()), registered[0].id if len(registered) == len(chosen) == 1 else None

    def _cut_off(self, execution: WindowExecution) -> None:
        """Start no task any more, and stop those that are to be cancelled (botocore: CutoffBehavior)."""
        now = self._clock.now()
        for task in execution.tasks:
            cancels = task.params.get("CutoffBehavior") == "CANCEL_TASK"
            if task.status == "PENDING":
                task.end("TIMED_OUT", now)
            elif task.status == "IN_PROGRESS" and cancels and task.command:
                task.end("TIMED_OUT", now)
                self._commands.cancel(task.command, [])
        execution.close(now)

    def cancel(self, execution: WindowExecution) -> None:
        """Start no task of an execution any more; those that run go on to their end."""
        for task in execution.tasks:
            if task.status == "PENDING":
                task.end("CANCELLED", self._clock.now())
        if execution.status in OPEN:
            execution.status = "CANCELLING"
        execution.close(self._clock.now())


def _parameters(params: Params) -> dict[str, list[str]]:
    """Take a task's parameters where they belong; TaskParameters, deprecated, only where there are no others."""
    given: dict[str, list[str]] = params.get("TaskInvocationParameters", {}).get("RunCommand", {}).get("Parameters", {})
    deprecated = {name: value.get("Values", []) for name, value in params.get("TaskParameters", {}).items()}
    return given or deprecated


def _command(params: Params, hosts: list[Host]) -> Params:
    """Make the command that a task sends."""
    run = params.get("TaskInvocationParameters", {}).get("RunCommand", {})
    kept = ("Comment", "DocumentVersion", "TimeoutSeconds")
    return {
        **{name: run[name] for name in kept if name in run},
        "DocumentName": params["TaskArn"],
        "InstanceIds": [host.instance_id for host in hosts],
        "Parameters": _parameters(params),
        "MaxConcurrency": params.get("MaxConcurrency", "50"),
        "MaxErrors": params.get("MaxErrors", "0"),
    }
