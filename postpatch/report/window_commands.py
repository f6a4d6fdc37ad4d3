"""Commands that make an existing window, its target and its task what the policy says; only of what differs."""

from collections.abc import Iterator

from postpatch.model import ExistingWindow, ExpectedWindow, MaintenanceWindow, WindowTarget, WindowTask
from postpatch.policy import LINKED_ROLE
from postpatch.report.aws_cli import aws

Selectors = tuple[tuple[str, tuple[str, ...]], ...]
_RUN_COMMAND = "RUN_COMMAND"


def window_commands(region: str, existing: ExistingWindow, expected: ExpectedWindow) -> tuple[str, ...]:
    """Return the commands, in the order in which they must run; nothing for what cannot be changed by one command.

    Several windows of one name, targets other than the policy's and a task of another type are for a person to settle.
    """
    window = existing.window
    if window is None or len(existing.named) > 1:
        return ()
    found = [_window(region, window, expected.window)]
    if len(existing.targets) == len(expected.targets) == 1:
        found.append(_target(region, window, existing.targets[0], expected.target))
    if len(existing.targets) == len(expected.targets) and (not expected.also or _selects(existing, expected)):
        tasks = [task for task in existing.tasks if task.type == _RUN_COMMAND]
        if len(existing.tasks) == len(tasks) == 1 and expected.task.type == _RUN_COMMAND:
            ids = tuple(sorted(target.id for target in existing.targets))
            found.append(_task(region, window, tasks[0], expected.task, ids))
    return tuple(filter(None, found))


def _selects(existing: ExistingWindow, expected: ExpectedWindow) -> bool:
    return {one.selectors for one in existing.targets} == {one.selectors for one in expected.targets}


def _window(region: str, found: MaintenanceWindow, wanted: MaintenanceWindow) -> str:
    pairs = {
        "schedule": (found.schedule, wanted.schedule),
        "schedule_timezone": (found.time_zone, wanted.time_zone),
        "schedule_offset": (found.schedule_offset, wanted.schedule_offset or None),
        "duration": (found.duration, wanted.duration),
        "cutoff": (found.cutoff, wanted.cutoff),
        "start_date": (found.start_date, wanted.start_date or None),
        "end_date": (found.end_date, wanted.end_date or None),
        "allow_unassociated_targets": (found.allow_unassociated_targets, wanted.allow_unassociated_targets),
        "enabled": (found.enabled, True),
    }
    changed = {name: now for name, (then, now) in pairs.items() if now is not None and then != now}
    return aws(region, "ssm", "update-maintenance-window", window_id=found.id, **changed) if changed else ""


def _target(region: str, window: MaintenanceWindow, found: WindowTarget, wanted: WindowTarget) -> str:
    if found.selectors == wanted.selectors and wanted.name in ("", found.name):
        return ""
    return aws(
        region, "ssm", "update-maintenance-window-target", window_id=window.id, window_target_id=found.id,
        name=wanted.name or None, targets=_selected(wanted.selectors),
    )  # fmt: skip


def _task(
    region: str, window: MaintenanceWindow, found: WindowTask, wanted: WindowTask, targets: tuple[str, ...]
) -> str:
    pairs = {
        "task_arn": (found.document, wanted.document),
        "name": (found.name, wanted.name or None),
        "max_concurrency": (found.max_concurrency, wanted.max_concurrency),
        "max_errors": (found.max_errors, wanted.max_errors),
        "priority": (found.priority, wanted.priority),
        "cutoff_behavior": (found.cutoff_behavior or "CONTINUE_TASK", wanted.cutoff_behavior or None),
        "service_role_arn": (found.service_role, wanted.service_role or _linked_role(found)),
    }
    changed: dict[str, object] = {name: now for name, (then, now) in pairs.items() if now is not None and then != now}
    if found.targets != (("WindowTargetIds", targets),):
        changed["targets"] = _selected((("WindowTargetIds", targets),))
    if (found.parameters, found.timeout_seconds) != (wanted.parameters, wanted.timeout_seconds):
        changed["task_invocation_parameters"] = {"RunCommand": dict(_invocation(wanted))}
    if not changed:
        return ""
    return aws(region, "ssm", "update-maintenance-window-task", window_id=window.id, window_task_id=found.id, **changed)


def _linked_role(found: WindowTask) -> str | None:
    """Return the ARN of the service-linked role, if another one must make way for it; it is of the same account.

    What an update leaves out keeps its value, so that this role too must be named (botocore:
    UpdateMaintenanceWindowTask; the AWS CLI's example of `update-maintenance-window-task` names it).
    """
    account, colon, role = found.service_role.partition(":role/")
    return f"{account}:{LINKED_ROLE}" if colon and f"role/{role}" != LINKED_ROLE else None


def _invocation(wanted: WindowTask) -> Iterator[tuple[str, object]]:
    yield "Parameters", {name: list(values) for name, values in wanted.parameters}
    if wanted.timeout_seconds is not None:
        yield "TimeoutSeconds", wanted.timeout_seconds
    if wanted.document_version:
        yield "DocumentVersion", wanted.document_version


def _selected(selectors: Selectors) -> list[dict[str, object]]:
    return [{"Key": key, "Values": list(values)} for key, values in selectors]
