"""The steps of what patches again and again: ensure that a window exists, read what exists, and what it did."""

from datetime import UTC, datetime, time, timedelta

from postpatch.aws.association import existing_association
from postpatch.aws.association_history import association_history
from postpatch.aws.maintenance_window import Creation, ensure_window
from postpatch.aws.patch_policy import existing_patch_policy
from postpatch.aws.window_history import window_history
from postpatch.model import ExistingWindow, MaintenanceWindow, WindowHistory, WindowTarget
from postpatch.policy import ASSOCIATION, PATCH_POLICY, WindowPolicy
from postpatch.policy.schedule import fires_within
from postpatch.run.collection import Collection
from postpatch.run.settings import Settings
from postpatch.verdict.window import is_sound

_IMMINENT = timedelta(hours=24)


def window(collection: Collection) -> ExistingWindow:
    """Create what is missing of window, target and task, unless that is withheld, and return what exists.

    An association or a patch policy is only read: it must exist.
    """
    collection.value("account")
    collection.value("rehearsal")
    session = collection.session
    policy = session.settings.policy
    if policy.recurring.by == ASSOCIATION:
        named = policy.recurring.name or "", policy.recurring.id or ""
        return existing_association(session.connection, *named, hybrid=bool(policy.scope.hybrid))
    if policy.recurring.by == PATCH_POLICY:
        return existing_patch_policy(session.connection, policy.recurring.name or "", hybrid=bool(policy.scope.hybrid))

    def sound(existing: MaintenanceWindow, targets: tuple[WindowTarget, ...]) -> bool:
        return is_sound(existing, targets, policy)

    def announce(step: str) -> None:
        collection.value("preflight")  # reading needs none of it, and what is there is judged whatever is wrong
        session.progress.say(step)

    creation = Creation(withheld(session.settings, session.connection.clock()), sound, announce)
    return ensure_window(session.connection, policy.expected_window, creation)


def history(collection: Collection) -> WindowHistory:
    """Return the executions since what patches was created or changed; where there is nothing, none."""
    existing: ExistingWindow = collection.value("window")
    connection = collection.session.connection
    if existing.association:
        return association_history(connection, existing.association, existing.tasks[0].document)
    if existing.window is None:
        now = connection.clock()
        return WindowHistory(now, now)
    return window_history(connection, existing.window)


def withheld(settings: Settings, now: datetime) -> str:
    """Return why what is absent is not created, or nothing where it is."""
    if settings.read_only:
        return "not created: this run is read-only"
    if not settings.policy.creates:
        return 'not created: [window] create = "never" in the policy'
    if _is_imminent(settings.policy.the_window, now) and not settings.allow_imminent:
        return "not created: it would run within 24 hours (allow with --allow-imminent)"
    return ""


def _is_imminent(policy: WindowPolicy, now: datetime) -> bool:
    begin = datetime.combine(policy.start, time(), UTC) if policy.start else now
    return begin < now + _IMMINENT and fires_within(
        policy.expected, _IMMINENT, now, policy.zone, policy.schedule_offset or 0
    )
