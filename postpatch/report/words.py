"""How values are written in the report: times, numbers, lists, long and treacherous texts, absent evidence."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from postpatch.model import Mode
from postpatch.verdict.run import Run

_ELLIPSIS = "…"
# What no reader sees: controls, and marks that turn a line around so that it reads otherwise than it is written
# (Unicode Technical Report 36, 2.5). Text that runs from right to left by itself is left alone.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def utc(moment: datetime | None) -> str:
    """Return a time as `2026-11-20 22:04:31 UTC`, or `not known`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "not known"


def utc_of(text: str) -> str:
    """Return a time that AWS keeps as text, written as `utc` does; what is no time stays as AWS wrote it."""
    moment = moment_of(text)
    return utc(moment) if moment else text


def moment_of(text: str) -> datetime | None:
    """Return the time that AWS keeps as text, or None where it is no time; one without a zone is in UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def number(value: int) -> str:
    """Return a number with its thousands apart: `10,000`."""
    return f"{value:,}"


def counted(value: int, one: str, many: str = "") -> str:
    """Return a number with its thing: `1 host`, `10,000 hosts`; `many` is its plural where an s is not enough."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def listed(things: Iterable[str]) -> str:
    """Return the things as a sentence names them: `a`, `a and b`, `a, b and c`."""
    *most, last = things
    return f"{', '.join(most)} and {last}" if most else last


def visible(value: object) -> object:
    """Return a text with each unseen character told by its code point, `[U+202E]`; any other value as it is.

    Markup that is finished already, such as a macro's, is left alone, for its texts have been here before.
    """
    if type(value) is not str or value.isprintable():
        return value
    return _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)


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
