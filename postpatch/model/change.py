"""The change that a run belongs to, as the person who started the run says: no check depends on it."""

import re
from dataclasses import dataclass

# What tickets and names are written with: nothing that a page, Markdown or a terminal could take for markup.
_TICKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/#:-]{0,63}", re.ASCII)
_NAME = re.compile(r"[^\W_][^\W_ .,'@-]*(?:[ .,'@-]{1,2}[^\W_]+){0,9}\.?")
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Change:
    """The ticket of a change, and who approved it; empty where nobody said."""

    ticket: str = ""
    approver: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything is known of it."""
        return bool(self.ticket or self.approver)

    def __str__(self) -> str:
        """Return it in words: `CHG-123, approved by A. Jones`."""
        approved = f"approved by {self.approver}" if self.approver else ""
        return ", ".join(filter(None, (self.ticket, approved)))


NO_CHANGE = Change()


def ticket(text: str) -> str:
    """Return the ticket that a text is; ValueError if it is none."""
    if not _TICKET.fullmatch(text):
        raise ValueError("is 1 to 64 letters, digits, spaces and ._/#:-, and begins with a letter or a digit")
    return text


def approver(text: str) -> str:
    """Return the name that a text is; ValueError if it is none."""
    if len(text) > _LONGEST_NAME or not _NAME.fullmatch(text):
        raise ValueError(f"is a name of at most {_LONGEST_NAME} letters, digits, spaces and .,'@-")
    return text
