"""Maintenance-window schedules, compared by when they fire and not by how they are written.

Grammar: Systems Manager's "Reference: Cron and rate expressions". A cron has six fields, or seven with seconds FIRST.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from aws_croniter import AwsCroniter
from aws_croniter.exceptions import AwsCroniterExpressionError

_DAY = 86_400
_UNITS = {"minute": 60, "hour": 3_600, "day": _DAY}
_EVERY_DAY = ("every day",)
# Within these years every rule of a month or a weekday comes round; more firings than these show no longer gap.
_HORIZON = timedelta(days=3 * 366)
_MOST_FIRINGS = 800


@dataclass(frozen=True)
class Schedule:
    """When a schedule fires.

    `interval` is set where it fires at one constant distance, `closest` is the shortest distance within a day;
    `moments` is a canonical form of what a cron expression expands to, equal for two that always fire together.
    """

    text: str
    kind: str
    interval: timedelta | None = None
    closest: timedelta | None = None
    moments: tuple[object, ...] = ()
    fields: str = ""


def parse_schedule(text: str) -> Schedule:
    """Parse `cron(…)`, `rate(…)` or `at(…)`; ValueError says what is wrong with it."""
    match = re.fullmatch(r"(cron|rate|at)\((.+)\)", text.strip())
    if not match:
        raise ValueError(f"{text!r} is none of cron(…), rate(…), at(…)")
    kind, body = match.group(1), match.group(2).strip()
    return {"cron": _cron, "rate": _rate, "at": _at}[kind](text.strip(), body)


def every(hours: int) -> str:
    """Return the cron expression that fires every so many hours from midnight; `hours` divides 24."""
    return "cron(0 0 * * ? *)" if hours == 24 else f"cron(0 0/{hours} * * ? *)"


def fire_alike(one: Schedule, other: Schedule) -> bool:
    """Return whether both fire at the same moments, or with the same interval if one is a rate without a phase."""
    if "rate" in (one.kind, other.kind):
        return one.interval is not None and one.interval == other.interval
    return one.kind == other.kind and one.moments == other.moments


def fires_within(schedule: Schedule, span: timedelta, now: datetime, zone: ZoneInfo, offset_days: int = 0) -> bool:
    """Return whether a window created at `now` without a start date would fire within `span`.

    `offset_days` is the window's ScheduleOffset.
    """
    if schedule.kind == "rate":
        return True  # a rate's first run follows the creation
    if schedule.kind == "at":
        return any(isinstance(moment, datetime) and now <= moment <= now + span for moment in schedule.moments)
    # aws-croniter counts in UTC: the zone's wall clock is lent to it as such.
    wall = now.astimezone(zone).replace(tzinfo=UTC) - timedelta(days=offset_days)
    coming = AwsCroniter(schedule.fields).occurrence(wall).next()
    return coming is not None and coming <= wall + span


def longest_gap(schedule: Schedule, since: datetime) -> timedelta | None:
    """Return the longest time between two firings in the three years after a moment; None if it fires once or never."""
    if schedule.kind != "cron" or schedule.interval:
        return schedule.interval
    cron = AwsCroniter(schedule.fields)
    firings, end = [since.replace(tzinfo=UTC)], since.replace(tzinfo=UTC) + _HORIZON
    while len(firings) <= _MOST_FIRINGS and firings[-1] < end:
        coming = cron.occurrence(firings[-1]).next()
        if coming is None:
            break
        firings.append(coming)
    return max((later - earlier for earlier, later in pairwise(firings[1:])), default=None)


def fired_last(
    schedule: Schedule, since: datetime, until: datetime, zone: tzinfo, offset_days: int = 0
) -> datetime | None:
    """Return the last moment after `since` and before `until` at which a window fired, or None if there is none.

    A rate is counted from `since`, for AWS does not say from when it counts; a cron's moments are exact to the minute.
    `offset_days` is the window's ScheduleOffset.
    """
    if schedule.kind == "rate" and schedule.interval:
        last = since + (until - since) // schedule.interval * schedule.interval
    elif schedule.kind == "at":
        last = max((one for one in schedule.moments if isinstance(one, datetime) and one <= until), default=since)
    else:
        # As in fires_within: the zone's wall clock is lent to aws-croniter as UTC.
        offset = timedelta(days=offset_days)
        wall = until.astimezone(zone).replace(tzinfo=UTC) - offset
        fired = AwsCroniter(schedule.fields).occurrence(wall).prev()
        last = (fired + offset).replace(tzinfo=zone).astimezone(UTC) if fired else since
    return last if last > since else None


def _cron(text: str, body: str) -> Schedule:
    values = body.split()
    if len(values) not in (6, 7):
        raise ValueError(f"{text!r} has {len(values)} fields: six are needed, or seven with the seconds first")
    # aws-croniter knows six fields; seconds obey the grammar of its minutes.
    seconds = _expand([values.pop(0), "0", "*", "*", "?", "*"], text).minutes if len(values) == 7 else [0]
    if values[4] == "L":
        values[4] = "7L"  # aws-croniter reads a lone L as nothing; AWS reads it as the week's last day
    cron = _expand(values, text)
    days = _days(cron)
    times = sorted({h * 3_600 + m * 60 + s for h in cron.hours for m in cron.minutes for s in set(seconds)})
    months, years = tuple(sorted(set(cron.months))), tuple(sorted(set(cron.years)))
    always = days == _EVERY_DAY and len(months) == 12 and len(years) == 2199 - 1970 + 1
    interval = _even(times) if always else None
    closest = min((after - before for before, after in pairwise(times)), default=_DAY)
    return Schedule(
        text, "cron", interval, timedelta(seconds=closest), (tuple(times), days, months, years), " ".join(values)
    )


def _expand(values: list[str], text: str) -> AwsCroniter:
    try:
        return AwsCroniter(" ".join(values))
    except (AwsCroniterExpressionError, ValueError) as error:
        raise ValueError(f"{text!r} is not a cron expression of Systems Manager: {error}") from error


def _days(cron: AwsCroniter) -> tuple[object, ...]:
    of_month, of_week = cron.days_of_month, cron.days_of_week
    if of_month == list(range(1, 32)) or of_week == list(range(1, 8)):
        return _EVERY_DAY
    # L, W and # come as a letter and its number: their order is part of their meaning.
    return tuple(
        tuple(days) if days and isinstance(days[0], str) else tuple(sorted(set(days))) for days in (of_month, of_week)
    )


def _even(times: list[int]) -> timedelta | None:
    step = _DAY / len(times)
    evenly = all(after - before == step for before, after in pairwise(times))
    return timedelta(seconds=step) if evenly else None


def _rate(text: str, body: str) -> Schedule:
    match = re.fullmatch(r"([1-9][0-9]{0,6}) (minute|hour|day)(s?)", body)
    if not match or (match.group(1) == "1") == bool(match.group(3)):
        raise ValueError(f"{text!r} is not a rate: write rate(1 hour) or rate(12 hours)")
    interval = timedelta(seconds=int(match.group(1)) * _UNITS[match.group(2)])
    return Schedule(text, "rate", interval, interval)


def _at(text: str, body: str) -> Schedule:
    try:
        moment = datetime.strptime(f"{body}+0000", "%Y-%m-%dT%H:%M:%S%z")
    except ValueError as error:
        raise ValueError(f"{text!r} is not a moment: write at(2099-12-01T00:00:00), in UTC") from error
    return Schedule(text, "at", moments=(moment,))
