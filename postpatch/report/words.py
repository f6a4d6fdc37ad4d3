"""How the report formats values: times, numbers, lists, long or deceptive texts, missing evidence."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from postpatch.model import Mode
from postpatch.verdict.run import Run

_ELLIPSIS = "…"
# Invisible characters: controls, and marks that change the direction of a line so that it is displayed in a different
# order than it is stored (Unicode Technical Report 36, 2.5). Text in a right-to-left script is left alone.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def utc(moment: datetime | None) -> str:
    """Return a time as `2026-11-20 22:04:31 UTC`, or `not known`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "not known"


def utc_of(text: str) -> str:
    """Return a time that AWS gives as text in the format of `utc`; a text that is not a time stays unchanged."""
    moment = moment_of(text)
    return utc(moment) if moment else text


def moment_of(text: str) -> datetime | None:
    """Return the time that AWS gives as text, or None if it is not a time; one without a zone is in UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def number(value: int) -> str:
    """Return a number with separated thousands: `10,000`."""
    return f"{value:,}"


def counted(value: int, one: str, many: str = "") -> str:
    """Return a number and its noun: `1 host`, `10,000 hosts`; `many` is the plural if adding an s is wrong."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def listed(things: Iterable[str]) -> str:
    """Return the things as a list in a sentence: `a`, `a and b`, `a, b and c`."""
    *most, last = things
    return f"{', '.join(most)} and {last}" if most else last


def visible(value: object) -> object:
    """Return a text with each invisible character replaced by its code point, `[U+202E]`; other values unchanged.

    Finished markup, such as a macro's, is left alone, because its texts have already been converted.
    """
    if type(value) is not str or value.isprintable():
        return value
    return _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)


def shortened(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text, with its full length if it was cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()}{_ELLIPSIS} (cut, {number(len(text))} characters)"


def not_collected(run: Run, what: str) -> str:
    """Return the sentence for missing evidence: a section never disappears without an explanation."""
    if run.mode is Mode.RECORDED:
        return f"{what}: not available. Exported files of findings do not contain this."
    return f"{what}: could not be collected in this run. The checks that need this give the reason."
