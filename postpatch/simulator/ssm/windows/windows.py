"""The store of maintenance windows: creation, quotas, and what a client token promises."""

from collections.abc import Callable
from typing import Any

from ...clock import Clock
from ...ids import Ids
from ...wire.errors import AwsError
from ...wire.reading import Params
from .window import Target, Task, Window, check_window

# Systems Manager quotas, maintenance windows.
WINDOW_QUOTA = 50
TARGET_QUOTA = 100
TASK_QUOTA = 20


class Windows:
    """Keep the windows of one account and Region."""

    def __init__(self, clock: Clock) -> None:
        self.all: dict[str, Window] = {}
        self.clock = clock
        self._ids = Ids("windows")
        self._tokens: dict[tuple[str, str], tuple[Params, str]] = {}
        self._heed: list[Callable[[Window], None]] = []

    def on_change(self, act: Callable[[Window], None]) -> None:
        """Do `act` with every window that is created or changed."""
        self._heed.append(act)

    def changed(self, window: Window) -> None:
        """Say that a window was created or changed."""
        for act in self._heed:
            act(window)

    def find(self, window_id: str) -> Window:
        """Find a window."""
        if window_id not in self.all:
            message = f"Maintenance window {window_id} does not exist"
            raise AwsError("DoesNotExistException", message)
        return self.all[window_id]

    def create(self, params: Params) -> str:
        """Create a window and return its id."""

        def make() -> str:
            check_window(params)
            _keep_to(WINDOW_QUOTA, len(self.all), "maintenance windows")
            window_id = f"mw-{self._ids.hexadecimal(17)}"
            kept = {name: value for name, value in params.items() if name not in ("ClientToken", "Tags")}
            tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags", [])}
            self.all[window_id] = Window(window_id, kept, self.clock.now(), self.clock.now(), tags)
            self.changed(self.all[window_id])
            return window_id

        return self._once("CreateMaintenanceWindow", params, make)

    def delete(self, window_id: str) -> None:
        """Delete a window with its targets and tasks; one that is not there is no error (the API names none)."""
        self.all.pop(window_id, None)

    def register_target(self, params: Params) -> str:
        """Register a target with a window and return its id."""
        window = self.find(params["WindowId"])

        def make() -> str:
            _keep_to(TARGET_QUOTA, len(window.targets), f"targets of {window.id}")
            target = Target(self._ids.uuid(), _without(params, "ClientToken", "WindowId"))
            window.targets[target.id] = target
            return target.id

        return self._once(f"RegisterTarget {window.id}", params, make)

    def register_task(self, params: Params) -> str:
        """Register a task with a window and return its id."""
        window = self.find(params["WindowId"])

        def make() -> str:
            _keep_to(TASK_QUOTA, len(window.tasks), f"tasks of {window.id}")
            task = Task(self._ids.uuid(), _without(params, "ClientToken", "WindowId"))
            window.tasks[task.id] = task
            return task.id

        return self._once(f"RegisterTask {window.id}", params, make)

    def target(self, window: Window, target_id: str) -> Target:
        """Find a registered target."""
        if target_id not in window.targets:
            raise AwsError("DoesNotExistException", f"Maintenance window target {target_id} does not exist")
        return window.targets[target_id]

    def task(self, window: Window, task_id: str) -> Task:
        """Find a registered task."""
        if task_id not in window.tasks:
            raise AwsError("DoesNotExistException", f"Maintenance window task {task_id} does not exist")
        return window.tasks[task_id]

    def _once(self, purpose: str, params: Params, make: Callable[[], str]) -> str:
        token = params.get("ClientToken")
        told = _without(params, "ClientToken")
        if token and (purpose, token) in self._tokens:
            before, made = self._tokens[purpose, token]
            if before != told:
                message = "The client token was used before with other parameters"
                raise AwsError("IdempotentParameterMismatch", message)
            return made
        made = make()
        if token:
            self._tokens[purpose, token] = (told, made)
        return made


def _without(params: Params, *names: str) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in names}


def _keep_to(quota: int, held: int, noun: str) -> None:
    if held >= quota:
        raise AwsError("ResourceLimitExceededException", f"The quota of {quota} {noun} is reached")
