"""The few errors: drift on one side, everything that kept us from looking on the other."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches


class NotProven(AssertionError):
    """A check's verdict is red: what we saw is not what must be true. The only error that counts as drift."""


class CouldNotCheck(Exception):
    """Evidence could not be had. The message says what to do, then what happened, on which resource."""


class BadEvidence(CouldNotCheck):
    """A file of evidence is missing, broken off, altered, or of another account or scope."""


class BadPolicy(Exception):
    """The policy file cannot be used. The message holds every problem, one a line, each with its key's path."""


class BadOptions(Exception):
    """The command line cannot be used. The message holds every problem, one a line; nothing was collected."""


class NotAllowed(Exception):
    """The chosen mode does not allow this call; it was refused before it was sent."""


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return ` Did you mean NAME?` for the known name that is most like the one given, or nothing; for two, both."""
    alike = get_close_matches(given, list(known), n=2)
    ratios = [SequenceMatcher(None, name, given).ratio() for name in alike]
    nearest = [name for name, ratio in zip(alike, ratios, strict=True) if ratio == ratios[0]]
    return f" Did you mean {' or '.join(sorted(nearest))}?" if nearest else ""
