"""The errors: a failed check on one side, everything that could not be checked on the other."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

COULD_NOT_CHECK = 10  # the exit code where no check failed and something could not be checked


class NotProven(AssertionError):
    """A check failed: what was found is not what must be true. No other error means that a check failed."""


# How the reason begins of a check whose evidence a pack never held. A step's error is kept as text, so that this tells
# it from any other in each process.
NOT_RECORDED = "not recorded: "


class CouldNotCheck(Exception):
    """Evidence could not be collected. The message says what to do, then what happened, on which resource."""


class BadEvidence(CouldNotCheck):
    """A file of evidence is missing, cut off, altered, or of another account or scope."""


class BadPolicy(Exception):
    """The policy file cannot be used. The message lists every problem, one per line, each with the path of its key."""


class BadOptions(Exception):
    """The command line cannot be used. The message lists every problem, one per line; nothing was collected."""


class NotAllowed(Exception):
    """The chosen mode does not allow this call; it was refused before it was sent."""


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return ` Did you mean NAME?` for the known name that is most like the one given, or nothing; for two, both."""
    alike = get_close_matches(given, list(known), n=2)
    ratios = [SequenceMatcher(None, name, given).ratio() for name in alike]
    nearest = [name for name, ratio in zip(alike, ratios, strict=True) if ratio == ratios[0]]
    return f" Did you mean {' or '.join(sorted(nearest))}?" if nearest else ""
