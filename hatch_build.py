"""What a wheel holds beside the package: the checks, pytest's part and the sample policy, under postpatch/_suite."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SUITE = ("fixtures", "tests_verify", "verify.toml")


class Suite(BuildHookInterface):
    """Put the suite into a wheel; an editable installation finds it in the clone."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add each of its folders and files."""
        if version != "editable":
            build_data["force_include"].update({name: f"postpatch/_suite/{name}" for name in _SUITE})
