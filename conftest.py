"""Make a clone the suite, installed or not: register the plugins of fixtures/."""

from fixtures import PLUGINS

pytest_plugins = [f"fixtures.{name}" for name in PLUGINS]
