"""The few errors: drift on one side, everything that kept us from looking on the other."""


class NotProven(AssertionError):
    """A check's verdict is red: what we saw is not what must be true. The only error that counts as drift."""


# How the reason begins of a check whose evidence a pack never held. A step's error is kept as text, so that this tells
# it from any other in each process.
NOT_RECORDED = "not recorded: "


class CouldNotCheck(Exception):
    """Evidence could not be had. The message says what happened, on which resource, and what to do next."""


class BadEvidence(CouldNotCheck):
    """A file of evidence is missing, broken off, altered, or of another account or scope."""


class BadPolicy(Exception):
    """The policy file cannot be used. The message holds every problem, one a line, each with its key's path."""


class BadOptions(Exception):
    """The command line cannot be used. The message holds every problem, one a line; nothing was collected."""


class NotAllowed(Exception):
    """The chosen mode does not allow this call; it was refused before it was sent."""
