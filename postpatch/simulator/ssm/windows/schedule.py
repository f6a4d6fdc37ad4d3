"""When a window runs: the cron, rate and at expressions of Systems Manager.

Source: Systems Manager user guide, "Reference: Cron and rate expressions for Systems Manager".
A cron expression has six fields (minutes hours day-of-month month day-of-week year), or seven: seconds come first.
"""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aws_croniter import AwsCroniter

from ...wire.errors import AwsError

SHORTEST = timedelta(minutes=5)
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)\)")
_CRON = re.compile(r"cron\((.+)\)")


class Schedule:
    """One schedule expression, in a time zone, with an offset in days after a cron date."""

    def __init__(self, expression: str, zone: str | None = None, offset: int | None = None) -> None:
        self.expression = expression
        self.zone = read_zone(zone)
        self.offset = timedelta(days=offset or 0)
        self._every: timedelta | None = None
        self._once: datetime | None = None
        self._cron: AwsCroniter | None = None
        self._seconds = timedelta(0)
        self._read()
        if offset and self._cron is None:
            raise _wrong("ScheduleOffset can only be used with a cron schedule")

    def runs(self, after: datetime, anchor: datetime, anchored_by_start: bool) -> Iterator[datetime]:
        """Yield the runs after a moment, in the schedule's zone.

        A rate counts from `anchor`: the window's start date, which is itself a run, or its creation, which is not.
        """
        if self._once is not None:
            if self._once > after:
                yield self._once.astimezone(self.zone)
        elif self._every is not None:
            first = 0 if anchored_by_start else 1
            count = max(first, (after - anchor) // self._every + 1)
            while True:
                yield (anchor + count * self._every).astimezone(self.zone)
                count += 1
        else:
            yield from self._cron_runs(self._cron, after)

    def _cron_runs(self, cron: AwsCroniter, after: datetime) -> Iterator[datetime]:
        # The fields speak of the wall clock of the zone; the library counts in UTC, so the wall time is lent to it.
        wall = after.astimezone(self.zone).replace(tzinfo=UTC) - self.offset - timedelta(days=1)
        while True:
            found = cron.get_next(wall)[0]
            if found is None:
                return
            wall = found
            run = (found + self._seconds + self.offset).replace(tzinfo=self.zone)
            # A wall time that the zone skips (daylight saving) comes out an hour later by a round trip through UTC.
            run = run.astimezone(UTC).astimezone(self.zone)
            if run > after:
                yield run

    def _read(self) -> None:
        if found := _RATE.fullmatch(self.expression):
            self._read_rate(int(found[1]), found[2], found[3])
        elif found := _AT.fullmatch(self.expression):
            try:
                self._once = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
            except ValueError:
                raise _wrong(f"{self.expression} is not a valid at expression") from None
        elif found := _CRON.fullmatch(self.expression):
            self._read_cron(found[1].split())
        else:
            raise _wrong(f"{self.expression} is neither a cron, a rate nor an at expression")

    def _read_rate(self, value: int, unit: str, plural: str) -> None:
        self._every = value * _UNITS[unit]
        if (value == 1) == bool(plural) or self._every < SHORTEST:
            raise _wrong(f"{self.expression} is not a valid rate: at least 5 minutes, singular for 1, else plural")

    def _read_cron(self, fields: list[str]) -> None:
        seconds = "0"
        if len(fields) == 7:
            seconds, *fields = fields
        if not seconds.isdigit() or int(seconds) > 59:
            raise _wrong(f"{self.expression} has seconds that are no number from 0 to 59")
        # aws-croniter reads a lone L in day-of-week as nothing at all.
        weekday = "7L" if len(fields) == 6 and fields[4] == "L" else None
        try:
            self._cron = AwsCroniter(" ".join([*fields[:4], weekday, *fields[5:]] if weekday else fields))
        except (ValueError, IndexError) as error:
            raise _wrong(f"{self.expression} is not a valid cron expression: {error}") from None
        self._seconds = timedelta(seconds=int(seconds))
        minutes = sorted(self._cron.minutes)
        if any(later - earlier < SHORTEST.seconds // 60 for earlier, later in itertools.pairwise(minutes)):
            raise _wrong(f"{self.expression} runs more often than every 5 minutes")


def read_zone(name: str | None) -> ZoneInfo:
    """Find a time zone by its IANA name; without one it is UTC."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        raise _wrong(f"{name} is not a valid time zone") from None


def read_date(name: str, text: str | None, zone: ZoneInfo) -> datetime | None:
    """Read a StartDate or EndDate: ISO 8601; without an offset it is in the window's zone.

    botocore: CreateMaintenanceWindow, StartDate, "ISO-8601 Extended format".
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(f"{name} {text} is not a date in ISO 8601 extended format") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def written(moment: datetime) -> str:
    """Write a moment as Systems Manager does: `2019-02-03T02:00-08:00`, `2020-02-12T23:19:20.596Z`."""
    text = moment.strftime("%Y-%m-%dT%H:%M")
    if moment.second or moment.microsecond:
        text += moment.strftime(":%S")
    if moment.microsecond:
        text += f".{moment.microsecond // 1000:03d}"
    offset = moment.strftime("%z")
    return text + ("Z" if not moment.utcoffset() else f"{offset[:3]}:{offset[3:5]}")


def _wrong(message: str) -> AwsError:
    return AwsError("ValidationException", message)
