"""DescribeAvailablePatches: of the Linux systems, Amazon Linux 1 and 2 alone (botocore: ssm, its documentation)."""

from collections.abc import Iterator
from typing import Any

from ..clock import Clock
from ..facts import Advisory, Facts, read_facts
from ..hosts.fleet import Fleet
from ..hosts.rpm import Evr
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .paging import cut_page

# The products that the operation knows, with the facts of each; a product without facts has no patches here.
_PRODUCTS = {"AmazonLinux2.0": ("AMAZON_LINUX_2", "al2")}
_FILTERS = frozenset(
    {"PRODUCT", "NAME", "SEVERITY", "CLASSIFICATION", "EPOCH", "VERSION", "RELEASE", "ARCH", "REPOSITORY"}
    | {"ADVISORY_ID", "CVE_ID", "BUGZILLA_ID"}
)
# Keys for patches of Windows alone, of which these worlds have none.
_WINDOWS_FILTERS = frozenset({"PATCH_SET", "PRODUCT_FAMILY", "MSRC_SEVERITY", "PATCH_ID"})
_REPOSITORY = "amzn2-core"
_ARCH = "x86_64"


class AvailablePatchOperations:
    """Answer which patches a baseline could approve."""

    def __init__(self, clock: Clock, pages: Pages, fleet: Fleet) -> None:
        self._clock, self._pages, self._fleet = clock, pages, fleet

    def operations(self) -> Operations:
        """Name the operation that this class answers."""
        return {"DescribeAvailablePatches": self.describe}

    def describe(self, params: Params) -> dict[str, Any]:
        """List the released patches that pass the filters; PRODUCT must be among them."""
        wanted = {entry["Key"]: entry.get("Values", []) for entry in params.get("Filters", [])}
        if unknown := wanted.keys() - _FILTERS - _WINDOWS_FILTERS:
            raise AwsError("ValidationException", f"The filter key {min(unknown)} is not supported")
        if wanted.keys() & _WINDOWS_FILTERS:
            return {"Patches": []}
        if not wanted.get("PRODUCT"):
            raise AwsError("ValidationException", "A filter on PRODUCT is required for Linux patches")

        def rows() -> list[dict[str, Any]]:
            products = [product for product in wanted["PRODUCT"] if product in _PRODUCTS]
            return [
                row
                for product in products
                for row in self._rows(product, self._known(product))
                if all(_passes(row, key, values) for key, values in wanted.items())
            ]

        found, token = cut_page(self._pages, "DescribeAvailablePatches", params, rows)
        return {"Patches": found, "NextToken": token}

    def _known(self, product: str) -> Facts:
        platform, shipped = _PRODUCTS[product]
        return self._fleet.facts_about(platform) or read_facts(shipped)

    def _rows(self, product: str, facts: Facts) -> Iterator[dict[str, Any]]:
        for name, advisories in sorted(facts.advisories_for.items()):
            for advisory in advisories:
                if advisory.released <= self._clock.now():
                    yield _row(product, name, advisory.fixes[name], advisory)


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
    held = {
        "PRODUCT": row["Product"],
        "ADVISORY_ID": row["AdvisoryIds"],
        "CVE_ID": row["CVEIds"],
        "BUGZILLA_ID": row["BugzillaIds"],
    }.get(key, row.get(key.capitalize(), ""))
    texts = held if isinstance(held, list) else [str(held)]
    return not set(texts).isdisjoint(values)
