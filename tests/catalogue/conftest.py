"""Whole runs in forks, as tests/suite makes them, and the table of what came of them."""

import pytest

from tests.catalogue.rows import PROPERTY, table
from tests.suite.conftest import rehearse, rehearse_in, rehearsed, run, shared_folder

__all__ = ["rehearse", "rehearse_in", "rehearsed", "run", "shared_folder"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with the catalogue of false greens, as it came out."""
    reports = (one for reports in terminalreporter.stats.values() for one in reports)
    calls = [report for report in reports if getattr(report, "when", "") == "call"]
    told = [value for report in calls for name, value in report.user_properties if name == PROPERTY]
    if told:
        terminalreporter.section("false greens")
        terminalreporter.write_line("\n".join(table(told)))
