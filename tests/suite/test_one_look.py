"""One look a run: several processes read what one of them kept."""

import pytest

from fixtures.look import Look, Step
from postpatch.errors import CouldNotLook


@pytest.fixture
def look(tmp_path):
    """Return what makes a look over the steps `first` and `second`, counting how often each is run."""
    ran = []

    def step(name, value):
        def do(_look):
            ran.append(name)
            if isinstance(value, Exception):
                raise value
            return value

        return Step(do, int)

    def make(first=1, second=2, *, shared=False, needed=("first", "second")):
        steps = {"first": step("first", first), "second": step("second", second)}
        return Look(tmp_path, steps, needed, shared=shared, room=None)

    make.ran = ran
    return make


def test_two_workers_launch_once_and_create_one_window(run, rehearsed):
    """Under pytest-xdist the verdict is the same, with one launch and one window."""
    alone, together = rehearsed("--world", "workshop"), run("-m", "verify", "--world", "workshop", "-n", "2")
    assert together.exit == alone.exit == 0
    calls = together.verdict["calls"]
    assert calls["ssm:CreateMaintenanceWindow"] == calls["ssm:StartAssociationsOnce"] == 1
    assert calls["inspector2:CreateCisScanConfiguration"] == 1
    assert calls == alone.verdict["calls"]
    assert together.outcomes == alone.outcomes
    assert together.verdict["counts"] == alone.verdict["counts"]


def test_a_step_is_run_once_and_read_by_the_next_process(look):
    """What one process kept another reads, without running the step again."""
    assert look().at("second") == 2
    assert look().at("second") == 2
    assert look.ran == ["first", "second"]


def test_alone_no_later_step_is_run(look):
    """A single process runs the steps up to the one that is asked for."""
    assert look().at("first") == 1
    assert look.ran == ["first"]


def test_with_others_waiting_all_needed_steps_are_run(look):
    """The worker that looks runs what any of the workers will read."""
    look(shared=True).at("first")
    assert look.ran == ["first", "second"]


def test_a_step_that_nobody_needs_is_not_run(look):
    """A run that asks for no window creates none."""
    assert look(needed=("second",)).at("second") == 2
    assert look.ran == ["second"]


def test_a_failed_step_is_an_error_in_every_process(look):
    """What could not be looked at is kept as an error, in the same words for all, and not tried again."""
    failing = look(first=CouldNotLook("AWS said no"))
    for one in (failing, failing, look()):
        with pytest.raises(CouldNotLook, match="AWS said no"):
            one.at("first")
    assert look.ran == ["first"]


def test_an_unexpected_exception_counts_as_could_not_look(look):
    """A bug in a step is an error, not drift."""
    with pytest.raises(CouldNotLook, match="ZeroDivisionError"):
        look(first=ZeroDivisionError("oops")).at("first")


def test_a_later_step_is_looked_at_although_an_earlier_one_failed(look):
    """One refused question does not hide the answers to the others."""
    one = look(first=CouldNotLook("no"))
    assert one.at("second") == 2


def test_a_look_that_was_killed_is_an_error(look, tmp_path):
    """If the process that looked died before it kept a step, the others say so, keep that, and do not look again."""
    (tmp_path / "looking").write_text("1", encoding="utf-8")
    with pytest.raises(CouldNotLook, match="killed"):
        look(shared=True).at("first")
    assert look.ran == []
    assert "killed" in (tmp_path / "first.error").read_text(encoding="utf-8")
