"""Verdicts with their reasons."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fact:
    """One fact of a judgement: what was expected and what was found."""

    name: str
    expected: str
    found: str
    holds: bool


@dataclass(frozen=True)
class Judgement:
    """A check's verdict with its reasons: terminal, HTML and JSON use the same words.

    `checked` is False if the evidence does not settle it: the check is then an error, and `reason` says what to do.
    """

    holds: bool
    reason: str
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = field(default=())
    checked: bool = True
