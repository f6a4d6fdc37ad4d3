"""How values are written in the report: times, numbers, long texts, absent evidence."""

from datetime import UTC, datetime

from postpatch.model import Mode
from postpatch.verdict.run import Run

_ELLIPSIS = "…"


def utc(moment: datetime | None) -> str:
    """Return a time as `2026-11-20 22:04:31 UTC`, or `not known`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "not known"


def utc_of(text: str) -> str:
    """Return a time that AWS keeps as text, written as `utc` does; what is no time stays as AWS wrote it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def number(value: int) -> str:
    """Return a number with its thousands apart: `10,000`."""
    return f"{value:,}"


def counted(value: int, one: str, many: str = "") -> str:
    """Return a number with its thing: `1 host`, `10,000 hosts`; `many` is its plural where an s is not enough."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, with its whole length told where it was cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()}{_ELLIPSIS} (cut, {number(len(text))} characters)"


def not_looked_at(run: Run, what: str) -> str:
    """Return the sentence that stands where evidence is absent: a section never vanishes without a word."""
    if run.mode is Mode.RECORDED:
        return f"{what} could not be looked at: recorded files of findings say nothing of it."
    return f"{what} could not be looked at in this run. The checks that need this say why."
