"""Before patching: take the baseline. Selected by `-m baseline` alone."""

import pytest

pytestmark = pytest.mark.baseline


@pytest.mark.check("BASELINE")
def test_baseline_covers_every_host(prove, taken_baseline):
    """Findings are saved for every host in scope, each scanned by Inspector in this run."""
    prove(taken_baseline)
