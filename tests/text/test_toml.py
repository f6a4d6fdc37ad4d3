"""TOML of texts from elsewhere: a reader of TOML gets the value, and a person sees all of it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.text.characters import visible
from postpatch.text.toml import toml, toml_comment

TEXTS = st.text(st.characters(codec="utf-8")) | st.text(
    "\"\\\n\r\t\x00\x7f\x85\u2028\u202e\U000e0041#=[]{}',", max_size=8
)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-(2**40), 2**40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)


@given(VALUES, TEXTS)
def test_nothing_ends_its_value_or_its_comment(value, comment):
    """Any text is one line, whose value is that of the text; the line after it is as it was."""
    line = f"key = {toml(value)}  {toml_comment(comment)}"
    assert tomllib.loads(f"{line}\nlast = 1\n") == {"key": value, "last": 1}
    assert visible(line) == line
    assert len(line.splitlines()) == 1


def test_what_a_reader_must_see_is_written_by_its_code_point():
    """A policy is read before it is used: no character turns or hides a part of it."""
    assert toml("a\u202eb") == '"a\\U0000202Eb"'
    assert toml("Müller") == '"Müller"'
    assert toml_comment("task no\n[scope]\u202e") == "# task no [scope][U+202E]"


def test_half_a_character_is_no_toml():
    """TOML has no way to write half a surrogate pair: who reads the file refuses it."""
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(f"key = {toml(chr(0xD800))}")
