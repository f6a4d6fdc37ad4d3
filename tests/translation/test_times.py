"""Times in each of AWS's spellings."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from postpatch.translation.times import parse_time

SAME = datetime(2024, 9, 4, 16, 59, 44, 356000, UTC)


@pytest.mark.parametrize(
    "spelling",
    [
        1725469184.356,
        "1725469184.356",
        "2024-09-04T16:59:44.356Z",
        "2024-09-04T18:59:44.356000+02:00",
        "2024-09-04 16:59:44.356000+00:00",
        "Wed Sep 04 16:59:44.356 UTC 2024",
        datetime(2024, 9, 4, 18, 59, 44, 356000, timezone(timedelta(hours=2))),
    ],
)
def test_every_spelling_gives_the_same_moment(spelling: object) -> None:
    """A moment reads the same in UTC from every spelling that AWS uses."""
    moment = parse_time(spelling)
    assert moment == SAME
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("spelling", "hour"),
    [
        ("Jun 18, 2024, 12:27:04 AM", 0),
        ("Jun 18, 2024, 1:27:04 AM", 1),
        ("Jun 18, 2024, 12:27:04 PM", 12),
        ("Jun 18, 2024, 11:27:04\u202fPM", 23),
    ],
)
def test_the_older_english_spelling_counts_half_days(spelling: str, hour: int) -> None:
    """Twelve AM is midnight and twelve PM is noon, with any space before them."""
    assert parse_time(spelling) == datetime(2024, 6, 18, hour, 27, 4, tzinfo=UTC)


def test_whole_seconds_are_read() -> None:
    """An epoch without a fraction, and an English time without one, are times too."""
    assert parse_time(1725469184) == parse_time("Wed Sep 04 16:59:44 UTC 2024") == SAME.replace(microsecond=0)


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "yesterday",
        "2024-09-04T16:59:44",
        "2024-09-04",
        "Wed Sep 04 16:59:44.356 PST 2024",
        "Wed Sev 04 16:59:44.356 UTC 2024",
        "Fri Feb 30 16:59:44.356 UTC 2024",
        "Jun 18, 2024, 13:27:04 PM",
        "Jun 18, 2024, 0:27:04 AM",
        "0001-01-01T00:00:00+14:00",
        1725469184356,
        10**400,
        float("nan"),
        float("inf"),
        True,
        None,
        [],
        datetime(2024, 9, 4),  # noqa: DTZ001 - the very thing that must be refused
    ],
)
def test_what_is_no_moment_is_refused(nonsense: object) -> None:
    """A text that is no time, a time without a zone, milliseconds and a day that is not in the calendar are refused."""
    with pytest.raises(ValueError, match=r"\S"):
        parse_time(nonsense)
