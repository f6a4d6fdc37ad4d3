"""A pytest plugin for moto's own tests: they reset the simulated AWS, and each outcome is a line of a file.

moto's server mode points every client of its tests at a server, and resets moto there; the simulated AWS refuses that
and has a reset of its own.
"""

import json
import os
import urllib.request
from pathlib import Path

import pytest
from moto.core.models import ServerModeMockAWS

_ENDPOINT = os.environ["TEST_SERVER_MODE_ENDPOINT"]
_OUTCOMES = Path(os.environ["FOREIGN_OUTCOMES"])


def _reset(_: ServerModeMockAWS) -> None:
    request = urllib.request.Request(f"{_ENDPOINT}/_simulator/reset", method="POST")  # noqa: S310 - loopback
    urllib.request.urlopen(request, timeout=120).close()  # noqa: S310 - loopback


ServerModeMockAWS.reset = _reset  # type: ignore[assignment,method-assign]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write the outcome of a test, or of its setup or teardown where that failed."""
    if report.when == "call" or report.outcome != "passed":
        told = "" if report.outcome == "passed" else str(report.longrepr).strip().splitlines()[-1]
        with _OUTCOMES.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"test": report.nodeid, "outcome": report.outcome, "told": told}) + "\n")
