"""The maintenance window, its target and its task, and what its executions did."""

from dataclasses import dataclass
from datetime import datetime

from postpatch.model.recurring import Association, PatchPolicy
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
    created_at: datetime | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True)
class WindowTarget:
    """A registered target: `selectors` are its keys (`tag:NAME`, `InstanceIds`, …) with their values."""

    id: str
    name: str
    resource_type: str
    selectors: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class TaskAlarm:
    """A CloudWatch alarm that stops a task; `state` is empty if CloudWatch has no alarm of that name."""

    name: str
    state: str = ""


@dataclass(frozen=True)
class WindowTask:
    """A registered task, with the Run Command parameters that only `ssm:GetMaintenanceWindowTask` shows.

    `document_version`, `role_exists` and `role_trusts` (its trust policy names Systems Manager) are None where nobody
    asked: packs of 0.1.0 do not have them, and the service-linked role needs no question. `deprecated` are the
    parameters in `TaskParameters`. What could not be asked is in `alarms_error` and `role_error`, in words.
    """

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
    document_version: str | None = None
    deprecated: tuple[tuple[str, tuple[str, ...]], ...] = ()
    alarms: tuple[TaskAlarm, ...] = ()
    ignores_unknown_alarms: bool = False
    alarms_error: str = ""
    role_exists: bool | None = None
    role_trusts: bool | None = None
    role_error: str = ""


@dataclass(frozen=True)
class ExpectedWindow:
    """The window, target and task that must exist, as they are created if missing; their ids are empty.

    `hybrid`: hybrid nodes count among what the targets select. `also` are the targets beside the first.
    """

    window: MaintenanceWindow
    target: WindowTarget
    task: WindowTask
    hybrid: bool = False
    also: tuple[WindowTarget, ...] = ()

    @property
    def targets(self) -> tuple[WindowTarget, ...]:
        """Return all targets that must be registered."""
        return (self.target, *self.also)


@dataclass(frozen=True)
class ExistingWindow:
    """What exists in Systems Manager under the policy's name for what patches, and what its target selects.

    `named` are the ids of all windows of that name, `created` what this run created, `withheld` what it did not
    create and why, `selected` the instance ids that the targets select. If an association patches, that is
    `association`, without a window: its targets are the one target, and what it runs is the one task. A patch policy
    has both.
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
    association: Association | None = None
    patch_policy: PatchPolicy | None = None


@dataclass(frozen=True)
class TaskRun:
    """One task in one execution of a window, as `ssm:DescribeMaintenanceWindowExecutionTasks` lists it.

    `invocations` is how often it was invoked, on any host, `operations` the values of the parameter `Operation` that it
    was sent with. `failed` are the hosts on which its command did not succeed, with the status; those `gone` no longer
    exist. `alarms` stopped it.
    """

    document: str
    type: str
    status: str
    details: str = ""
    invocations: int = 0
    operations: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True)
class WindowExecution:
    """One execution of a window; `tasks` is None where they were not read."""

    id: str
    status: str
    started_at: datetime
    details: str = ""
    tasks: tuple[TaskRun, ...] | None = None


@dataclass(frozen=True)
class WindowHistory:
    """The executions of a window between `since` and `until`, newest first, down to the first that has ended."""

    since: datetime
    until: datetime
    executions: tuple[WindowExecution, ...] = ()
