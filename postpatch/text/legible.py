"""Make text from AWS, or from a file that others wrote, fit for a terminal, a log and a page."""

import re

from postpatch.text.characters import visible
from postpatch.text.credentials import redacted

LINE = 2_000  # characters of one value
_CUT = re.compile(r"… \(cut, ([0-9,]+) characters\)$")
TEXT = 100_000  # characters of one text of many lines
# What runners obey. GitHub: `::name …::` at the beginning of a line, after white space, and `##[name]` anywhere in it
# (actions/runner, ActionCommand.cs). Azure Pipelines: `##vso[…]` anywhere and `##[name]`. TeamCity: `##teamcity[…]`.
_COMMANDS = re.compile(r"(?m)^[^\S\n]*::|##(?=\w*\[)")


def shortened(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text, with its full length if it was cut."""
    if len(text) <= limit:
        return text
    before = _CUT.search(text)  # cut once already: its length is that of the whole
    return f"{text[:limit].rstrip()}… (cut, {before[1] if before else f'{len(text):,}'} characters)"


def disarmed(text: str) -> str:
    """Return a text with a space inside each mark by which a CI runner would know a command; its words stay."""
    return _COMMANDS.sub(lambda mark: f"{mark[0][:-1]} {mark[0][-1]}", text)


def legible(text: str, limit: int = LINE) -> str:
    """Return a text as it may be shown: no credential, at most `limit` characters, all visible, no runner's command.

    Line feeds stay: what must be one line is joined by the caller, with `one_line`.
    """
    return disarmed(visible(shortened(redacted(text), limit)))


def one_line(text: str, limit: int = LINE) -> str:
    """Return a text as one line that may be shown: each run of white space is one space."""
    return legible(" ".join(text.split()), limit)


def legible_lines(text: str, limit: int = TEXT) -> str:
    """Return a text of many lines as it may be shown: each line is cut by itself, and so is the whole."""
    shown, room = [], limit
    for line in redacted(text).split("\n"):
        shown.append(legible(line))
        room -= len(shown[-1]) + 1
        if room < 0:
            break
    lines = "\n".join(shown)
    return lines if room >= -1 else f"{lines[:limit].rstrip()}… (cut, {len(text):,} characters)"
