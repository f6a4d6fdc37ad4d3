"""How the report formats values: times, numbers, lists, long or deceptive texts, missing evidence."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from postpatch.model import Mode
from postpatch.text.characters import visible
from postpatch.text.credentials import redacted
from postpatch.text.legible import shortened
from postpatch.verdict.run import Run

__all__ = ["counted", "listed", "moment_of", "not_collected", "number", "shortened", "shown", "utc", "utc_of"]

CELL = 4_000  # characters of one value in a page, where nothing shorter is said


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


def shown(value: object) -> object:
    """Return a text as a page may show it: no credential, all visible, cut if it is very long; other values unchanged.

    Finished markup, such as a macro's, is left alone, because its texts have already been converted.
    """
    return _safe(value) if type(value) is str else value


# A page repeats most of its texts: the ids of hosts, severities, owners.
@lru_cache(maxsize=20_000)
def _safe(text: str) -> str:
    return visible(shortened(redacted(text), CELL))


def forget() -> None:
    """Forget which texts were made safe: for each page anew, because the credentials in use may have changed."""
    _safe.cache_clear()


def not_collected(run: Run, what: str) -> str:
    """Return the sentence for missing evidence: a section never disappears without an explanation."""
    if run.mode is Mode.RECORDED:
        return f"{what}: not available. Exported files of findings do not contain this."
    if run.nodes_alone:
        return f"{what}: not available. The scope has hybrid nodes alone, which Inspector does not scan."
    return f"{what}: could not be collected in this run. The checks that need this give the reason."
