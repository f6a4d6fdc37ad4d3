"""ListCoverage: which hosts Inspector watches, how, and when it last looked."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .filters import Look, Row, matches
from .reasons import SSM_AGENT, status_code
from .scanner import Scanner
from .tokens import bad_token

# Inspector user guide, "Assessing coverage": an inventory older than seven days is stale.
STALE_AFTER = timedelta(days=7)
GONE_AFTER = timedelta(days=3)

_LOOKS: dict[str, Look] = {
    "accountId": lambda row: [row["accountId"]],
    "resourceId": lambda row: [row["resourceId"]],
    "resourceType": lambda row: [row["resourceType"]],
    "scanType": lambda row: [row["scanType"]],
    "scanMode": lambda row: [row["scanMode"]] if "scanMode" in row else [],
    "scanStatusCode": lambda row: [row["scanStatus"]["statusCode"]],
    "scanStatusReason": lambda row: [row["scanStatus"]["reason"]],
    "ec2InstanceTags": lambda row: (
        list(row["resourceMetadata"]["ec2"]["tags"].items()) if "resourceMetadata" in row else []
    ),
    "lastScannedAt": lambda row: [row["lastScannedAt"]] if row.get("lastScannedAt") else [],
}


class CoverageOperations:
    """Answer what callers ask about coverage; `members` has that of other accounts which this one sees as its own."""

    def __init__(self, scanner: Scanner, fleet: Fleet, clock: Clock, pages: Pages, account: str) -> None:
        self._scanner, self._fleet, self._clock, self._pages = scanner, fleet, clock, pages
        self._account = account
        self.members: Callable[[], Sequence[CoverageOperations]] = tuple

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"ListCoverage": self.list_coverage}

    def list_coverage(self, params: Params) -> dict[str, Any]:
        """List two rows for each instance, PACKAGE and NETWORK, and one for each resource of another type."""
        rows, token = self._pages.cut(
            "ListCoverage",
            params,
            lambda: [row for row in self._every_row() if matches(row, params.get("filterCriteria"), _LOOKS)],
            default=100,
            refuse=bad_token,
        )
        return {"coveredResources": rows, "nextToken": token}

    def _every_row(self) -> list[Row]:
        members = self.members()
        return [row for one in (self, *members) for row in one.own_rows()]

    def own_rows(self) -> list[Row]:
        """Write the rows of this account."""
        elsewhere = [self._other(*one) for one in self._scanner.elsewhere]
        return [row for host in self._fleet.hosts() for row in self._of(host)] + elsewhere

    def _other(self, kind: str, resource_id: str) -> Row:
        return {
            "resourceType": kind,
            "resourceId": resource_id,
            "accountId": self._account,
            "scanType": "PACKAGE",
            "scanStatus": {"statusCode": "ACTIVE", "reason": "SUCCESSFUL"},
        }

    def _of(self, host: Host) -> list[Row]:
        instance = self._fleet.instance(host)
        base: Row = {
            "resourceType": "AWS_EC2_INSTANCE",
            "resourceId": host.instance_id,
            "accountId": self._account,
            "resourceMetadata": {
                "ec2": {"tags": dict(instance.tags), "amiId": host.image_id, "platform": host.system.kind.upper()},
            },
        }
        code, reason = self._package_status(host, instance.state)
        package = base | {
            "scanType": "PACKAGE",
            "scanMode": self._scanner.mode(host),
            "scanStatus": {"statusCode": code, "reason": reason},
            "lastScannedAt": self._scanner.package_scans.get(host.instance_id),
        }
        scanned = self._scanner.network_scans.get(host.instance_id)
        looked = ("ACTIVE", "SUCCESSFUL" if scanned else "PENDING_INITIAL_SCAN")
        code, reason = self._ineligible(host, instance.state) or looked
        network = base | {
            "scanType": "NETWORK",
            "scanStatus": {"statusCode": code, "reason": reason},
            "lastScannedAt": scanned,
        }
        return [package, network]

    def _package_status(self, host: Host, state: str) -> tuple[str, str]:
        if status := self._ineligible(host, state):
            return status
        if reason := self._scanner.reasons.get(host.instance_id):
            return status_code(reason), reason
        if self._scanner.mode(host) != SSM_AGENT:
            return "ACTIVE", "SUCCESSFUL" if host.instance_id in self._scanner.package_scans else "PENDING_INITIAL_SCAN"
        if not host.managed:
            return "INACTIVE", "UNMANAGED_EC2_INSTANCE"
        if host.inventory is None:
            waited = self._clock.now() - host.launched_at
            return ("ACTIVE", "PENDING_INITIAL_SCAN") if waited < timedelta(hours=1) else ("INACTIVE", "NO_INVENTORY")
        if self._clock.now() - host.inventory.captured_at > STALE_AFTER:
            return "INACTIVE", "STALE_INVENTORY"
        if host.instance_id not in self._scanner.package_scans:
            return "ACTIVE", "PENDING_INITIAL_SCAN"
        return "ACTIVE", "SUCCESSFUL"

    def _ineligible(self, host: Host, state: str) -> tuple[str, str] | None:
        status = _instance_status(state)
        if status is None and self._scanner.excluded(host):
            return "INACTIVE", "EXCLUDED_BY_TAG"
        if status is None and not self._scanner.supported(host):
            return "INACTIVE", "UNSUPPORTED_OS"
        return status


def _instance_status(state: str) -> tuple[str, str] | None:
    if state in ("terminated", "shutting-down"):
        return "INACTIVE", "RESOURCE_TERMINATED"
    if state in ("stopped", "stopping"):
        return "INACTIVE", "EC2_INSTANCE_STOPPED"
    return None
