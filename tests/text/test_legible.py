"""Text from elsewhere, as a terminal, a log and a runner get it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.text.legible import LINE, disarmed, legible, legible_lines, one_line, shortened

COMMANDS = [
    "::error::x", "  ::stop-commands::x", "##[error]x", "a ##[group]x", "##vso[task.complete result=Succeeded]x",
    "##teamcity[testFinished name='x']", "\u00a0::warning::x", "\t::debug::x", "\u2003::add-mask::x",
]  # fmt: skip
# As the runners read a line: actions/runner, ActionCommand.cs (TryParse and TryParseV2); Azure Pipelines' agent alike.
OBEYED = re.compile(r"^\s*::|##\[|##vso\[|^\s*##teamcity\[")


@pytest.mark.parametrize("command", COMMANDS)
def test_no_runner_obeys(command: str) -> None:
    """A line that a runner would obey is told in the same words, and obeyed by none."""
    assert OBEYED.search(command)
    assert not OBEYED.search(disarmed(command))
    assert disarmed(command).replace(" ", "") == command.replace(" ", "")


@given(st.lists(st.one_of(st.sampled_from([*COMMANDS, "\r", "\u2028", "\x85", "\x0b", "\x1b[2J", "\n"]), st.text())))
def test_no_line_of_any_text_is_obeyed(parts: list[str]) -> None:
    """However such lines are put together, whatever ends a line for Python or for .NET, none is obeyed."""
    for shown in (legible("".join(parts)), legible_lines("".join(parts)), one_line("".join(parts))):
        assert not any(OBEYED.search(line) for line in [*shown.splitlines(), *shown.split("\n")])
        assert "\x1b" not in shown


@given(st.text(), st.integers(0, 50))
def test_what_is_cut_names_its_length(text: str, limit: int) -> None:
    """A text is whole, or it ends by saying how long it was."""
    cut = shortened(text, limit)
    assert cut == text if len(text) <= limit else cut.endswith(f"… (cut, {len(text):,} characters)")
    assert len(cut) <= max(len(text), limit + 40)


def test_what_is_cut_twice_names_the_whole_length() -> None:
    """Whoever cuts again tells of the text that there was, not of what was left of it."""
    assert shortened(shortened("x" * 9_000, 4_000), 600) == f"{'x' * 600}… (cut, 9,000 characters)"


def test_long_values_are_cut() -> None:
    """A value of a million characters does not flood a log, neither in one line nor in many."""
    assert legible("x" * 1_000_000).endswith("(cut, 1,000,000 characters)")
    assert len(legible("x" * 1_000_000)) < LINE + 40
    assert len(legible_lines("x\n" * 1_000_000)) < 110_000
    assert len(legible_lines("x" * 90_000 + "\ny")) < LINE + 50
