"""How the report writes values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from postpatch.report.words import counted, shortened, utc, utc_of


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
