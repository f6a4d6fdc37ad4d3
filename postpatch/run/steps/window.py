"""The steps of the maintenance window: ensure that it exists, read back what exists, and what its executions did."""

from datetime import UTC, datetime, time, timedelta

from postpatch.aws.maintenance_window import Creation, ensure_window
from postpatch.aws.window_history import window_history
from postpatch.model import ExistingWindow, MaintenanceWindow, WindowHistory, WindowTarget
from postpatch.policy import WindowPolicy
from postpatch.policy.schedule import fires_within
from postpatch.run.collection import Collection
from postpatch.run.settings import Settings
from postpatch.verdict.window import is_sound

_IMMINENT = timedelta(hours=24)


def window(collection: Collection) -> ExistingWindow:
    """Create what is missing of window, target and task, unless that is withheld, and return what exists."""
    collection.value("account")
    collection.value("rehearsal")
    session = collection.session
    policy = session.settings.policy

    def sound(existing: MaintenanceWindow, targets: tuple[WindowTarget, ...]) -> bool:
        return is_sound(existing, targets, policy)

    def announce(step: str) -> None:
        collection.value("preflight")  # reading needs none of it, and what is there is judged whatever is wrong
        session.progress.say(step)

    creation = Creation(withheld(session.settings, session.connection.clock()), sound, announce)
    return ensure_window(session.connection, policy.expected_window, creation)


def history(collection: Collection) -> WindowHistory:
    """Return the executions of the window since it was created or changed; where there is no window, none."""
    existing: ExistingWindow = collection.value("window")
    connection = collection.session.connection
    if existing.window is None:
        now = connection.clock()
        return WindowHistory(now, now)
    return window_history(connection, existing.window)


def withheld(settings: Settings, now: datetime) -> str:
    """Return why what is absent is not created, or nothing where it is."""
    if settings.read_only:
        return "not created: this run is read-only"
    if _is_imminent(settings.policy.window, now) and not settings.allow_imminent:
        return "not created: it would run within 24 hours (allow with --allow-imminent)"
    return ""


def _is_imminent(policy: WindowPolicy, now: datetime) -> bool:
    begin = datetime.combine(policy.start, time(), UTC) if policy.start else now
    return begin < now + _IMMINENT and fires_within(policy.expected, _IMMINENT, now, policy.zone)
