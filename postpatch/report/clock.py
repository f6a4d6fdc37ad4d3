"""Times for readers: in UTC, and in one local time zone if that differs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SEASONS = tuple(datetime(2026, month, 1, tzinfo=UTC) for month in (1, 4, 7, 10))


@dataclass(frozen=True)
class Clock:
    """Formats times in the local zone. `zone` is its name; it is empty if there is only UTC."""

    zone: str
    note: str
    _local: Callable[[datetime], datetime]

    def local(self, moment: datetime | None) -> str:
        """Return a time as `2026-11-20 23:04:31 CET`, or an empty text if it is unknown or the same as UTC."""
        return f"{self._local(moment):%Y-%m-%d %H:%M:%S %Z}" if moment and self.zone else ""


def clock(policy_zone: str) -> Clock:
    """Return the clock of the policy's time zone, an IANA name; if that is UTC, the clock of this machine.

    If both are UTC there is no local time. The reader's own zone is unknown: these sections have no script.
    """
    zone = ZoneInfo(policy_zone)
    if _differs(lambda moment: moment.astimezone(zone)):
        note = f"Local times are those of {policy_zone}, the time zone of the policy's window."
        return Clock(policy_zone, note, lambda moment: moment.astimezone(zone))
    if _differs(datetime.astimezone):
        names = " and ".join(dict.fromkeys(f"{season.astimezone():%Z}" for season in _SEASONS))
        return Clock(names, f"Local times are {names}, of the machine that wrote this report.", datetime.astimezone)
    return Clock("", "All times are in UTC, which is also the local time here.", lambda moment: moment)


def _differs(local: Callable[[datetime], datetime]) -> bool:
    return any(local(season).utcoffset() != timedelta() for season in _SEASONS)
