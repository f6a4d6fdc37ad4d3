"""Dates that a request gives as text, in a filter's value."""

from datetime import UTC, datetime

from .errors import AwsError


def moment(text: str) -> datetime:
    """Read a date in ISO 8601, in UTC where it has no zone; a ValidationException refuses anything else."""
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise AwsError("ValidationException", f"{text} is not a date in ISO 8601 format") from None
