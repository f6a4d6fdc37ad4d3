"""What a run says to people elsewhere, and what became of it at each destination."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Notice:
    """A verdict, what it is about, counts by name, and a link or nothing; all of it is text that may be shown."""

    verdict: str
    about: str
    counts: tuple[tuple[str, str], ...]
    link: str = ""
    simulated: bool = False

    @property
    def title(self) -> str:
        """Return the notice in one line: `FAIL: patching of stack pww in us-east-1`."""
        return f"{'SIMULATED: ' if self.simulated else ''}{self.verdict}: {self.about}"


class Sending(StrEnum):
    """What became of a notice; one that was withheld was not meant to be sent by this run."""

    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Delivery:
    """A destination in words, what became of the notice there, and why it was not sent."""

    to: str
    state: Sending
    why: str = ""

    def __str__(self) -> str:
        """Return it in one sentence."""
        if self.state is Sending.SENT:
            return f"The verdict was sent to {self.to}."
        return f"The verdict was not sent to {self.to}: {self.why.rstrip('.')}."
