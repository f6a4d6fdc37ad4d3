"""One execution of a maintenance window, with its tasks, and the words in which Systems Manager tells of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...wire.reading import Params
from ..commands import Command

OPEN = frozenset({"PENDING", "IN_PROGRESS", "CANCELLING"})
_OF_COMMAND = {"Success": "SUCCESS", "Failed": "FAILED", "TimedOut": "TIMED_OUT", "Cancelled": "CANCELLED"}
# The worst comes first.
_WORST = ("FAILED", "TIMED_OUT", "CANCELLED")
_DETAILS = {"FAILED": "One or more tasks in the orchestration failed."}  # AWS CLI examples


@dataclass
class TaskExecution:
    """One task in one execution; `params` are those of its registration at that time."""

    id: str
    params: Params
    status: str = "PENDING"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    triggered: list[dict[str, str]] = field(default_factory=list)
    invocation_id: str = ""
    target_id: str | None = None
    command: Command | None = None

    def end(self, status: str, now: datetime) -> None:
        """End with a status, if it has not ended yet."""
        if self.status in OPEN:
            self.status, self.ended_at = status, now

    def status_of(self, command: Command) -> str:
        """Name a command's status as a window does."""
        return _OF_COMMAND[command.status]


@dataclass
class WindowExecution:
    """One execution of one window."""

    id: str
    window_id: str
    started_at: datetime
    tasks: list[TaskExecution] = field(default_factory=list)
    status: str = "IN_PROGRESS"
    ended_at: datetime | None = None

    @property
    def details(self) -> str | None:
        """Say more than the status does, where Systems Manager is known to."""
        return _DETAILS.get(self.status)

    def close(self, now: datetime) -> None:
        """End it, if all of its tasks have."""
        statuses = {task.status for task in self.tasks}
        if self.status in OPEN and not statuses & OPEN:
            self.status = next((status for status in _WORST if status in statuses), "SUCCESS")
            self.ended_at = now

    def task(self, task_id: str) -> TaskExecution | None:
        """Find one of its tasks."""
        return next((task for task in self.tasks if task.id == task_id), None)


def told_alarms(task: TaskExecution) -> dict[str, Any]:
    """Tell a task's alarms, and those that kept it from running."""
    told = {"AlarmConfiguration": task.params.get("AlarmConfiguration")}
    return told | ({"TriggeredAlarms": task.triggered} if task.triggered else {})
