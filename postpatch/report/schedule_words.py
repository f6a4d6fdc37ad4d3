"""A maintenance window's schedule in words: when it fires, not how it is written."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, cast

from postpatch.policy.schedule import Schedule, parse_schedule
from postpatch.report.words import counted, listed

_WEEK = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_YEARS = 2199 - 1970 + 1  # what a star means in the field of the years
_NAMED = 4  # up to this many times of a day are listed; more are counted


def schedule_in_words(text: str) -> str:
    """Return when `cron(…)`, `rate(…)` or `at(…)` fires; an expression that cannot be parsed is returned unchanged.

    `cron(0 13/12 * * ? *)` seems to fire twice a day and fires once: `every day at 13:00`.
    """
    try:
        schedule = parse_schedule(text)
    except ValueError:
        return text
    if schedule.kind == "rate":
        return f"every {_span(cast(timedelta, schedule.interval))}, counted from the window's creation"
    if schedule.kind == "at":
        (moment,) = cast(tuple[datetime], schedule.moments)
        return f"once, on {moment:%Y-%m-%d} at {moment:%H:%M:%S}"
    return _cron(schedule)


def _cron(schedule: Schedule) -> str:
    times, days, months, years = cast(tuple[Any, ...], schedule.moments)
    words = f"{_days(days)} {_times(times)}"
    if schedule.interval and len(times) > 1:
        shown = _times(times) if len(times) <= _NAMED else f"from {_clock(times[0])} on"
        words = f"every {_span(schedule.interval)}, {shown}"
    if len(months) < len(_MONTHS):
        words += f", in {listed(_MONTHS[month - 1] for month in months)}"
    if len(years) < _YEARS:
        words += f", {'from' if _follow(years) else 'in'} {_runs([str(year) for year in years], _follow(years))}"
    return words


def _times(seconds: Sequence[int]) -> str:
    names = [_clock(second) for second in seconds]
    if len(names) <= _NAMED:
        return f"at {listed(names)}"
    steps = {after - before for before, after in pairwise(seconds)}
    if len(steps) == 1:
        return f"from {names[0]} to {names[-1]}, {_span(timedelta(seconds=steps.pop()))} apart"
    return f"{len(names)} times a day, first at {names[0]} and last at {names[-1]}"


def _clock(second: int) -> str:
    hours, rest = divmod(second, 3_600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def _days(days: tuple[Any, ...]) -> str:
    if len(days) == 1:
        return "every day"
    of_month, of_week = days
    return " and ".join(filter(None, (_of_month(of_month), _of_week(of_week))))


def _of_month(days: tuple[Any, ...]) -> str:
    match days:
        case ():
            return ""
        case ("L", 0):
            return "on the last day of the month"
        case ("L", int(before)):
            return f"{counted(before, 'day')} before the last day of the month"
        case ("W", day):
            return f"on the weekday nearest to day {day} of the month"
    return f"on day {_runs([str(day) for day in days], _follow(days))} of the month"


def _of_week(days: tuple[Any, ...]) -> str:
    match days:
        case ():
            return ""
        case ("L", int(day)):
            return f"on the last {_WEEK[day - 1]} of the month"
        case ("#", int(day), int(place)):
            return f"on the {_ORDINALS[place - 1]} {_WEEK[day - 1]} of the month"
    return f"every {_runs([_WEEK[day - 1] for day in days], _follow(days))}"


def _follow(numbers: Sequence[int]) -> bool:
    return len(numbers) > 2 and all(after - before == 1 for before, after in pairwise(numbers))


def _runs(names: Sequence[str], follow: bool) -> str:
    return f"{names[0]} to {names[-1]}" if follow else listed(names)


def _span(span: timedelta) -> str:
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        number, rest = divmod(span.total_seconds(), seconds)
        if not rest:
            return unit if number == 1 else counted(int(number), unit)
    return f"{span}"
