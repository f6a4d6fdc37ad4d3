"""Whole runs in forks, as tests/suite makes them."""

from tests.suite.conftest import rehearse_in, rehearsed, shared_folder

__all__ = ["rehearse_in", "rehearsed", "shared_folder"]
