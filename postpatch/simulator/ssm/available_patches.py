"""DescribeAvailablePatches: Windows, and of the Linux systems Amazon Linux 1 and 2 alone (botocore: its documentation).

What a world has learned about a platform counts: a patch that is released late has that release date.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from ..clock import Clock
from ..facts import Advisory, Facts, WindowsUpdate, folders
from ..facts.reading import read_facts
from ..hosts.fleet import Fleet
from ..hosts.rpm import Evr
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .paging import cut_page

_FILTERS = frozenset(
    {"PRODUCT", "NAME", "SEVERITY", "CLASSIFICATION", "EPOCH", "VERSION", "RELEASE", "ARCH", "REPOSITORY"}
    | {"ADVISORY_ID", "CVE_ID", "BUGZILLA_ID"}
)
# Keys for patches of Windows alone.
_WINDOWS_FILTERS = frozenset({"PATCH_SET", "PRODUCT_FAMILY", "MSRC_SEVERITY", "PATCH_ID"})
_REPOSITORY = "amzn2-core"
_ARCH = "x86_64"


class AvailablePatchOperations:
    """Answer which patches a baseline could approve."""

    def __init__(self, fleet: Fleet, clock: Clock, pages: Pages) -> None:
        self._fleet, self._clock, self._pages = fleet, clock, pages

    def operations(self) -> Operations:
        """Name the operation that this class answers."""
        return {"DescribeAvailablePatches": self.describe}

    def describe(self, params: Params) -> dict[str, Any]:
        """List the released patches that pass the filters; for Linux PRODUCT must be among them."""
        wanted = {entry["Key"]: entry.get("Values", []) for entry in params.get("Filters", [])}
        if unknown := wanted.keys() - _FILTERS - _WINDOWS_FILTERS:
            raise AwsError("ValidationException", f"The filter key {min(unknown)} is not supported")
        of_windows = bool(wanted.keys() & _WINDOWS_FILTERS)
        if not of_windows and not wanted.get("PRODUCT"):
            raise AwsError("ValidationException", "A filter on PRODUCT is required for Linux patches")

        def rows() -> list[dict[str, Any]]:
            # A product without facts has no patches here.
            known = {system.available_as: name for name, system in folders().items() if system.available_as}
            return [
                row
                for product in wanted.get("PRODUCT", known)
                if product in known
                for row in self._rows(product, self._facts(known[product]))
                if all(_passes(row, key, values) for key, values in wanted.items())
            ]

        found, token = cut_page(self._pages, "DescribeAvailablePatches", params, rows)
        return {"Patches": found, "NextToken": token}

    def _facts(self, name: str) -> Facts:
        shipped = read_facts(name)
        return self._fleet.facts_about(shipped.platform) or shipped

    def _rows(self, product: str, facts: Facts) -> Iterator[dict[str, Any]]:
        for update in facts.updates:
            if update.released <= self._clock.now():
                yield _windows_row(product, update)
        for name, advisories in sorted(facts.advisories_for.items()):
            for advisory in advisories:
                if advisory.released <= self._clock.now():
                    yield _row(product, name, advisory.fixes[name], advisory)


def _windows_row(product: str, update: WindowsUpdate) -> dict[str, Any]:
    return {
        "Id": str(uuid.uuid5(uuid.NAMESPACE_URL, update.kb)),
        "ReleaseDate": update.released,
        "Title": update.title,
        "Description": update.description,
        "ContentUrl": f"https://support.microsoft.com/help/{update.kb.removeprefix('KB')}",
        "Vendor": "Microsoft",
        "ProductFamily": "Windows",
        "Product": product,
        "Classification": update.classification,
        "MsrcSeverity": update.severity,
        "KbNumber": update.kb,
        "MsrcNumber": "",
        "Language": "All",
    }


def _row(product: str, name: str, fixed: Evr, advisory: Advisory) -> dict[str, Any]:
    return {
        "Id": f"{name}.{_ARCH}:{fixed}",
        "ReleaseDate": advisory.released,
        "Title": f"{name}.{_ARCH}:{fixed}",
        "Product": product,
        "Classification": advisory.classification,
        "Severity": advisory.severity,
        "AdvisoryIds": [advisory.id],
        "CVEIds": list(advisory.cves),
        "BugzillaIds": [],
        "Name": name,
        "Epoch": fixed.epoch,
        "Version": fixed.version,
        "Release": fixed.release,
        "Arch": _ARCH,
        "Repository": _REPOSITORY,
    }


def _passes(row: dict[str, Any], key: str, values: list[str]) -> bool:
    members = {
        "PRODUCT_FAMILY": "ProductFamily",
        "MSRC_SEVERITY": "MsrcSeverity",
        "ADVISORY_ID": "AdvisoryIds",
        "CVE_ID": "CVEIds",
        "BUGZILLA_ID": "BugzillaIds",
        "PATCH_ID": "KbNumber",
    }
    if key == "PATCH_SET":
        return "OS" in values
    held = row.get(members.get(key, key.capitalize()), "")
    texts = held if isinstance(held, list) else [str(held)]
    return not set(texts).isdisjoint(values)
