from datetime import UTC, datetime, timedelta

import pytest

from postpatch.simulator.clock import Clock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_what_is_due_happens_at_its_own_moment() -> None:
    """An action sees the time at which it was due, in order, however far the clock jumps."""
    clock, seen = Clock(NOON), []
    clock.after(timedelta(minutes=2), lambda: seen.append(("second", clock.now())))
    clock.after(timedelta(minutes=1), lambda: seen.append(("first", clock.now())))
    clock.advance(timedelta(hours=1))
    assert seen == [("first", NOON + timedelta(minutes=1)), ("second", NOON + timedelta(minutes=2))]
    assert clock.now() == NOON + timedelta(hours=1)


def test_an_action_may_plan_another() -> None:
    """What an action plans within the jump happens in the same jump."""
    clock, seen = Clock(NOON), []
    clock.after(timedelta(minutes=1), lambda: clock.after(timedelta(minutes=1), lambda: seen.append(clock.now())))
    clock.advance(timedelta(minutes=5))
    assert seen == [NOON + timedelta(minutes=2)]


def test_repeating_actions_repeat() -> None:
    """A repeated action happens once an interval."""
    clock, seen = Clock(NOON), []
    clock.every(timedelta(minutes=30), lambda: seen.append(clock.now()))
    clock.advance(timedelta(hours=2))
    assert len(seen) == 4


def test_time_never_runs_backwards() -> None:
    """Moving to the past leaves the clock where it is."""
    clock = Clock(NOON)
    clock.advance_to(NOON - timedelta(days=1))
    assert clock.now() == NOON


def test_naive_times_are_refused() -> None:
    """A time without a zone is an error, not a guess."""
    with pytest.raises(ValueError, match="aware"):
        Clock(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test
