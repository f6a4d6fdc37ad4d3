"""Waiting is data, over polls of ours."""

from collections.abc import Callable, Iterator

import pytest

from postpatch.aws.waiting import WAITERS, wait
from postpatch.errors import CouldNotCheck

NAME = "InspectorRunFinished"


@pytest.fixture
def poll() -> Callable[[Iterator[dict[str, object]]], tuple[list[int], Callable[[], dict[str, object]]]]:
    """Make a poll of these answers, and the list of its calls."""

    def made(answers: Iterator[dict[str, object]]) -> tuple[list[int], Callable[[], dict[str, object]]]:
        calls: list[int] = []

        def ask() -> dict[str, object]:
            calls.append(len(calls))
            return next(answers)

        return calls, ask

    return made


Poll = Callable[[Iterator[dict[str, object]]], tuple[list[int], Callable[[], dict[str, object]]]]


def test_it_ends_with_the_answer_that_is_accepted(poll: Poll) -> None:
    """The wait is over with the first answer that is done, and that answer comes back."""
    answers = [{"state": "PENDING", "fresh": 1}, {"state": "DONE", "fresh": 3}, {"state": "DONE", "fresh": 9}]
    calls, ask = poll(iter(answers))
    assert wait(NAME, ask, delay=0, attempts=9) == (True, {"state": "DONE", "fresh": 3})
    assert len(calls) == 2


@pytest.mark.parametrize("attempts", [1, 4])
def test_it_gives_up_at_its_limit_with_the_last_answer(poll: Poll, attempts: int) -> None:
    """At the limit the wait is no error: it was not in time, and what was seen last comes back."""
    calls, ask = poll({"state": "PENDING", "poll": number} for number in range(9))
    assert wait(NAME, ask, delay=0, attempts=attempts) == (False, {"state": "PENDING", "poll": attempts - 1})
    assert len(calls) == attempts


def test_a_poll_that_fails_is_not_a_wait_that_ran_out() -> None:
    """What a poll could not look at passes through as it is."""

    def ask() -> dict[str, object]:
        raise CouldNotCheck("credentials ran out")

    with pytest.raises(CouldNotCheck, match="credentials ran out"):
        wait(NAME, ask, delay=0, attempts=9)


def test_between_two_polls_it_sleeps(poll: Poll, monkeypatch: pytest.MonkeyPatch) -> None:
    """The delay is in seconds and stands between polls, not after the last."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    _, ask = poll(iter([{"state": "PENDING"}, {"state": "PENDING"}, {"state": "DONE"}]))
    assert wait(NAME, ask, delay=30, attempts=9)[0]
    assert slept == [30, 30]


def test_the_waiters_are_botocores() -> None:
    """Every waiter is a model that botocore itself reads, with a delay and a limit."""
    assert NAME in WAITERS.waiter_names
    for name in WAITERS.waiter_names:
        model = WAITERS.get_waiter(name)
        assert model.delay > 0
        assert model.max_attempts > 1
        assert model.acceptors
