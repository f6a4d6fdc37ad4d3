"""The maintenance window, its target and its task."""

from dataclasses import dataclass

from postpatch.model.scope import ManagedHost


@dataclass(frozen=True)
class MaintenanceWindow:
    """A window as `ssm:GetMaintenanceWindow` returns it; dates are the strings AWS keeps."""

    id: str
    name: str
    schedule: str
    duration: int
    cutoff: int
    enabled: bool
    allow_unassociated_targets: bool
    start_date: str = ""
    end_date: str = ""
    time_zone: str = ""
    next_execution: str = ""
    schedule_offset: int = 0


@dataclass(frozen=True)
class WindowTarget:
    """A registered target: `selectors` are its keys (`tag:NAME`, `InstanceIds`, …) with their values."""

    id: str
    name: str
    resource_type: str
    selectors: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class WindowTask:
    """A registered task, with the Run Command parameters that only `ssm:GetMaintenanceWindowTask` shows."""

    id: str
    name: str
    type: str
    document: str
    targets: tuple[tuple[str, tuple[str, ...]], ...]
    max_concurrency: str = ""
    max_errors: str = ""
    priority: int = 0
    cutoff_behavior: str = ""
    service_role: str = ""
    parameters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    timeout_seconds: int | None = None


@dataclass(frozen=True)
class ExpectedWindow:
    """The window, target and task that must exist, as they are created if missing; their ids are empty."""

    window: MaintenanceWindow
    target: WindowTarget
    task: WindowTask


@dataclass(frozen=True)
class ExistingWindow:
    """What exists in Systems Manager under the policy's window name, and what the target's tags select.

    `named` are the ids of all windows of that name, `created` what this run created, `withheld` what it did not
    create and why, `selected` the instance ids that the first target's tags select.
    """

    named: tuple[str, ...]
    window: MaintenanceWindow | None = None
    targets: tuple[WindowTarget, ...] = ()
    tasks: tuple[WindowTask, ...] = ()
    created: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    next_executions: tuple[str, ...] = ()
    selected: tuple[str, ...] = ()
    managed: tuple[ManagedHost, ...] = ()
