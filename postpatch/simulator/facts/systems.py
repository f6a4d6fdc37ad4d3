"""The operating systems that hosts may run, and what Inspector, Patch Manager and the SSM Agent call them.

Each folder beside this file is one system; `system.json` in it describes the system itself.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any


@dataclass(frozen=True)
class System:
    """One operating system.

    `platform` is Inspector's name for it and `baseline` the operating system of its patch baselines; `product` is
    Patch Manager's, and `available_as` that of DescribeAvailablePatches, where it lists the system's patches; `name`,
    `version` and `kind` are what DescribeInstanceInformation says; `packages` is `rpm`, `dpkg` or `windows`; `source`
    names Inspector's source of CVEs, and `source_url` holds the CVE where it has `{}`; `updater` begins the command
    that Inspector recommends, which ends in the package's name; `vendor_severities` is what the vendor calls the
    severities of a CVE that has no advisory yet; `benchmark` is CIS's, with its version, if Inspector has one.
    """

    platform: str
    baseline: str
    product: str
    name: str
    version: str
    packages: str
    kind: str
    publisher: str = ""
    source: str = ""
    source_url: str = ""
    updater: str = ""
    advisory_page: str = ""
    available_as: str = ""
    benchmark: str = ""
    vendor_severities: Mapping[str, str] = field(default_factory=dict, hash=False)


@functools.cache
def folders() -> dict[str, System]:
    """Read every system, by the name of its folder."""
    beside = sorted(files(__package__).iterdir(), key=lambda one: one.name)
    return {folder.name: _read(folder) for folder in beside if (folder / "system.json").is_file()}


@functools.cache
def systems() -> dict[str, System]:
    """Read every system, by Inspector's name of it."""
    return {system.platform: system for system in folders().values()}


@functools.cache
def system_of(platform: str) -> System:
    """Find a system by Inspector's name; an unknown one is a later release of Amazon Linux."""
    version = platform.rpartition("_")[2]
    later = replace(systems()["AMAZON_LINUX_2023"], platform=platform, version=version, benchmark="")
    return systems().get(platform, later)


def _read(folder: Traversable) -> System:
    raw: dict[str, Any] = json.loads((folder / "system.json").read_text(encoding="utf-8"))
    known = {name: value for name, value in raw.items() if name not in ("sources", "cis")}
    cis = raw.get("cis")
    return System(**known, benchmark=f"{cis['name']} {cis['version']}" if cis else "")
