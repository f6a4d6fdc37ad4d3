"""A small part of `make soak`: each way of breaking a run from outside, once, with a seed that makes the same choices.

Disks and outputs are in test_broken_runs.py. A network that is cut is left to `make soak`, whose client waits for
so few seconds that a busy machine would decide, and to the worlds whose calls go wrong on the wire.
"""

import random
import shutil

import pytest

from bench.soak.__main__ import PARTS
from bench.soak.machine import Ground
from bench.soak.promises import whole_packs

SEED = 12
OPERATIONS = 40  # on files, of which a run makes more


@pytest.fixture
def ground(tmp_path, rehearsed):
    """Return where a run is broken: beside the pack of an earlier one."""
    first = shutil.copytree(rehearsed("--world", "workshop").reports, tmp_path / "first", symlinks=True)
    return Ground(tmp_path, random.Random(SEED), operations=OPERATIONS, earlier=whole_packs(first))  # noqa: S311 - no secret


@pytest.mark.parametrize("part", ["folder", "signals", "clocks", "throttling", "two runs"])
def test_no_promise_is_broken(ground, part):
    """The exit code is one that the fault may give, nothing is green wrongly, and the earlier pack is whole."""
    assert ground.earlier
    trials = list(PARTS[part](ground))
    assert trials
    for trial in trials:
        assert not trial.broken, (trial.what, trial.broken, trial.out[-3000:])
