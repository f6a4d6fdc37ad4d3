"""A fresh simulated AWS for each test; it must not have broken botocore's model once."""

from collections.abc import Iterator

import pytest

from postpatch.simulator import Simulator, World, worlds
from tests.simulator.asking import BEGINS, Make

_standing: list[Simulator] = []


@pytest.fixture
def make() -> Iterator[Make]:
    """Make simulators by the name of their world, and check at the end that no answer broke its model."""
    made: list[Simulator] = []

    def simulator(world: str | World) -> Simulator:
        made.append(Simulator(worlds()[world] if isinstance(world, str) else world, BEGINS))
        return made[-1]

    yield simulator
    assert [broken for aws in made for broken in aws.front.broken] == []


@pytest.fixture
def standing(make: Make) -> Simulator:
    """Give a world that the test only looks at; tests that follow each other share it."""
    if not _standing or _standing[-1].superseded:
        _standing[:] = [make("workshop")]
    assert _standing[-1].front.broken == []
    return _standing[-1]


@pytest.fixture
def aws(make: Make) -> Simulator:
    """Give the tutorial's world at the moment of the baseline."""
    return make("workshop")
