"""One whole run of each colour; tests/suite has one of every world."""

import pytest

from postpatch.simulator import worlds
from postpatch.verdict.checks import CHECKS

# The first world of each kind, by what it declares; the exit code that the colour has.
GREEN = next(world for world in worlds().values() if not (world.red or world.errors))
RED = next(world for world in worlds().values() if world.red and not world.errors)
COULD_NOT_LOOK = next(world for world in worlds().values() if world.errors and not world.red)


@pytest.mark.parametrize(
    ("world", "verdict", "code"),
    [(GREEN, "PASS", 0), (RED, "FAIL", 1), (COULD_NOT_LOOK, "ERROR", 10)],
    ids=["green", "red", "could-not-look"],
)
def test_a_world_of_each_colour(rehearsed, world, verdict, code):
    """Exactly the checks that the world names are red or errors, and verdict and exit code say so."""
    ran = rehearsed("--world", world.name)
    assert (ran.exit, ran.verdict["verdict"]) == (code, verdict), ran.out
    assert (ran.ids("failed"), ran.ids("error")) == (world.red, world.errors)
    assert ran.ids("passed") == {check.id for check in CHECKS} - world.red - world.errors
