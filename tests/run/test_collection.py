"""One collect a run: several processes read what one of them kept."""

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.run.collection import Collection, Step


@pytest.fixture
def collect(tmp_path):
    """Return what makes a collect over the steps `first` and `second`, counting how often each is run."""
    ran = []

    def step(name, value):
        def do(_collection):
            ran.append(name)
            if isinstance(value, Exception):
                raise value
            return value

        return Step(do, int)

    def make(first=1, second=2, *, shared=False, needed=("first", "second")):
        steps = {"first": step("first", first), "second": step("second", second)}
        return Collection(tmp_path, steps, needed, shared=shared, session=None, evidence=None)

    make.ran = ran
    return make


def test_a_step_is_run_once_and_read_by_the_next_process(collect):
    """What one process kept another reads, without running the step again."""
    assert collect().value("second") == 2
    assert collect().value("second") == 2
    assert collect.ran == ["first", "second"]


def test_alone_no_later_step_is_run(collect):
    """A single process runs the steps up to the one that is asked for."""
    assert collect().value("first") == 1
    assert collect.ran == ["first"]


def test_with_others_waiting_all_needed_steps_are_run(collect):
    """The worker that looks runs what any of the workers will read."""
    collect(shared=True).value("first")
    assert collect.ran == ["first", "second"]


def test_a_step_that_nobody_needs_is_not_run(collect):
    """A run that asks for no window creates none."""
    assert collect(needed=("second",)).value("second") == 2
    assert collect.ran == ["second"]


def test_a_failed_step_is_an_error_in_every_process(collect):
    """What could not be looked at is kept as an error, in the same words for all, and not tried again."""
    failing = collect(first=CouldNotCheck("AWS said no"))
    for one in (failing, failing, collect()):
        with pytest.raises(CouldNotCheck, match="AWS said no"):
            one.value("first")
    assert collect.ran == ["first"]


def test_an_unexpected_exception_counts_as_could_not_collection(collect):
    """A bug in a step is an error, not drift."""
    with pytest.raises(CouldNotCheck, match="ZeroDivisionError"):
        collect(first=ZeroDivisionError("oops")).value("first")


def test_a_later_step_is_looked_at_although_an_earlier_one_failed(collect):
    """One refused question does not hide the answers to the others."""
    one = collect(first=CouldNotCheck("no"))
    assert one.value("second") == 2


def test_a_look_that_was_killed_is_an_error(collect, tmp_path):
    """If the process that looked died before it kept a step, the others say so, keep that, and do not collect again."""
    (tmp_path / "collecting").write_text("1", encoding="utf-8")
    with pytest.raises(CouldNotCheck, match="killed"):
        collect(shared=True).value("first")
    assert collect.ran == []
    assert "killed" in (tmp_path / "first.error").read_text(encoding="utf-8")
