"""Before patching: take the baseline. Selected by `-m baseline` alone."""

import pytest

pytestmark = pytest.mark.baseline


@pytest.mark.check("BASELINE")
def test_baseline_covers_every_host(prove, taken_baseline):
    """The findings of every host in scope are kept, each looked at by Inspector in this run."""
    prove(taken_baseline)
