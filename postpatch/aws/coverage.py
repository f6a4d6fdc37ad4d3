"""Inspector's coverage of hosts: by which engine each is scanned, how that stands, and when it was scanned last.

Source: botocore's model of inspector2, shapes CoveredResource, ScanMode and ScanStatusReason; Inspector user guide,
"Assessing coverage" and "Scanning Amazon EC2 instances".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import chain, islice
from typing import Any

from botocore.loaders import create_loader

from postpatch.aws.hosts import batches
from postpatch.aws.session import Connection, asking
from postpatch.aws.side_by_side import side_by_side
from postpatch.errors import CouldNotCheck
from postpatch.model import HostScan
from postpatch.model.scan import AGENTLESS

SSM_AGENT = "EC2_SSM_AGENT_BASED"
VM_SCANNER = "EC2_INSPECTOR_AGENT_BASED"
WINDOWS = "WINDOWS"
_ENGINES = frozenset({SSM_AGENT, VM_SCANNER, AGENTLESS})
# With the others of these, packages of the system are scanned as well: "actively monitoring with partial errors".
_SUCCESSFUL, _DEEP_INSPECTION = "SUCCESSFUL", "DEEP_INSPECTION_"
# Reasons that pass by themselves; all others are named at once, not waited for.
_PASSING = frozenset(
    {"PENDING_INITIAL_SCAN", "NO_INVENTORY", "STALE_INVENTORY", "SCAN_IN_PROGRESS", "PENDING_REVIVAL_SCAN"}
)
VALUES_A_FILTER = 10  # every filter list of inspector2 holds at most ten entries
_A_PAGE = _MANY = 200  # botocore shape ListCoverageMaxResults


@dataclass(frozen=True)
class Coverage:
    """The coverage of one host's packages; `platform` is LINUX, WINDOWS, MACOS or UNKNOWN."""

    host: str
    status: str
    reason: str
    mode: str
    platform: str
    scanned_at: datetime | None

    def seen(self, scan: HostScan) -> HostScan:
        """Return the scan of a host with what its coverage says of it."""
        return replace(scan, scanned_at=self.scanned_at, status=self.status, reason=self.reason, mode=self.mode)


def coverage(
    connection: Connection, account: str, hosts: Iterable[str], tags: Mapping[str, list[str]] | None = None
) -> Iterator[Coverage]:
    """Yield the coverage of each host's packages; a host that Inspector does not know has no row.

    Ten hosts are asked about in a call. Many hosts that share one of `tags` are asked for by it first, up to 200 in a
    call, and then those of which no row came: Inspector may know other tags of a host than EC2.
    A mode or a reason that this version does not know raises CouldNotCheck, which names it.
    """
    left = dict.fromkeys(hosts)
    if len(left) >= _MANY:
        for row in _pages(connection, account, tags or {}, len(left)):
            if row.host in left:
                del left[row.host]
                yield row

    def of(batch: list[str]) -> Iterator[list[Coverage]]:
        ids = {"resourceId": [{"comparison": "EQUALS", "value": host} for host in batch]}
        with asking(f"how {len(batch)} hosts, beginning with {batch[0]}, are covered"):
            yield from _asked(connection, account, ids)

    tens = batches(left, VALUES_A_FILTER)
    yield from chain.from_iterable(side_by_side(tens, of, connection.at_once))


def _pages(connection: Connection, account: str, tags: Mapping[str, list[str]], hosts: int) -> Iterator[Coverage]:
    # A tag of many more hosts would take more calls than their ids do: then the rest is asked for by id.
    most = hosts // VALUES_A_FILTER // 2
    for key, values in tags.items():
        for some in batches(values, VALUES_A_FILTER):
            tagged = {"ec2InstanceTags": [{"comparison": "EQUALS", "key": key, "value": value} for value in some]}
            with asking(f"how the hosts with the tag {key} are covered"):
                yield from chain.from_iterable(islice(_asked(connection, account, tagged), most))


def _asked(connection: Connection, account: str, criteria: Mapping[str, Any]) -> Iterator[list[Coverage]]:
    every = {
        "accountId": [{"comparison": "EQUALS", "value": account}],
        # One instance has a row for its packages and one for its network: only packages are patched.
        "scanType": [{"comparison": "EQUALS", "value": "PACKAGE"}],
        **criteria,
    }
    pages = connection.client("inspector2").get_paginator("list_coverage")
    for page in pages.paginate(filterCriteria=every, maxResults=_A_PAGE):
        yield [_row(row) for row in page["coveredResources"] if row["accountId"] == account]


def scans_packages(scan: HostScan) -> bool:
    """Return whether Inspector scans the host's system packages; deep inspection may fail meanwhile."""
    scanned = scan.reason == _SUCCESSFUL or scan.reason.startswith(_DEEP_INSPECTION)
    return scan.status == "ACTIVE" and scanned


def is_waited_for(scan: HostScan) -> bool:
    """Return whether a scan may come at any time: not if the host is agentless, nor for a reason that stays."""
    if scan.mode == AGENTLESS:
        return False
    return not scan.status or scans_packages(scan) or scan.reason in _PASSING


def _row(row: dict[str, Any]) -> Coverage:
    host, status = row["resourceId"], row.get("scanStatus", {})
    reason, mode = status.get("reason", ""), row.get("scanMode", "")
    if mode and mode not in _ENGINES:
        raise CouldNotCheck(
            f"Use a newer version of postpatch: Inspector scans {host} in a mode that this one does not know, {mode}."
        )
    if reason and reason not in _known_reasons():
        raise CouldNotCheck(
            f"Use a newer version of postpatch: of {host} Inspector gives a reason that this one does not know, "
            f"{reason}."
        )
    scanned_at = row["lastScannedAt"].astimezone(UTC) if "lastScannedAt" in row else None
    platform = row.get("resourceMetadata", {}).get("ec2", {}).get("platform", "")
    return Coverage(host, status.get("statusCode", ""), reason, mode, platform, scanned_at)


@cache
def _known_reasons() -> frozenset[str]:
    model = create_loader().load_service_model("inspector2", "service-2")
    return frozenset(model["shapes"]["ScanStatusReason"]["enum"])
