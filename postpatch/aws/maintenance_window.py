"""The maintenance window: find it, create only what is missing, never change what exists, and read back the result."""

from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from postpatch.aws.patch_manager import managed_hosts
from postpatch.aws.selection import selected_ids
from postpatch.aws.session import Connection, asking
from postpatch.aws.side_by_side import together
from postpatch.aws.task_conditions import with_conditions
from postpatch.aws.window_content import Content, window_content, window_task
from postpatch.model import ExistingWindow, ExpectedWindow, MaintenanceWindow, WindowTarget, WindowTask

# Everything this suite creates carries this tag, so that it can be found again and cleaned up.
OURS = {"Key": "created-by", "Value": "postpatch"}
MARK = "created by postpatch"  # targets and tasks have no tags
_EXECUTIONS = 4  # the number of future executions to read; the list is endless


class Creation:
    """What may be created if it does not exist.

    `withheld` says why nothing may be created (empty: it may). `sound` returns whether an existing window and target
    match the policy, because nothing is added to a window that differs. `announce` is called before each step.
    """

    def __init__(
        self,
        withheld: str,
        sound: Callable[[MaintenanceWindow, tuple[WindowTarget, ...]], bool],
        announce: Callable[[str], None],
    ) -> None:
        self.withheld = withheld
        self.sound = sound
        self.announce = announce
        self.created: list[str] = []
        self.left_out: list[str] = []

    def may_create(self, what: str) -> bool:
        """Return whether to create `what` now; announce it if so, or record that it was left out."""
        if self.withheld:
            self.left_out.append(f"{what}: {self.withheld}")
            return False
        self.announce(f"creating {what}")
        self.created.append(what)
        return True


def missing_parts(
    connection: Connection,
    wanted: ExpectedWindow,
    sound: Callable[[MaintenanceWindow, tuple[WindowTarget, ...]], bool],
) -> tuple[str, ...]:
    """Return which of `window`, `target` and `task` `ensure_window` would create now, were nothing withheld."""
    client = connection.client("ssm")
    ids = _wanted_ids(client, wanted.window)
    if not ids:
        return ("window", "target", "task")
    if len(ids) > 1:
        return ()
    with asking(f"for the target and task of {ids[0]}"):
        window, targets, tasks = window_content(connection, ids[0])
    if not sound(window, targets):
        return ()
    return (*(("target",) if _unregistered(targets, wanted) else ()), *(() if tasks else ("task",)))


def ensure_window(connection: Connection, wanted: ExpectedWindow, creation: Creation) -> ExistingWindow:
    """Create what is missing of the wanted window, target and task, and return what exists afterwards."""
    client = connection.client("ssm")
    ids = _wanted_ids(client, wanted.window)
    if not ids and creation.may_create(f"maintenance window {wanted.window.name or wanted.window.id}"):
        with asking(f"for a new maintenance window {wanted.window.name}"):
            ids = [_create_window(client, wanted.window)]
    if not ids:
        return ExistingWindow((), withheld=tuple(creation.left_out))
    content = None
    if len(ids) == 1:
        with asking(f"for the target and task of {ids[0]}"):
            content = window_content(connection, ids[0])
            if _complete(client, ids[0], wanted, creation, content):
                content = None
    return _read_back(connection, ids, creation, content, hybrid=wanted.hybrid)


def read_window(connection: Connection, window_id: str, *, hybrid: bool) -> ExistingWindow:
    """Return a window by its id, with what its targets select, `hybrid` nodes too if asked; nothing is created."""
    nothing = Creation("", lambda *_: False, lambda _: None)
    return _read_back(connection, [window_id], nothing, None, hybrid=hybrid)


def _wanted_ids(client: Any, wanted: MaintenanceWindow) -> list[str]:
    if wanted.id:
        with asking(f"for maintenance window {wanted.id}"):
            return _by_id(client, wanted.id)
    with asking(f"for the maintenance windows named {wanted.name}"):
        return _named(client, wanted.name)


def _by_id(client: Any, window_id: str) -> list[str]:
    try:
        client.get_maintenance_window(WindowId=window_id)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "DoesNotExistException":
            return []
        raise
    return [window_id]


def _named(client: Any, name: str) -> list[str]:
    pages = client.get_paginator("describe_maintenance_windows").paginate(Filters=[{"Key": "Name", "Values": [name]}])
    return sorted(window["WindowId"] for page in pages for window in page["WindowIdentities"] if window["Name"] == name)


def _complete(client: Any, window_id: str, wanted: ExpectedWindow, creation: Creation, content: Content) -> bool:
    """Create what is missing in a window with this content; return whether anything was."""
    window, targets, tasks = content
    absent = _unregistered(targets, wanted)
    if tasks and not absent:
        return False
    if not creation.sound(window, targets):
        creation.left_out.append(
            f"{window_id} lacks a target or a task; nothing is added to a window that differs from the policy"
        )
        return False
    creating = [target for target in absent if creation.may_create(f"{_part('target', target.name)} in {window_id}")]
    registered = [target.id for target in targets]
    registered += [_register_target(client, window_id, target) for target in creating]
    # A task on fewer targets would leave hosts unpatched.
    complete = len(registered) == len(wanted.targets)
    if not tasks and complete and creation.may_create(f"{_part('task', wanted.task.name)} in {window_id}"):
        _register_task(client, window_id, registered, wanted.task)
        return True
    return bool(creating)


def _unregistered(targets: tuple[WindowTarget, ...], wanted: ExpectedWindow) -> list[WindowTarget]:
    """Return which of the wanted targets no registered one is; none where as many as wanted are registered."""
    if len(targets) >= len(wanted.targets):
        return []
    return [
        target
        for target in wanted.targets
        if not any(
            target.name in ("", one.name)
            and (target.resource_type, target.selectors) == (one.resource_type, one.selectors)
            for one in targets
        )
    ]


def _part(kind: str, name: str) -> str:
    return f"{kind} {name}" if name else f"a {kind}"


def _create_window(client: Any, wanted: MaintenanceWindow) -> str:
    optional = {
        "StartDate": wanted.start_date,
        "EndDate": wanted.end_date,
        "ScheduleOffset": wanted.schedule_offset,
    }
    answer = client.create_maintenance_window(
        Name=wanted.name,
        Schedule=wanted.schedule,
        ScheduleTimezone=wanted.time_zone,
        Duration=wanted.duration,
        Cutoff=wanted.cutoff,
        AllowUnassociatedTargets=wanted.allow_unassociated_targets,
        Tags=[OURS],
        **{name: value for name, value in optional.items() if value},
    )
    return str(answer["WindowId"])


def _register_target(client: Any, window_id: str, wanted: WindowTarget) -> str:
    answer = client.register_target_with_maintenance_window(
        WindowId=window_id,
        ResourceType=wanted.resource_type,
        Targets=[{"Key": key, "Values": list(values)} for key, values in wanted.selectors],
        OwnerInformation=MARK,
        **({"Name": wanted.name} if wanted.name else {}),
    )
    return str(answer["WindowTargetId"])


def _register_task(client: Any, window_id: str, target_ids: list[str], wanted: WindowTask) -> None:
    # Without a role, Systems Manager uses its service-linked role, and creates it if it must.
    role = {"ServiceRoleArn": wanted.service_role} if wanted.service_role else {}
    version = {"DocumentVersion": wanted.document_version} if wanted.document_version else {}
    client.register_task_with_maintenance_window(
        WindowId=window_id,
        Targets=[{"Key": "WindowTargetIds", "Values": target_ids}],
        TaskArn=wanted.document,
        TaskType=wanted.type,
        Description=MARK,
        Priority=wanted.priority,
        MaxConcurrency=wanted.max_concurrency,
        MaxErrors=wanted.max_errors,
        CutoffBehavior=wanted.cutoff_behavior,
        TaskInvocationParameters={
            "RunCommand": {
                "Parameters": {name: list(values) for name, values in wanted.parameters},
                "TimeoutSeconds": wanted.timeout_seconds,
                **version,
            }
        },
        **role,
        **({"Name": wanted.name} if wanted.name else {}),
    )


def _read_back(
    connection: Connection, ids: list[str], creation: Creation, content: Content | None, *, hybrid: bool
) -> ExistingWindow:
    client = connection.client("ssm")
    # Of several windows of one name the first by id is judged; that there are several is a verdict of its own.
    window_id = ids[0]
    with asking(f"for the content of maintenance window {window_id}"):
        describe = partial(client.describe_maintenance_window_schedule, WindowId=window_id, MaxResults=_EXECUTIONS)
        read = (lambda: content) if content else partial(window_content, connection, window_id)
        (window, targets, task_ids), schedule = together(connection.at_once, read, describe)
        tasks = together(
            connection.at_once, *(partial(window_task, client, window_id, task_id) for task_id in task_ids)
        )
    selected = selected_ids(connection, (target.selectors for target in targets), hybrid=hybrid)
    return ExistingWindow(
        named=tuple(ids),
        window=window,
        targets=targets,
        tasks=tuple(with_conditions(connection, task) for task in tasks),
        created=tuple(creation.created),
        withheld=tuple(creation.left_out),
        next_executions=tuple(row["ExecutionTime"] for row in schedule["ScheduledWindowExecutions"][:_EXECUTIONS]),
        selected=selected,
        managed=managed_hosts(connection, selected),
    )
