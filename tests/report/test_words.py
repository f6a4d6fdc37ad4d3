"""How the report writes values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from markupsafe import Markup

from postpatch.report.words import counted, listed, shortened, shown, utc, utc_of


def test_times_are_told_in_utc() -> None:
    """A time of any zone is told in UTC, to the second; an absent one is not made up."""
    assert utc(datetime(2026, 11, 20, 22, 4, 31, 999_999, UTC)) == "2026-11-20 22:04:31 UTC"
    assert utc(datetime(2026, 11, 20, 22, 4, 31, tzinfo=timezone(timedelta(hours=2)))) == "2026-11-20 20:04:31 UTC"
    assert utc(None) == "not known"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2099-12-01T00:00Z", "2099-12-01 00:00:00 UTC"),
        ("2019-10-20T05:34:56-07:00", "2019-10-20 12:34:56 UTC"),
        ("2099-12-01", "2099-12-01 00:00:00 UTC"),
        ("whenever", "whenever"),
    ],
)
def test_times_that_aws_keeps_as_text_are_told_alike(text: str, told: str) -> None:
    """A window's dates come in several spellings; one that is no date stays as it was found."""
    assert utc_of(text) == told


def test_numbers_stand_with_their_things() -> None:
    """One is singular, the rest plural, thousands are set apart."""
    assert counted(1, "host") == "1 host"
    assert counted(0, "host") == "0 hosts"
    assert counted(10_000, "patch", "patches") == "10,000 patches"


def test_a_text_that_is_cut_tells_its_length() -> None:
    """Nobody takes the beginning of a text for the whole."""
    assert shortened("short", 5) == "short"
    assert shortened("longer", 5) == "longe… (cut, 6 characters)"


def test_a_list_reads_as_a_sentence_names_things() -> None:
    """One, two or many things are joined as people join them."""
    assert [listed("a"), listed("ab"), listed("abc")] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("plain → ✓", "plain → ✓", id="plain"),
        pytest.param("\u05d0\u05d1 \u0627\u0644", "\u05d0\u05d1 \u0627\u0644", id="right-to-left-letters-stay"),
        pytest.param("a\u202eb\u2066c\u200fd", "a[U+202E]b[U+2066]c[U+200F]d", id="marks-that-turn-a-line"),
        pytest.param("a\x1b[2Jb\x00", "a[U+001B][2Jb[U+0000]", id="controls"),
        pytest.param("two\nlines\tand a tab", "two\nlines\tand a tab", id="white-space-stays"),
    ],
)
def test_what_no_reader_sees_is_told_by_its_code_point(text: str, told: str) -> None:
    """A text cannot show itself otherwise than it is written."""
    assert shown(text) == told


def test_values_that_are_no_text_and_finished_markup_are_left_alone() -> None:
    """Only texts are looked through, and only once."""
    markup = Markup("<b>\u202e</b>")
    assert shown(markup) is markup
    assert shown(7) == 7
