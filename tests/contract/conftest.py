"""Whole runs in forks, as tests/suite makes them."""

from tests.suite.conftest import rehearse, rehearse_in

__all__ = ["rehearse", "rehearse_in"]
