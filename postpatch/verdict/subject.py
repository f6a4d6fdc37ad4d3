"""What the checks of the window call it, and what they say if it does not exist."""

from postpatch.model import ExistingWindow, Judgement, MaintenanceWindow


def absent(existing: ExistingWindow, sentence: str) -> Judgement:
    """Return the failed judgement of a window that does not exist, with the reason why it was not created."""
    return Judgement(False, sentence, notes=existing.withheld)


def subject_of(window: MaintenanceWindow) -> str:
    """Return the name and id by which a reason calls the window."""
    return f"maintenance window {window.name} ({window.id})"


def subject_of_association(existing: ExistingWindow) -> str:
    """Return the name and id by which a reason calls an association, with the patch policy that left it."""
    association, policy = existing.association, existing.patch_policy
    called = f"association {association.name} ({association.id})" if association else "no association"
    return f"patch policy {policy.name}, {called}" if policy else called
