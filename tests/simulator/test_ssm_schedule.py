from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from postpatch.simulator.ssm.windows.schedule import Schedule, read_date, read_zone, written
from postpatch.simulator.wire.errors import AwsError

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def runs(expression: str, zone: str | None = None, offset: int | None = None, count: int = 3) -> list[str]:
    """List the next runs of a schedule as Systems Manager writes them."""
    schedule = Schedule(expression, zone, offset)
    return [written(run) for run in islice(schedule.runs(NOW, NOW, anchored_by_start=False), count)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 */12 * * ? *)", ["2026-11-23T00:00Z", "2026-11-23T12:00Z", "2026-11-24T00:00Z"]),
        ("cron(0 0 */12 * * ? *)", ["2026-11-23T00:00Z", "2026-11-23T12:00Z", "2026-11-24T00:00Z"]),
        ("cron(0 0/12 * * ? *)", ["2026-11-23T00:00Z", "2026-11-23T12:00Z", "2026-11-24T00:00Z"]),
        ("cron(0 13/12 * * ? *)", ["2026-11-23T13:00Z", "2026-11-24T13:00Z", "2026-11-25T13:00Z"]),
        ("cron(24 30 09 ? * * *)", ["2026-11-23T09:30:24Z", "2026-11-24T09:30:24Z", "2026-11-25T09:30:24Z"]),
        ("cron(30 09 ? * * *)", ["2026-11-23T09:30Z", "2026-11-24T09:30Z", "2026-11-25T09:30Z"]),
        ("cron(0 15 10 ? * THU#3 *)", ["2026-12-17T10:15Z", "2027-01-21T10:15Z", "2027-02-18T10:15Z"]),
        ("cron(0 16 ? * TUE *)", ["2026-11-24T16:00Z", "2026-12-01T16:00Z", "2026-12-08T16:00Z"]),
        ("cron(0 4 L * ? *)", ["2026-11-30T04:00Z", "2026-12-31T04:00Z", "2027-01-31T04:00Z"]),
        ("cron(0 4 ? * L *)", ["2026-11-28T04:00Z", "2026-12-26T04:00Z", "2027-01-30T04:00Z"]),
        ("cron(0 4 ? * 7L *)", ["2026-11-28T04:00Z", "2026-12-26T04:00Z", "2027-01-30T04:00Z"]),
        ("cron(0 4 15W * ? *)", ["2026-12-15T04:00Z", "2027-01-15T04:00Z", "2027-02-15T04:00Z"]),
        ("rate(12 hours)", ["2026-11-23T06:00Z", "2026-11-23T18:00Z", "2026-11-24T06:00Z"]),
        ("rate(1 day)", ["2026-11-23T18:00Z", "2026-11-24T18:00Z", "2026-11-25T18:00Z"]),
        ("rate(5 minutes)", ["2026-11-22T18:05Z", "2026-11-22T18:10Z", "2026-11-22T18:15Z"]),
        ("at(2026-12-24T18:00:00)", ["2026-12-24T18:00Z"]),
        ("at(2020-05-14T15:55:00)", []),
        ("cron(0 0 1 1 ? 2030)", ["2030-01-01T00:00Z"]),
    ],
)
def test_each_grammar_runs_when_it_says(expression: str, expected: list[str]) -> None:
    """Cron with six and seven fields, rate and at: the next runs are those that AWS would compute."""
    assert runs(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "every day",
        "cron()",
        "cron(0 0 * * *)",
        "cron(0 0 0 0 * * ? *)",
        "cron(0 */12 * * * *)",
        "cron(0 */12 ? * ? *)",
        "cron(61 0 * * ? *)",
        "cron(60 0 0 * * ? *)",
        "cron(*/30 0 0 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 0 * * ? 2200)",
        "cron(0 0 ? * 8 *)",
        "cron(*/4 * * * ? *)",
        "rate(1 hours)",
        "rate(12 hour)",
        "rate(4 minutes)",
        "rate(0 days)",
        "rate(2 weeks)",
        "rate(1.5 hours)",
        "at(2026-13-01T00:00:00)",
        "at(tomorrow)",
        " rate(1 day)",
    ],
)
def test_other_expressions_are_refused(expression: str) -> None:
    """What the grammar does not have is a ValidationException that quotes it."""
    with pytest.raises(AwsError) as refused:
        Schedule(expression)
    assert refused.value.code == "ValidationException"
    assert expression in refused.value.message


def test_runs_are_on_the_wall_clock_of_the_zone() -> None:
    """Noon is noon in the window's zone, in winter and in summer."""
    winter = Schedule("cron(0 12 * * ? *)", "America/Los_Angeles")
    found = list(islice(winter.runs(datetime(2026, 3, 7, tzinfo=UTC), NOW, anchored_by_start=False), 3))
    assert [written(run) for run in found] == [
        "2026-03-07T12:00-08:00",
        "2026-03-08T12:00-07:00",
        "2026-03-09T12:00-07:00",
    ]


def test_an_hour_that_the_zone_skips_comes_an_hour_later() -> None:
    """02:30 on the night when the clocks go forward runs at 03:30."""
    schedule = Schedule("cron(30 2 * * ? *)", "America/Los_Angeles")
    found = next(schedule.runs(datetime(2026, 3, 8, 8, tzinfo=UTC), NOW, anchored_by_start=False))
    assert written(found) == "2026-03-08T03:30-07:00"


def test_the_offset_counts_days_after_the_cron_date() -> None:
    """The second Tuesday plus three days is a Friday."""
    assert runs("cron(0 2 ? * TUE#2 *)", offset=3, count=1) == ["2026-12-11T02:00Z"]
    with pytest.raises(AwsError, match="ScheduleOffset"):
        Schedule("rate(1 day)", None, 3)


def test_a_rate_counts_from_its_anchor() -> None:
    """A start date is itself a run, a creation is not."""
    schedule = Schedule("rate(12 hours)")
    start = NOW + timedelta(days=3)
    assert next(schedule.runs(NOW, start, anchored_by_start=True)) == start
    assert next(schedule.runs(NOW, NOW, anchored_by_start=False)) == NOW + timedelta(hours=12)


def test_zones_and_dates_are_read_or_refused() -> None:
    """IANA names and ISO 8601 dates pass in the forms that AWS shows; others are refused."""
    zone = read_zone("US/Pacific")
    assert read_date("StartDate", "2019-05-18T17:01:01.137Z", zone) == datetime(2019, 5, 18, 17, 1, 1, 137000, UTC)
    told = read_date("StartDate", "2019-10-20T05:34:56-07:00", zone)
    assert told == datetime(2019, 10, 20, 12, 34, 56, tzinfo=UTC)
    local = read_date("StartDate", "2099-12-01T00:00:00", zone)
    assert local == datetime(2099, 12, 1, 8, tzinfo=UTC)
    assert read_date("EndDate", None, zone) is None
    for bad in ("12/01/2099", "soon"):
        with pytest.raises(AwsError, match="ISO 8601"):
            read_date("StartDate", bad, zone)
    for bad in ("Mars/Olympus", "../etc/passwd", "/etc/localtime"):
        with pytest.raises(AwsError, match="time zone"):
            read_zone(bad)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2099, 12, 1, 8, tzinfo=UTC), "2099-12-01T08:00Z"),
        (datetime(2020, 2, 12, 23, 19, 20, 596000, UTC), "2020-02-12T23:19:20.596Z"),
        (datetime(2099, 12, 1, tzinfo=read_zone("US/Pacific")), "2099-12-01T00:00-08:00"),
    ],
)
def test_times_are_written_as_aws_writes_them(moment: datetime, text: str) -> None:
    """Seconds only where there are any, and the zone's offset."""
    assert written(moment) == text
