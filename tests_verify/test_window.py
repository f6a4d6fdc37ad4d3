"""The maintenance window: it exists once, fires when the policy says, and its last execution patched."""

import pytest

from postpatch.verdict import recurring as judge

pytestmark = pytest.mark.verify


@pytest.mark.check("MW-1")
def test_exactly_one_window_of_that_name_is_enabled(prove, window, policy):
    """Exactly one maintenance window has the policy's name or id, and it is enabled."""
    prove(judge.exists_once(window, policy))


@pytest.mark.check("MW-2")
def test_window_fires_on_schedule(prove, window, policy):
    """The window fires when the policy says, however its schedule is written."""
    prove(judge.schedule(window, policy))


@pytest.mark.check("MW-3")
def test_window_duration_and_cutoff(prove, window, policy):
    """The window's duration and cutoff match the policy."""
    prove(judge.duration(window, policy))


@pytest.mark.check("MW-4")
def test_window_start_date_and_time_zone(prove, window, policy):
    """The window's start, end and time zone match the policy, and nothing fires before the start."""
    prove(judge.start(window, policy))


@pytest.mark.check("MW-5")
def test_newest_execution_ran_the_patching_task(prove, window, history, policy):
    """The window's newest due execution since it was created or changed ran its patching task successfully."""
    prove(judge.last_run(window, history, policy))
