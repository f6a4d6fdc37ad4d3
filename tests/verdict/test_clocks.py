"""Hosts whose clock is wrong: seen by AWS's own times, named, and judged by those."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import Host, PatchCommand, Patching, PatchState
from postpatch.model.moment import CLOCK_TOLERANCE as TOLERANCE
from postpatch.verdict.clocks import clock_notes, clock_off, installed_by

A = "i-0aaaaaaaaaaaaaaa1"
REQUESTED = datetime(2026, 11, 20, 23, tzinfo=UTC)
READ = datetime(2026, 11, 21, 8, tzinfo=UTC)
TOOK = timedelta(minutes=5)


def patching(began: datetime, took: timedelta = TOOK) -> Patching:
    """Return what is reported of an Install that began at `began`, by the host's clock."""
    command = PatchCommand(A, "c", "Install", "Success", REQUESTED, began + took, detail="Success", started_at=began)
    return Patching((PatchState(A, "Install", began, began + took, "pb-1"),), (command,), read_at=READ)


@given(
    late=st.timedeltas(timedelta(0), timedelta(hours=6)),
    took=st.timedeltas(timedelta(0), timedelta(hours=2)),
    slip=st.timedeltas(-TOLERANCE, TOLERANCE),
)
def test_a_right_clock_is_never_called_wrong(late: timedelta, took: timedelta, slip: timedelta) -> None:
    """However late an Install begins and however long it takes, within the tolerance the host's own times count."""
    reported = patching(REQUESTED + late + slip, took)
    assert clock_off(reported, A) == timedelta(0)
    assert installed_by(reported, A) == reported.installed_at(A)
    assert [*clock_notes(reported, [Host(A)])] == []


@given(off=st.timedeltas(timedelta(hours=9, minutes=6), timedelta(days=400)))
def test_a_clock_that_dates_the_past_in_the_future_is_ahead(off: timedelta) -> None:
    """What AWS reported as ended had ended when it was asked: that moment counts, never a later one."""
    reported = patching(REQUESTED + off)
    assert timedelta(0) < clock_off(reported, A) <= off
    assert installed_by(reported, A) == READ


@given(off=st.timedeltas(TOLERANCE + timedelta(seconds=1), timedelta(days=400)))
def test_a_clock_by_which_a_command_began_before_it_was_requested_is_behind(off: timedelta) -> None:
    """Nothing begins on a host before it was requested."""
    reported = patching(REQUESTED - off)
    assert clock_off(reported, A) == -off
    assert installed_by(reported, A) == READ


@pytest.mark.parametrize(
    ("began", "words"),
    [
        (READ + timedelta(hours=3), "at least 3 h 5 min ahead"),
        (REQUESTED - timedelta(hours=12), "at least 12 h 0 min behind"),
    ],
)
def test_the_host_is_named_with_what_to_do(began: datetime, words: str) -> None:
    """The sentence says first what to do, and by how much the clock is off at least."""
    (note,) = clock_notes(patching(began), [Host(A)])
    assert note.startswith(f"correct the clock of {A}: it is {words}")


def test_without_a_moment_of_reading_nothing_is_ahead() -> None:
    """An evidence pack of 0.1.0 does not say when the histories were read."""
    assert clock_off(replace(patching(READ + timedelta(hours=3)), read_at=None), A) == timedelta(0)
