"""Schedules, compared by when they fire."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.policy.schedule import every, fire_alike, fires_within, parse_schedule

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOURS = (1, 2, 3, 4, 6, 8, 12, 24)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        pytest.param("cron(0 */12 * * ? *)", 12, id="star-12"),
        pytest.param("cron(0 0/12 * * ? *)", 12, id="0/12"),
        pytest.param("cron(0 7/12 * * ? *)", 12, id="7/12"),
        pytest.param("cron(0 11/12 * * ? *)", 12, id="11/12"),
        pytest.param("cron(0 0,12 * * ? *)", 12, id="0,12"),
        pytest.param("cron(0 12,0 * * ? *)", 12, id="12,0"),
        pytest.param("cron(30 5,17 * * ? *)", 12, id="H,H+12"),
        pytest.param("cron(0 0 */12 * * ? *)", 12, id="seven-fields"),
        pytest.param("cron(0 0 0/12 * * ? *)", 12, id="seven-fields-0/12"),
        pytest.param("cron(24 30 5/12 * * ? *)", 12, id="seven-fields-with-a-second"),
        pytest.param("rate(12 hours)", 12, id="rate"),
        pytest.param("rate(720 minutes)", 12, id="rate-in-minutes"),
        pytest.param("cron(0 0/12 ? * * *)", 12, id="the-question-mark-first"),
        pytest.param("cron(0 0/12 1-31 * ? *)", 12, id="every-day-written-out"),
        pytest.param("cron(0 0/12 ? * SUN-SAT *)", 12, id="every-weekday-written-out"),
        pytest.param("cron(0 0/12 * JAN-DEC ? 1970-2199)", 12, id="every-month-and-year-written-out"),
        pytest.param("  cron(0   0/12 * * ? *) ", 12, id="spaces"),
        pytest.param("cron(0 13/12 * * ? *)", 24, id="13/12-fires-once-a-day"),
        pytest.param("cron(0 12/12 * * ? *)", 24, id="12/12-fires-once-a-day"),
        pytest.param("cron(30 09 ? * * *)", 24, id="once-a-day"),
        pytest.param("cron(24 30 09 ? * * *)", 24, id="once-a-day-with-a-second"),
        pytest.param("rate(1 hour)", 1, id="rate-singular"),
        pytest.param("rate(1 day)", 24, id="rate-a-day"),
        pytest.param("cron(0 */30 * * * ? *)", 0.5, id="seven-fields-half-hourly"),
        pytest.param("cron(0 * * * ? *)", 1, id="hourly"),
        pytest.param("cron(0 0,11 * * ? *)", None, id="uneven"),
        pytest.param("cron(0,30 0/12 * * ? *)", None, id="two-minutes-an-hour"),
        pytest.param("cron(0 0/5 * * ? *)", None, id="5-hours-do-not-fit-a-day"),
        pytest.param("cron(0 0/12 * * ? 2099)", None, id="in-one-year"),
        pytest.param("cron(0 0/12 * DEC ? *)", None, id="in-one-month"),
        pytest.param("cron(0 0/12 ? * MON-FRI *)", None, id="on-weekdays"),
        pytest.param("cron(0 0/12 1 * ? *)", None, id="on-one-day"),
        pytest.param("cron(0 0/12 L * ? *)", None, id="on-the-last-day"),
        pytest.param("at(2099-12-01T00:00:00)", None, id="once"),
    ],
)
def test_the_interval_of_a_schedule(text: str, hours: float | None) -> None:
    """A schedule that fires at one constant distance has that interval, however it is written; no other has one."""
    assert parse_schedule(text).interval == (None if hours is None else timedelta(hours=hours))


ALIKE = [
    ("cron(0 0/12 * * ? *)", "cron(0 0,12 * * ? *)"),
    ("cron(0 0/12 * * ? *)", "cron(0 0 0/12 * * ? *)"),
    ("cron(0 0/12 * * ? *)", "rate(12 hours)"),
    ("cron(30 5/12 * * ? *)", "rate(12 hours)"),
    ("rate(12 hours)", "rate(720 minutes)"),
    ("rate(24 hours)", "rate(1 day)"),
    ("cron(0 2 ? * SUN *)", "cron(0 2 ? * 1 *)"),
    ("cron(0 2 ? * MON-FRI *)", "cron(0 2 ? * 2,3,4,5,6 *)"),
    ("cron(0 2 ? * FRI-MON *)", "cron(0 2 ? * 1,2,6,7 *)"),
    ("cron(0 2 ? * TUE#3 *)", "cron(0 2 ? * 3#3 *)"),
    ("cron(0 2 ? * FRIL *)", "cron(0 2 ? * 6L *)"),
    ("cron(0 2 ? * L *)", "cron(0 2 ? * 7L *)"),  # as the design reads AWS's "last day of the month or week"
    ("cron(0 2 1 JAN,JUL ? *)", "cron(0 2 1 1/6 ? *)"),
    ("cron(0 2 L * ? *)", "cron(0 0 2 L * ? *)"),
    ("cron(0 2 15W * ? *)", "cron(0 0 2 15W * ? *)"),
    ("at(2099-12-01T00:00:00)", "at(2099-12-01T00:00:00)"),
]
OTHERWISE = [
    ("cron(0 0/12 * * ? *)", "cron(0 1/12 * * ? *)"),
    ("cron(0 0/12 * * ? *)", "cron(0 13/12 * * ? *)"),
    ("cron(30 09 ? * * *)", "cron(24 30 09 ? * * *)"),
    ("cron(0 2 ? * SUN *)", "cron(0 2 ? * SUNL *)"),
    ("cron(0 2 ? * TUE#3 *)", "cron(0 2 ? * TUE#4 *)"),
    ("cron(0 2 ? * TUE#3 *)", "cron(0 2 ? * WED#3 *)"),
    ("cron(0 2 L * ? *)", "cron(0 2 31 * ? *)"),
    ("cron(0 2 15W * ? *)", "cron(0 2 15 * ? *)"),
    ("cron(0 2 15W * ? *)", "cron(0 2 16W * ? *)"),
    ("cron(0 2 1 * ? *)", "cron(0 2 ? * 1 *)"),
    ("cron(0 2 * * ? 2098)", "cron(0 2 * * ? 2099)"),
    ("rate(12 hours)", "rate(12 minutes)"),
    ("rate(12 hours)", "cron(0 0/12 ? * MON-FRI *)"),
    ("rate(1 day)", "at(2099-12-01T00:00:00)"),
    ("at(2099-12-01T00:00:00)", "at(2099-12-01T00:00:01)"),
    ("at(2099-12-01T00:00:00)", "cron(0 0 1 12 ? 2099)"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE, ids=lambda text: text)
def test_what_fires_alike(one: str, other: str) -> None:
    """Two ways to write the same moments, or a rate and its interval, are one schedule, asked in either order."""
    assert fire_alike(parse_schedule(one), parse_schedule(other))
    assert fire_alike(parse_schedule(other), parse_schedule(one))


@pytest.mark.parametrize(("one", "other"), OTHERWISE, ids=lambda text: text)
def test_what_does_not_fire_alike(one: str, other: str) -> None:
    """Two schedules that part at any moment are two."""
    assert not fire_alike(parse_schedule(one), parse_schedule(other))
    assert not fire_alike(parse_schedule(other), parse_schedule(one))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("every 12 hours", "none of cron"),
        ("cron()", "none of cron"),
        ("cron(0 0 * * ? *", "none of cron"),
        ("", "none of cron"),
        ("cron(0 0 * * ?)", "has 5 fields"),
        ("cron(0 0 0 0 * * ? *)", "has 8 fields"),
        ("cron(0 0 * * * *)", "question mark"),
        ("cron(0 0 ? * ? *)", "question mark"),
        ("cron(60 0 * * ? *)", "60"),
        ("cron(60 0 0 * * ? *)", "60"),
        ("cron(0 24 * * ? *)", "24"),
        ("cron(0 0 32 * ? *)", "32"),
        ("cron(0 0 * 13 ? *)", "13"),
        ("cron(0 0 ? * 8 *)", "8"),
        ("cron(0 0 * * ? 1969)", "1969"),
        ("rate(1 hours)", "write rate(1 hour)"),
        ("rate(12 hour)", "rate(12 hours)"),
        ("rate(0 hours)", "not a rate"),
        ("rate(-1 hours)", "not a rate"),
        ("rate(12hours)", "not a rate"),
        ("rate(2 weeks)", "not a rate"),
        ("rate(99999999999999999999 days)", "not a rate"),
        ("at(2099-12-01)", "not a moment"),
        ("at(2099-13-01T00:00:00)", "not a moment"),
        ("at(2099-12-01T00:00:00Z)", "in UTC"),
    ],
)
def test_what_is_no_schedule(text: str, words: str) -> None:
    """What Systems Manager would not take is refused with the text itself and what is wrong with it."""
    with pytest.raises(ValueError, match=re.escape(words)) as refused:
        parse_schedule(text)
    assert repr(text) in str(refused.value)


@given(st.lists(st.text("*?/,-#LW0123456789SUNFRIJAN", min_size=1, max_size=4), min_size=6, max_size=7))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_parser(fields: list[str]) -> None:
    """Whatever stands in the fields, it is a schedule or a ValueError."""
    try:
        schedule = parse_schedule(f"cron({' '.join(fields)})")
    except ValueError:
        return
    assert schedule.kind == "cron"
    assert fire_alike(schedule, schedule)


@pytest.mark.parametrize("hours", HOURS)
def test_every_so_many_hours_means_it(hours: int) -> None:
    """The expression a window is created with fires every so many hours, from midnight."""
    schedule = parse_schedule(every(hours))
    assert schedule.interval == timedelta(hours=hours)
    assert schedule.moments[0][0] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("rate(4 minutes)", 4), ("cron(0/5 * * * ? *)", 5), ("cron(* 2 ? * SUN *)", 1), ("cron(0,3 2 * * ? *)", 3),
     ("cron(0 2 * * ? *)", 1440), ("at(2099-12-01T00:00:00)", None)],
)  # fmt: skip
def test_the_closest_two_runs(text: str, minutes: int | None) -> None:
    """The shortest distance within a day is known for uneven schedules too."""
    assert parse_schedule(text).closest == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "zone", "soon"),
    [
        pytest.param("cron(0 0/12 * * ? *)", "Etc/UTC", True, id="twice-a-day"),
        pytest.param("rate(30 days)", "Etc/UTC", True, id="a-rate-follows-its-creation"),
        pytest.param("cron(0 2 ? * SUN *)", "Etc/UTC", False, id="sunday-is-two-days-off"),
        pytest.param("cron(0 2 ? * SAT *)", "Etc/UTC", True, id="saturday-is-tomorrow"),
        pytest.param("cron(0 2 21 11 ? 2026)", "Etc/UTC", True, id="once-tomorrow"),
        pytest.param("cron(0 2 * * ? 2099)", "Etc/UTC", False, id="in-2099"),
        pytest.param("cron(0 0 30 2 ? *)", "Etc/UTC", False, id="never"),
        pytest.param("cron(0 0 1 1 ? 1990)", "Etc/UTC", False, id="in-the-past"),
        pytest.param("cron(0 13 21 11 ? 2026)", "Etc/UTC", False, id="25-hours-off"),
        # 12:00 UTC is 21:00 in Tokyo: there the 21st begins in 3 hours, and its 13 o'clock is 16 hours off.
        pytest.param("cron(0 13 21 11 ? 2026)", "Asia/Tokyo", True, id="16-hours-off-in-tokyo"),
        pytest.param("cron(0 5 21 11 ? 2026)", "America/Los_Angeles", False, id="25-hours-off-in-los-angeles"),
        pytest.param("at(2026-11-21T11:59:59)", "Etc/UTC", True, id="at-tomorrow"),
        pytest.param("at(2026-11-21T12:00:01)", "Etc/UTC", False, id="at-a-second-too-late"),
        pytest.param("at(2026-11-20T11:59:59)", "Etc/UTC", False, id="at-a-second-ago"),
    ],
)
def test_what_fires_within_a_day(text: str, zone: str, soon: bool) -> None:
    """Whether a window would fire within 24 hours is told by the clock of its zone."""
    assert fires_within(parse_schedule(text), timedelta(hours=24), NOON, ZoneInfo(zone)) is soon
