"""Find what this suite created, by its mark, and delete it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from postpatch.aws.cis import TAGS
from postpatch.aws.maintenance_window import MARK, OURS
from postpatch.aws.session import Connection, asking

# The only calls that clean-up may make beside reads.
DELETIONS = frozenset(
    {
        "ssm:DeregisterTaskFromMaintenanceWindow",
        "ssm:DeregisterTargetFromMaintenanceWindow",
        "ssm:DeleteMaintenanceWindow",
        "inspector2:DeleteCisScanConfiguration",
    }
)
_GONE = ("DoesNotExistException", "ResourceNotFoundException")


@dataclass(frozen=True)
class Owned:
    """One resource that this suite created. `kept_for` says why it cannot be deleted, if so."""

    what: str
    delete: Callable[[], Any]
    kept_for: str = ""


def owned(connection: Connection) -> Iterator[Owned]:
    """Yield what carries the suite's mark, in the order of deletion: tasks, targets, window; CIS scans."""
    ssm = connection.client("ssm")
    with asking("for the maintenance windows"):
        pages = ssm.get_paginator("describe_maintenance_windows").paginate()
        windows = [window for page in pages for window in page["WindowIdentities"]]
        for window in windows:
            yield from _in_window(
                ssm, window["WindowId"], f"maintenance window {window['Name']} ({window['WindowId']})"
            )
    yield from _cis_configurations(connection)


def delete(thing: Owned) -> str:
    """Delete one resource and return the result; one that no longer exists counts as deleted."""
    with asking(f"to delete {thing.what}"):
        try:
            thing.delete()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
            return "was gone already"
    return "deleted"


def _in_window(ssm: Any, window_id: str, name: str) -> Iterator[Owned]:
    # What is in somebody else's window is theirs, whatever it is marked with.
    tags = ssm.list_tags_for_resource(ResourceType="MaintenanceWindow", ResourceId=window_id)["TagList"]
    if OURS not in tags:
        return
    pages = ssm.get_paginator("describe_maintenance_window_tasks").paginate(WindowId=window_id)
    tasks = [task for page in pages for task in page["Tasks"]]
    pages = ssm.get_paginator("describe_maintenance_window_targets").paginate(WindowId=window_id)
    targets = [target for page in pages for target in page["Targets"]]
    our_tasks = [task for task in tasks if task.get("Description") == MARK]
    our_targets = [target for target in targets if target.get("OwnerInformation") == MARK]
    for task in our_tasks:
        yield _task(ssm, window_id, task, name)
    # A target that another owner's task uses is not deleted.
    used = {
        value
        for task in tasks
        if task not in our_tasks
        for selector in task.get("Targets", [])
        if selector["Key"] == "WindowTargetIds"
        for value in selector["Values"]
    }
    for target in our_targets:
        yield _target(
            ssm, window_id, target, name, "another owner's task uses it" if target["WindowTargetId"] in used else ""
        )
    foreign = len(tasks) - len(our_tasks) + len(targets) - len(our_targets)
    kept_for = f"it has {foreign} targets or tasks of another owner" if foreign else ""
    yield Owned(name, lambda: ssm.delete_maintenance_window(WindowId=window_id), kept_for)


def _task(ssm: Any, window_id: str, task: dict[str, Any], name: str) -> Owned:
    ids = {"WindowId": window_id, "WindowTaskId": task["WindowTaskId"]}
    what = f"task {task.get('Name', '')} ({task['WindowTaskId']}) in {name}"
    return Owned(what, lambda: ssm.deregister_task_from_maintenance_window(**ids))


def _target(ssm: Any, window_id: str, target: dict[str, Any], name: str, kept_for: str) -> Owned:
    ids = {"WindowId": window_id, "WindowTargetId": target["WindowTargetId"], "Safe": True}
    what = f"target {target.get('Name', '')} ({target['WindowTargetId']}) in {name}"
    return Owned(what, lambda: ssm.deregister_target_from_maintenance_window(**ids), kept_for)


def _cis_configurations(connection: Connection) -> Iterator[Owned]:
    client = connection.client("inspector2")
    with asking("for the CIS scan configurations"):
        pages = client.get_paginator("list_cis_scan_configurations").paginate()
        rows = [
            row for page in pages for row in page["scanConfigurations"] if TAGS.items() <= row.get("tags", {}).items()
        ]
    for row in rows:
        yield _cis_configuration(client, row["scanConfigurationArn"], row.get("scanName", ""))


def _cis_configuration(client: Any, arn: str, name: str) -> Owned:
    what = f"CIS scan configuration {name} ({arn})"
    return Owned(what, lambda: client.delete_cis_scan_configuration(scanConfigurationArn=arn))
