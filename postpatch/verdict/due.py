"""When a schedule of Systems Manager was due last."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from postpatch.errors import CouldNotCheck
from postpatch.policy.schedule import fired_last, parse_schedule

# AWS does not say how soon after its time a run begins, nor how it counts on the days on which clocks change.
LATE = timedelta(minutes=15)
TOLERANCE = timedelta(hours=2)


def due_last(schedule: str, zone: str, offset_days: int, since: datetime, until: datetime) -> datetime | None:
    """Return the last moment between two at which a schedule was due; None if there is none.

    CouldNotCheck if the schedule or the time zone cannot be read.
    """
    if until <= since:
        return None
    try:
        return fired_last(parse_schedule(schedule), since, until, ZoneInfo(zone or "UTC"), offset_days)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise CouldNotCheck(f"Correct the schedule {schedule}: when it was due cannot be computed. {error}") from error


def utc(moment: datetime) -> str:
    """Return a moment as the reasons of checks write it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
