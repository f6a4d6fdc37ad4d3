"""What patches an account's hosts again and again: its windows, associations and patch policies that install."""

from collections.abc import Iterator
from typing import Any

from postpatch.aws.association import described, listed, read_association
from postpatch.aws.maintenance_window import read_window
from postpatch.aws.patch_history import PATCHING_DOCUMENTS
from postpatch.aws.patch_policy import ASSOCIATIONS, existing_patch_policy, patch_policies
from postpatch.aws.session import Connection, asking
from postpatch.model import ExistingWindow, WindowTask

# Systems Manager Automation runbook reference, "AWS-PatchInstanceWithRollback".
_RUNBOOK = "AWS-PatchInstanceWithRollback"


def installing(connection: Connection) -> Iterator[ExistingWindow]:
    """Yield each enabled window, each association and each patch policy that runs a document of AWS's with Install.

    Hybrid nodes count among what each selects.
    """
    client = connection.client("ssm")
    for window_id in _windows(client):
        found = read_window(connection, window_id, hybrid=True)
        if any(installs(task) for task in found.tasks):
            yield found
    for one in patch_policies(connection):
        if one.names and (existing := existing_patch_policy(connection, one.names[0], hybrid=True)).association:
            yield existing
    for association_id, name in _associations(client):
        row = None if name.startswith(ASSOCIATIONS) else described(client, association_id)
        associated = read_association(connection, row, (association_id,), hybrid=True) if row else None
        if associated and installs(associated.tasks[0]):
            yield associated


def installs(task: WindowTask) -> bool:
    """Tell whether a task runs one of AWS's documents that patch, with Operation Install, or AWS's runbook for it."""
    plain = task.document.rpartition("/")[2]
    if task.type == "AUTOMATION":
        return plain.partition(":")[0] == _RUNBOOK
    return plain in PATCHING_DOCUMENTS and dict(task.parameters).get("Operation") == ("Install",)


def _windows(client: Any) -> list[str]:
    with asking("for the maintenance windows"):
        pages = client.get_paginator("describe_maintenance_windows").paginate()
        return sorted(row["WindowId"] for page in pages for row in page["WindowIdentities"] if row.get("Enabled", True))


def _associations(client: Any) -> list[tuple[str, str]]:
    with asking("for the associations"):
        rows = [row for row in listed(client) if row["Name"].rpartition("/")[2] in PATCHING_DOCUMENTS]
        return sorted((row["AssociationId"], row.get("AssociationName") or "") for row in rows)
