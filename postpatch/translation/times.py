"""Read a time in each of the spellings in which AWS writes it; no locale takes part."""

import re
from datetime import UTC, datetime

from postpatch.model import in_utc

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_DATE = r"(?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)"
# EventBridge's spelling since June 2024, and the one before, which names no zone and means UTC:
# https://github.com/aws-samples/siem-on-amazon-opensearch-service/issues/457
_ENGLISH = (
    re.compile(rf"[A-Z][a-z]{{2}} {_DATE} {_CLOCK}(?P<fraction>\.\d+)? UTC {_YEAR}"),
    # Java separates the half of the day by a narrow space since its version 20: any space will do.
    re.compile(rf"{_DATE}, {_YEAR},? {_CLOCK}\s(?P<half>[AP]M)"),
)
_EPOCH = re.compile(r"\d{9,10}(\.\d+)?")


def parse_time(value: object) -> datetime:
    """Return `value` as an aware datetime in UTC; ValueError with the reason if it is no such time.

    Known are an aware datetime (boto3), seconds since the epoch (the API's wire format and older AWS CLI output),
    ISO 8601 with an offset or Z, `Wed Sep 04 16:59:44.356 UTC 2024` and `Jun 18, 2024, 12:27:04 AM`.
    """
    if isinstance(value, datetime):
        return in_utc(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    if not isinstance(value, str):
        raise ValueError("it is neither a number nor a text")  # noqa: TRY004 - callers handle one kind of unreadable
    text = value.strip()
    if _EPOCH.fullmatch(text):
        return _from_epoch(float(text))
    for spelling in _ENGLISH:
        if match := spelling.fullmatch(text):
            return _from_english(match)
    return in_utc(datetime.fromisoformat(text))


def _from_epoch(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from error


def _from_english(match: re.Match[str]) -> datetime:
    parts = match.groupdict()
    if parts["month"] not in _MONTHS:
        raise ValueError(f"{parts['month']} is no month")
    hour = int(parts["hour"])
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour} {half} is no hour")
        hour = hour % 12 + (12 if half == "PM" else 0)
    microsecond = int((parts.get("fraction") or ".0")[1:7].ljust(6, "0"))
    year, day, minute, second = (int(parts[name]) for name in ("year", "day", "minute", "second"))
    return datetime(year, _MONTHS[parts["month"]], day, hour, minute, second, microsecond, UTC)
