"""Schedules in words."""

import pytest

from postpatch.report.schedule_words import schedule_in_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cron(0 */12 * * ? *)", "every 12 hours, at 00:00 and 12:00"),
        ("cron(0 0 0/12 * * ? *)", "every 12 hours, at 00:00 and 12:00"),
        ("cron(30 7/12 * * ? *)", "every 12 hours, at 07:30 and 19:30"),
        ("cron(0 0/2 * * ? *)", "every 2 hours, from 00:00 on"),
        ("cron(0/30 * * * ? *)", "every 30 minutes, from 00:00 on"),
        ("cron(0 * * * ? *)", "every hour, from 00:00 on"),
        ("cron(24 30 09 ? * * *)", "every day at 09:30:24"),
        pytest.param("cron(0 13/12 * * ? *)", "every day at 13:00", id="13/12-fires-once-a-day"),
        ("cron(0 0,11 * * ? *)", "every day at 00:00 and 11:00"),
        ("cron(0 0/5 * * ? *)", "every day from 00:00 to 20:00, 5 hours apart"),
        ("cron(0 4,5,6,7,9 * * ? *)", "every day 5 times a day, first at 04:00 and last at 09:00"),
        ("cron(0 2 ? * SUN *)", "every Sunday at 02:00"),
        ("cron(0 2 ? * MON-FRI *)", "every Monday to Friday at 02:00"),
        ("cron(0 2 ? * TUE,THU *)", "every Tuesday and Thursday at 02:00"),
        ("cron(0 2 ? * TUE#2 *)", "on the second Tuesday of the month at 02:00"),
        ("cron(0 2 ? * 6L *)", "on the last Friday of the month at 02:00"),
        ("cron(0 2 ? * L *)", "on the last Saturday of the month at 02:00"),
        ("cron(0 2 1,15 * ? *)", "on day 1 and 15 of the month at 02:00"),
        ("cron(0 2 1-7 JAN,JUL ? 2026-2030)",
         "on day 1 to 7 of the month at 02:00, in January and July, from 2026 to 2030"),
        ("cron(0 2 L * ? *)", "on the last day of the month at 02:00"),
        ("cron(0 2 L-3 * ? *)", "3 days before the last day of the month at 02:00"),
        ("cron(0 2 15W * ? *)", "on the weekday nearest to day 15 of the month at 02:00"),
        ("cron(0 0/12 * DEC ? 2099)", "every day at 00:00 and 12:00, in December, in 2099"),
        ("rate(1 day)", "every day, counted from the window's creation"),
        ("rate(90 minutes)", "every 90 minutes, counted from the window's creation"),
        ("at(2099-12-01T00:00:00)", "once, on 2099-12-01 at 00:00:00"),
        pytest.param("cron(every day)", "cron(every day)", id="unreadable"),
    ],
)  # fmt: skip
def test_a_schedule_is_told_by_when_it_fires(text: str, words: str) -> None:
    """Two expressions that fire together read alike; one that deceives the eye does not; what is unreadable stays."""
    assert schedule_in_words(text) == words
