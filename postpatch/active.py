"""Make a pytest run one of the suite's, whatever else its command line says: `-p postpatch.active`."""

import pytest

from postpatch.plugin import activate


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Register the suite's plugins before any conftest.py is loaded."""
    activate(early_config, parser, args)
