"""A small account for each test, and finished assessments that several tests look at."""

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import Make
from tests.simulator.inspector_classic.assessing import ONE_HOST, assess, target, template, the_template

_quiet: list[Simulator] = []
_assessed: list[tuple[Simulator, str]] = []


@pytest.fixture
def aws(make: Make) -> Simulator:
    """Give an account with one Amazon Linux 2 host."""
    return make(ONE_HOST)


@pytest.fixture
def quiet(make: Make) -> Simulator:
    """Give the same account to all tests that change nothing in it."""
    if not _quiet or _quiet[-1].superseded:
        _quiet[:] = [make(ONE_HOST)]
    assert _quiet[-1].front.broken == []
    return _quiet[-1]


@pytest.fixture
def workshop(make: Make) -> Simulator:
    """Give the tutorial's own world at the moment of the baseline."""
    return make("workshop-classic")


@pytest.fixture
def pair(aws: Simulator) -> tuple[str, str]:
    """Give a target of all hosts and a template of it."""
    arn = target(aws)
    return arn, template(aws, arn)


@pytest.fixture
def assessed(make: Make) -> tuple[Simulator, str]:
    """Give the tutorial's world after its baseline run; tests that only look at it share it."""
    if not _assessed or _assessed[-1][0].superseded:
        aws = make("workshop-classic")
        _assessed[:] = [(aws, assess(aws, the_template(aws)))]
    assert _assessed[-1][0].front.broken == []
    return _assessed[-1]
