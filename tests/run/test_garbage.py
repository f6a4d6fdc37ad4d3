"""What a run keeps until its end is no concern of the garbage collector's."""

import gc
import subprocess
import sys

import pytest

_RUN = """
import duckdb
from fixtures import garbage

garbage.pytest_addoption()
garbage.pytest_configure()
duckdb.connect().execute("SELECT 1")
garbage.pytest_sessionfinish()
"""


def test_what_was_imported_is_set_aside() -> None:
    """Pytest has registered the plugin in this process too, before it collected this test."""
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] > 700


@pytest.mark.external
def test_a_process_ends_without_a_word() -> None:
    """A library in C++ says on stderr what it finds left at the end, which is nothing."""
    ended = subprocess.run([sys.executable, "-c", _RUN], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert (ended.stdout, ended.stderr) == ("", "")
