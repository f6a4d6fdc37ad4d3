"""What a patch run is told by files in S3: another baseline, or a list of the patches to install.

Formats: Systems Manager user guide, "Using the BaselineOverride parameter" (a JSON array with one baseline for each
operating system) and "Parameter name: InstallOverrideList" (YAML: `patches`, each with `id` and perhaps `title`).
"""

import fnmatch
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..hosts.buckets import Buckets, DownloadFailed
from .baselines import Baseline

# The bucket that Quick Setup makes for a patch policy; compliance by its override is reported like any other.
PATCH_POLICY_BUCKET = "s3://aws-quicksetup-patchpolicy-"


class PatchingFailed(Exception):
    """Say why a patch run ended before it looked at any package."""


@dataclass(frozen=True)
class OverrideList:
    """The patches that an installation is limited to: patterns of ids, each with a pattern of versions or without."""

    entries: tuple[tuple[str, str | None], ...]

    def names(self, names: Iterable[str], version: str) -> bool:
        """Tell whether the list names a patch by one of `names`; of Linux with its version, of Windows its title."""
        return any(
            any(fnmatch.fnmatchcase(name, wanted) for name in names)
            and (title is None or fnmatch.fnmatchcase(version, title))
            for wanted, title in self.entries
        )


def read_baseline_override(buckets: Buckets, place: str, system: str, now: datetime) -> Baseline:
    """Read the baseline for one operating system; PatchingFailed if the file has none, or more than one."""
    try:
        content = json.loads(_read(buckets, place))
    except ValueError:
        raise PatchingFailed(f"The baseline override {place} is not JSON") from None
    if not isinstance(content, list):
        raise PatchingFailed("Provided Baseline Override was not a JSON Array")
    fitting = [entry for entry in content if isinstance(entry, dict) and entry.get("OperatingSystem") == system]
    if len(fitting) != 1:
        raise PatchingFailed(f"{len(fitting)} baseline overrides for the operating system {system} in {place}")
    return Baseline("", place, system, {name: value for name, value in fitting[0].items() if value}, now, now)


def read_override_list(buckets: Buckets, place: str) -> OverrideList:
    """Read a list of patches to install."""
    import yaml  # type: ignore[import-untyped]  # what moto reads templates with; its stubs are not locked

    try:
        content = yaml.safe_load(_read(buckets, place))
        entries = tuple((str(patch["id"]), patch.get("title")) for patch in content["patches"])
    except (yaml.YAMLError, KeyError, TypeError):
        raise PatchingFailed(f"The install override list {place} is not a YAML list of patches") from None
    return OverrideList(entries)


def _read(buckets: Buckets, place: str) -> bytes:
    try:
        return buckets.read(place)
    except DownloadFailed as failed:
        raise PatchingFailed(str(failed)) from None
