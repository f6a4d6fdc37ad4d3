"""The maintenance window: it stands, once, and fires when the policy says."""

import pytest

from postpatch.verdict import window as judge

pytestmark = pytest.mark.verify


@pytest.mark.check("MW-1")
def test_exactly_one_window_of_that_name_is_enabled(prove, window, policy):
    """Exactly one maintenance window of the policy's name stands, enabled, open to the targets the policy allows."""
    prove(judge.one_window(window, policy))


@pytest.mark.check("MW-2")
def test_window_fires_on_schedule(prove, window, policy):
    """The window fires as often as the policy says, however its schedule is written."""
    prove(judge.schedule(window, policy))


@pytest.mark.check("MW-3")
def test_window_duration_and_cutoff(prove, window, policy):
    """The window lasts as long as the policy says, and stops initiating tasks when it says."""
    prove(judge.duration_and_cutoff(window, policy))


@pytest.mark.check("MW-4")
def test_window_start_date_and_time_zone(prove, window, policy):
    """The window begins on the policy's date, counts in its time zone, and does not fire before."""
    prove(judge.start_and_zone(window, policy))
