"""What a reader would not see is shown by its code point."""

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from postpatch.text.characters import DEFAULT_IGNORABLE, visible

HIDDEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cc}\p{Cf}\p{Zl}\p{Zp}--[\t\n]]", regex.V1)


def test_the_table_is_unicodes_property() -> None:
    """The table covers the code points that Unicode's property covers, and no other."""
    ignorable = regex.compile(r"\p{Default_Ignorable_Code_Point}")
    expected = {code for code in range(0x110000) if ignorable.match(chr(code))}
    assert {code for first, last in DEFAULT_IGNORABLE for code in range(first, last + 1)} == expected


@pytest.mark.parametrize("turned", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_no_mark_turns_a_line(turned: str) -> None:
    """The marks of bidirectional text are shown, letters of right-to-left scripts stay."""
    assert visible(f"a{turned}b\u05d0") == f"a[U+{ord(turned):04X}]b\u05d0"


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    """Of any text nothing invisible is left, everything else stays in its order, and doing it twice changes nothing."""
    shown = visible(text)
    assert not HIDDEN.search(shown)
    assert not any(unicodedata.category(one) == "Cs" for one in shown)
    shown.encode()
    assert visible(shown) == shown
    if not HIDDEN.search(text) and text.isprintable():
        assert shown == text


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_plain_text_stays(text: str) -> None:
    """Plain text, with its tabs and line feeds, is not touched."""
    assert visible(f"{text}\t\n{text}") == f"{text}\t\n{text}"
