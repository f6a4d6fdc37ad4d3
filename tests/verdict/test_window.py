"""MW-1 to MW-4: the maintenance window against the policy."""

from collections.abc import Callable
from typing import Any

import pytest

from postpatch.model import ExistingWindow, Judgement
from postpatch.policy import Policy
from postpatch.verdict.window import duration_and_cutoff, one_window, schedule, start_and_zone

Make = Callable[..., ExistingWindow]
MakePolicy = Callable[..., Policy]
Judge = Callable[[ExistingWindow, Policy], Judgement]

NONE = ExistingWindow((), withheld=("maintenance window pww_mw: not created, for this run only reads",))
SUBJECT = "maintenance window pww_mw (mw-0123456789abcdef0)"


@pytest.mark.parametrize("judge", [one_window, schedule, duration_and_cutoff, start_and_zone])
class TestEach:
    """What holds of all four."""

    def test_the_tutorials_window_is_proven(self, make_standing: Make, make_policy: MakePolicy, judge: Judge) -> None:
        """A window of the tutorial's values is as the policy wants it, in every fact."""
        judgement = judge(make_standing(), make_policy())
        assert judgement.holds
        assert judgement.reason.endswith(" matches the policy")
        assert judgement.facts
        assert all(one.holds for one in judgement.facts)

    def test_no_window_is_red(self, make_policy: MakePolicy, judge: Judge) -> None:
        """Where no window stands every check of it is red, and says why none was created."""
        judgement = judge(NONE, make_policy())
        assert not judgement.holds
        assert (
            "there is no maintenance window named pww_mw" in judgement.reason
            or "there is no window" in judgement.reason
        )
        assert judgement.notes == NONE.withheld


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"window": {"enabled": False}}, "enabled: expected yes, found no", id="disabled"),
        pytest.param({"named": ("mw-1", "mw-2")}, "number of windows named pww_mw: expected 1, found 2", id="two"),
        pytest.param(
            {"window": {"allow_unassociated_targets": False}},
            "unassociated targets allowed: expected yes, found no",
            id="unassociated-targets",
        ),
    ],
)
def test_mw_1_is_red(make_standing: Make, make_policy: MakePolicy, changes: dict[str, Any], words: str) -> None:
    """A second window of the name, a disabled one, or one with another rule for targets is red."""
    judgement = one_window(make_standing(**changes), make_policy())
    assert not judgement.holds
    assert judgement.reason == f"maintenance window pww_mw: {words}"


def test_mw_1_names_the_windows_of_one_name(make_standing: Make, make_policy: MakePolicy) -> None:
    """Of several windows each id is told, so that a person can delete the right one."""
    judgement = one_window(make_standing(named=("mw-1", "mw-2")), make_policy())
    assert "windows of that name: mw-1, mw-2" in judgement.notes


def test_mw_1_tells_what_this_run_created(make_standing: Make, make_policy: MakePolicy) -> None:
    """A window that stands only since this run is proven, and the note says since when."""
    judgement = one_window(make_standing(created=("maintenance window pww_mw",)), make_policy())
    assert judgement.holds
    assert judgement.notes == ("created by this run: maintenance window pww_mw",)


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ("cron(0 0/12 * * ? *)", True),
        ("cron(0 */12 * * ? *)", True),
        ("cron(30 5,17 * * ? *)", True),
        ("cron(0 0 */12 * * ? *)", True),
        ("rate(12 hours)", True),
        ("cron(0 0 13/12 * * ? *)", False),
        ("cron(0 0/6 * * ? *)", False),
        ("cron(0 0,11 * * ? *)", False),
        ("cron(0 0/12 ? * MON-FRI *)", False),
        ("rate(12 minutes)", False),
        ("at(2099-12-01T00:00:00)", False),
        ("nonsense", False),
    ],
)
def test_mw_2_by_meaning(make_standing: Make, make_policy: MakePolicy, found: str, holds: bool) -> None:
    """Every 12 hours is every 12 hours, however it is written; anything else is red with both sides told."""
    judgement = schedule(make_standing(window={"schedule": found}), make_policy())
    assert judgement.holds is holds
    if not holds:
        assert judgement.reason == f"{SUBJECT}: schedule: expected every 12 hours, found {found}"


def test_mw_2_tells_that_a_rate_is_no_cron(make_standing: Make, make_policy: MakePolicy) -> None:
    """The tutorial asks for cron: a rate that fires alike is told."""
    judgement = schedule(make_standing(window={"schedule": "rate(12 hours)"}), make_policy())
    assert judgement.notes == ("rate(12 hours) fires at the right times but is not a cron expression",)


def test_mw_2_tells_what_is_wrong_with_a_schedule(make_standing: Make, make_policy: MakePolicy) -> None:
    """A schedule that cannot be read is red, and the note says what is wrong with it."""
    judgement = schedule(make_standing(window={"schedule": "cron(0 0 * *)"}), make_policy())
    assert not judgement.holds
    assert "has 4 fields" in judgement.notes[0]


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ("cron(0 2 ? * SUN *)", True),
        ("cron(0 2 ? * 1 *)", True),
        ("cron(0 0 2 ? * SUN *)", True),
        ("cron(0 3 ? * SUN *)", False),
        ("cron(0 2 ? * MON *)", False),
        ("cron(30 0 2 ? * SUN *)", False),
        ("rate(7 days)", False),
    ],
)
def test_mw_2_of_a_written_schedule(make_standing: Make, make_policy: MakePolicy, found: str, holds: bool) -> None:
    """A policy that writes its schedule out means its very moments."""
    policy = make_policy(window={"every_hours": None, "schedule": "cron(0 2 ? * SUN *)"})
    judgement = schedule(make_standing(window={"schedule": found}), policy)
    assert judgement.holds is holds
    assert judgement.facts[0].expected == "cron(0 2 ? * SUN *)"


def test_mw_2_an_offset_is_red(make_standing: Make, make_policy: MakePolicy) -> None:
    """A schedule that fires days later by its offset does not fire when the policy says."""
    judgement = schedule(make_standing(window={"schedule_offset": 2}), make_policy())
    assert not judgement.holds
    assert "schedule offset in days: expected 0, found 2" in judgement.reason


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ({"duration": 4}, "duration in hours: expected 1, found 4"),
        ({"cutoff": 1}, "cutoff in hours: expected 0, found 1"),
        ({"duration": 4, "cutoff": 1}, "duration in hours: expected 1, found 4; cutoff in hours: expected 0, found 1"),
    ],
)
def test_mw_3_is_red(make_standing: Make, make_policy: MakePolicy, window: dict[str, int], words: str) -> None:
    """Another duration or cutoff is red with both values, and both are told at once."""
    judgement = duration_and_cutoff(make_standing(window=window), make_policy())
    assert not judgement.holds
    assert judgement.reason == f"{SUBJECT}: {words}"


@pytest.mark.parametrize(
    ("window", "zone", "holds"),
    [
        pytest.param({"start_date": "2099-12-01T00:00:00Z"}, "Etc/UTC", True, id="as-created"),
        pytest.param({"start_date": "2099-12-01T00:00:00.000Z"}, "Etc/UTC", True, id="with-milliseconds"),
        pytest.param({"start_date": "2099-12-01T00:00Z"}, "Etc/UTC", True, id="without-seconds"),
        pytest.param({"start_date": "2099-12-01T00:00:00-08:00"}, "US/Pacific", True, id="with-an-offset"),
        pytest.param({"start_date": "2099-12-01T00:00:00Z"}, "US/Pacific", True, id="midnight-utc-west-of-it"),
        pytest.param({"start_date": "2099-12-01T00:00:00+09:00"}, "Asia/Tokyo", True, id="midnight-there-east-of-it"),
        pytest.param({"start_date": "2099-12-01"}, "Etc/UTC", True, id="a-date-alone"),
        pytest.param({"start_date": ""}, "Etc/UTC", False, id="none"),
        pytest.param({"start_date": "2098-12-01T00:00:00Z"}, "Etc/UTC", False, id="a-year-early"),
        pytest.param({"start_date": "2099-12-02T00:00:00Z"}, "Etc/UTC", False, id="a-day-late"),
    ],
)
def test_mw_4_start_date(
    make_standing: Make, make_policy: MakePolicy, window: dict[str, str], zone: str, holds: bool
) -> None:
    """The start date is the policy's day, in UTC or in the window's zone, however AWS writes it."""
    standing = make_standing(window={**window, "time_zone": zone})
    judgement = start_and_zone(standing, make_policy(window={"time_zone": zone}))
    assert judgement.holds is holds
    if not holds:
        assert f"start date: expected 2099-12-01, found {window['start_date'] or 'none'}" in judgement.reason


@pytest.mark.parametrize(
    ("wanted", "found", "holds"),
    [
        ("America/Los_Angeles", "US/Pacific", True),
        ("US/Pacific", "America/Los_Angeles", True),
        ("Etc/UTC", "UTC", True),
        ("Etc/UTC", "", True),
        ("Etc/UTC", "Etc/GMT", True),
        ("Etc/UTC", "Europe/London", False),
        ("America/Los_Angeles", "America/Phoenix", False),
        ("Europe/Berlin", "Etc/GMT-1", False),
        ("Europe/Berlin", "", False),
        ("Etc/UTC", "Mars/Olympus_Mons", False),
        ("Etc/UTC", "../../etc/passwd", False),
    ],
)
def test_mw_4_time_zone(make_standing: Make, make_policy: MakePolicy, wanted: str, found: str, holds: bool) -> None:
    """Two names of one zone are one; a zone with other clocks, or one that nobody here knows, is red."""
    judgement = start_and_zone(make_standing(window={"time_zone": found}), make_policy(window={"time_zone": wanted}))
    assert judgement.facts[0].holds is holds
    if not holds:
        assert f"time zone: expected {wanted}, found {found or 'UTC'}" in judgement.reason


@pytest.mark.parametrize(
    ("window", "coming", "zone", "holds"),
    [
        pytest.param("2099-12-01T00:00Z", (), "Etc/UTC", True, id="on-the-day"),
        pytest.param("", (), "Etc/UTC", True, id="none-named"),
        pytest.param("", ("2099-12-01T00:00Z",), "Etc/UTC", True, id="by-its-schedule"),
        pytest.param("2099-12-01T00:00-08:00", (), "US/Pacific", True, id="midnight-there"),
        pytest.param("2099-11-30T16:00-08:00", (), "US/Pacific", True, id="the-windows-own-beginning-west-of-utc"),
        pytest.param("2026-11-21T00:00Z", (), "Etc/UTC", False, id="soon"),
        pytest.param("2099-12-01T00:00Z", ("2026-11-21T00:00Z",), "Etc/UTC", False, id="soon-by-its-schedule"),
        pytest.param("2099-11-30T12:00Z", (), "US/Pacific", False, id="the-day-before"),
    ],
)
def test_mw_4_nothing_fires_before_the_start(
    make_standing: Make, make_policy: MakePolicy, window: str, coming: tuple[str, ...], zone: str, holds: bool
) -> None:
    """The first execution that AWS names, in either of its answers, is not before the policy's start."""
    standing = make_standing(window={"next_execution": window, "time_zone": zone}, next_executions=coming)
    judgement = start_and_zone(standing, make_policy(window={"time_zone": zone}))
    assert judgement.holds is holds
    if not holds:
        assert "next execution: expected" in judgement.reason
        assert "expected not before 2099-12-01" in judgement.reason


def test_mw_4_tells_that_no_execution_is_named(make_standing: Make, make_policy: MakePolicy) -> None:
    """Where AWS names no next execution, the note says on what the proof rests."""
    judgement = start_and_zone(make_standing(window={"next_execution": ""}, next_executions=()), make_policy())
    assert "AWS names no next execution" in judgement.notes[-1]


def test_mw_4_an_end_is_red(make_standing: Make, make_policy: MakePolicy) -> None:
    """A window that will end one day does not patch on an ongoing basis."""
    judgement = start_and_zone(make_standing(window={"end_date": "2100-01-01T00:00:00Z"}), make_policy())
    assert not judgement.holds
    assert "end date: expected none, found 2100-01-01T00:00:00Z" in judgement.reason


def test_mw_4_without_a_start_the_policy_says_so(make_standing: Make, make_policy: MakePolicy) -> None:
    """A policy without a start accepts any, and the note says that the window fires as it will."""
    standing = make_standing(window={"start_date": "", "next_execution": "2026-11-21T00:00Z"}, next_executions=())
    judgement = start_and_zone(standing, make_policy(window={"start": None}))
    assert judgement.holds
    assert "the policy names no start date" in judgement.notes[0]
