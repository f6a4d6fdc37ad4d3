"""Moments: aware datetimes in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator

# How far a clock may be off before AWS refuses a request that it signed (IAM user guide, "Signing AWS API requests").
CLOCK_TOLERANCE = timedelta(minutes=5)


def in_utc(moment: datetime) -> datetime:
    """Return an aware datetime in UTC; ValueError if it names no time zone, or lies beyond what UTC can hold."""
    # A time without a zone may be hours off in either direction: no guess can prove that a scan came after a patch.
    if moment.tzinfo is None:
        raise ValueError("it names no time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error


# Read in UTC whatever offset it was written with; a time without a zone is refused.
Utc = Annotated[datetime, AfterValidator(in_utc)]
