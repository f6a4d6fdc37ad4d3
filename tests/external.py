"""What `make test-fast` leaves out: tests that start a process, a server or the simulated AWS.

A test that uses one of FIXTURES is marked `external` here; one that starts such a thing itself has the mark there.
A test without the mark fails if it starts one while `-m` deselects `external`. Exempt is `tests/contract/`, whose tests
of the import rules and of one world of each outcome belong to `make test-fast`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

MARKER = "external: starts a process, a server, the simulated AWS or a linter"
FIXTURES = {"aws", "authority", "connection", "killed", "listener"}
_CONTRACT = Path(__file__).with_name("contract")
_STARTS = {"subprocess.Popen", "os.fork", "os.posix_spawn", "os.system", "socket.bind"}
_running: list[str] = []


def _refuse(event: str, _: object) -> None:
    if _running and event in _STARTS:
        raise RuntimeError(f"Mark {_running[0]} with @pytest.mark.external: it starts something ({event}).")


def _are_left_out(config: pytest.Config) -> bool:
    return "not external" in config.getoption("markexpr")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; watch what tests start where it is deselected."""
    config.addinivalue_line("markers", MARKER)
    if _are_left_out(config):
        sys.addaudithook(_refuse)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use one of the fixtures."""
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("external")


@pytest.fixture(autouse=True)
def _starts_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    watched = _are_left_out(request.config) and _CONTRACT not in request.path.parents
    if not watched or request.node.get_closest_marker("external"):
        yield
        return
    _running.append(request.node.nodeid)
    simulator = sys.modules.get("postpatch.simulator.simulator")
    latest = simulator and simulator.Simulator._latest
    yield
    _running.clear()
    if simulator and simulator.Simulator._latest is not latest:
        pytest.fail("Mark this test with @pytest.mark.external: it starts the simulated AWS.")
