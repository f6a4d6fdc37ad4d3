"""The inventory of a host, as its agent captured it: when, and which versions of some packages.

Source: aws/amazon-ssm-agent, agent/plugins/inventory: rpm's epoch, version and release come apart, dpkg's version is
whole and has no time of installation.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from postpatch.aws.hosts import batches
from postpatch.aws.session import Connection, asking, each_page
from postpatch.model import HostInventory, InstalledPackage

_TYPE = "AWS:Application"
_A_PAGE = 50  # botocore shape MaxResults
_NAMES_A_FILTER = 40  # botocore shape InventoryFilterValueList


def inventory_captured_at(connection: Connection, host: str) -> datetime | None:
    """Return when the host's package inventory was captured, or None if there is none."""
    with asking(f"when the inventory of {host} was captured"):
        page = connection.client("ssm").list_inventory_entries(InstanceId=host, TypeName=_TYPE, MaxResults=1)
    return _captured_at(page)


@dataclass(frozen=True)
class InventoryAge:
    """When an inventory was captured, and when the newest of its packages was installed.

    `installed_at` is None where a package has no time of installation: then nothing is known of any of them, and
    `sha256` is that of all their names, versions and architectures; empty if there are none, or of two captures.
    """

    captured_at: datetime
    installed_at: datetime | None
    sha256: str = ""


def inventory_age(connection: Connection, host: str, *, undated_only: bool = False) -> InventoryAge | None:
    """Return the age of the host's package inventory, or None if it has none; one call for fifty packages.

    With `undated_only` it is None as well once a package has a time of installation.
    """
    captures: list[datetime | None] = []
    packages: list[InstalledPackage] = []
    with asking(f"for the inventory of {host}"):
        entries = connection.client("ssm").list_inventory_entries
        for page in each_page(entries, InstanceId=host, TypeName=_TYPE, MaxResults=_A_PAGE):
            captures.append(_captured_at(page))
            packages += [_package(row) for row in page.get("Entries", [])]
            if undated_only and any(one.installed_at for one in packages):
                return None
    captured = next((one for one in reversed(captures) if one), None)
    if not captured:
        return None
    dated = [one.installed_at for one in packages if one.installed_at]
    if dated and len(dated) == len(packages):
        return InventoryAge(captured, max(dated))
    return InventoryAge(captured, None, _digest(packages) if len(set(captures)) == 1 else "")


def _digest(packages: Iterable[InstalledPackage]) -> str:
    listed = sorted((one.name, one.version, one.arch) for one in packages)
    return sha256(json.dumps(listed).encode()).hexdigest() if listed else ""


def inventory_of(connection: Connection, host: str, names: Iterable[str]) -> HostInventory | None:
    """Return the installed versions of the packages `names` on the host, or None if it has no inventory.

    The calls: one for forty names, and one for each further fifty rows.
    """
    wanted = sorted(set(names))
    captured, packages = None, []
    for batch in batches(wanted, _NAMES_A_FILTER):
        named = [{"Key": f"{_TYPE}.Name", "Values": batch, "Type": "Equal"}]
        with asking(f"for the inventory of {host}"):
            entries = connection.client("ssm").list_inventory_entries
            for page in each_page(entries, InstanceId=host, TypeName=_TYPE, Filters=named, MaxResults=_A_PAGE):
                captured = _captured_at(page) or captured
                packages += [_package(row) for row in page.get("Entries", [])]
    return HostInventory(host, captured, tuple(wanted), tuple(packages)) if captured else None


def _captured_at(page: dict[str, Any]) -> datetime | None:
    captured = page.get("CaptureTime")
    return datetime.fromisoformat(captured).astimezone(UTC) if captured else None


def _package(row: dict[str, str]) -> InstalledPackage:
    version, release, installed = row.get("Version", ""), row.get("Release", ""), row.get("InstalledTime", "")
    whole = f"{row.get('Epoch') or 0}:{version}-{release}" if release else version
    return InstalledPackage(
        row["Name"],
        whole,
        row.get("Architecture", ""),
        datetime.fromisoformat(installed).astimezone(UTC) if installed else None,
    )
