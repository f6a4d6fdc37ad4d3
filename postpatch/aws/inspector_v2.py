"""Inspector v2: start a new assessment of the hosts, wait for it, and read the findings.

v2 has no call to scan an EC2 instance now (`StartOnDemandScan` is for AMIs alone), so launching is: start the inventory
association once, start a one-time CIS scan, and wait until each host's look is newer than what it must prove.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from postpatch.aws import cis
from postpatch.aws.hosts import batches
from postpatch.aws.inventory import inventory_captured_at
from postpatch.aws.session import Connection, asking
from postpatch.aws.waiting import attempts_in, wait
from postpatch.errors import CouldNotCheck
from postpatch.model import CisScans, Finding, Host, HostScan, Launch, ScanRun, Scope
from postpatch.translation.finding import finding_rows

INVENTORY_ASSOCIATION = "InspectorInventoryCollection-do-not-delete"
_INVENTORY_DOCUMENT = "AWS-GatherSoftwareInventory"
_ALL_INSTANCES = {"Key": "InstanceIds", "Values": ["*"]}
_VALUES_A_FILTER = 10  # every filter list of inspector2 holds at most ten entries
# Reasons of an inactive scan that pass by themselves; all others are named at once, not waited for.
_PASSING = frozenset(
    {"PENDING_INITIAL_SCAN", "NO_INVENTORY", "STALE_INVENTORY", "SCAN_IN_PROGRESS", "PENDING_REVIVAL_SCAN"}
)
_AGENTLESS = "EC2_AGENTLESS"  # scanned every 24 hours, whatever we start
_ENDED = frozenset({"Success", "Failed", "TimedOut", "RateExceeded", "Skipped"})


def require_enabled(connection: Connection, account: str) -> None:
    """Raise CouldNotCheck unless Inspector scans EC2 in `account`: otherwise the absence of findings means nothing."""
    with asking("whether Inspector scans EC2"):
        answer = connection.client("inspector2").batch_get_account_status(accountIds=[account])
    states = {row["accountId"]: row["resourceState"]["ec2"]["status"] for row in answer["accounts"]}
    if states.get(account) != "ENABLED":
        failures = [row.get("errorMessage", "") for row in answer.get("failedAccounts", [])]
        raise CouldNotCheck(
            "Enable Amazon Inspector's EC2 scanning, wait for the first scan, and take a baseline: "
            f"Inspector does not scan EC2 in account {account}: {states.get(account) or ' '.join(failures)}."
        )


def launch(
    connection: Connection,
    scope: Scope,
    tags: dict[str, list[str]],
    announce: Callable[[str], None],
    cis_scans: CisScans = CisScans.REQUIRE,
) -> Launch:
    """Start the inventory association once and a one-time CIS scan of the hosts with `tags`; return what was started.

    A connection that only reads starts nothing; where CIS scans are off, none is started.
    """
    now = connection.clock()
    if connection.read_only:
        return Launch("inspector2", now, started=False)
    association = inventory_association(connection)
    if association:
        announce(f"starting association {INVENTORY_ASSOCIATION} once, on every host it covers")
        with asking(f"to start association {association}"):
            connection.client("ssm").start_associations_once(AssociationIds=[association])
    configuration = ""
    if cis_scans is not CisScans.OFF:
        announce(f"starting a one-time CIS scan of {scope}")
        configuration = cis.create_scan(connection, scope, tags, now)
    return Launch("inspector2", now, started=True, association=association, cis_configuration=configuration)


def wait_for(
    connection: Connection,
    started: Launch,
    newer_than: Mapping[str, datetime],
    unchanged: Callable[[str], bool],
    minutes: int,
    progress: Callable[[int, int, str], None],
    cis_scans: CisScans = CisScans.REQUIRE,
) -> ScanRun:
    """Wait until every host's scan is newer than its moment in `newer_than` and the CIS scan has ended.

    `unchanged` tells whether nothing was installed on a host: then an inventory captured later proves its look too,
    since whether an unchanged inventory moves `lastScannedAt` is not documented. At the limit of `minutes` the hosts
    that are not fresh come back without proof. A run that started nothing looks once. Where CIS scans are off none is
    waited for, and where they are optional one that has not ended is no timeout.
    """
    poll = _Poll(connection, started, newer_than, unchanged, progress, cis_scans)
    attempts = attempts_in(minutes, connection.poll_seconds) if started.started else 1
    in_time, last = wait("InspectorRunFinished", poll, delay=connection.poll_seconds, attempts=attempts)
    return ScanRun(
        launch=started,
        finished_at=connection.clock(),
        inventory_state=last["inventory"],
        cis_state=last["cis"],
        cis_scan=last["cis_scan"],
        timed_out=started.started and not in_time and (last["waiting"] or cis_scans is CisScans.REQUIRE),
        hosts=tuple(poll.hosts[host] for host in sorted(poll.hosts)),
        cis_hosts=cis.scanned_hosts(connection, last["cis_scan"]) if last["cis"] in cis.FINISHED else (),
    )


def hosts_closed_since(connection: Connection, tags: Mapping[str, list[str]], moment: datetime) -> frozenset[str]:
    """Return hosts with any of `tags`, also gone ones, on which a finding was closed at or after `moment`, by id.

    Inspector keeps the findings of a terminated host for three days (user guide, "Understanding findings").
    """
    found: set[str] = set()
    pages = connection.client("inspector2").get_paginator("list_findings")
    for key, values in tags.items():
        for batch in batches(values, _VALUES_A_FILTER):
            criteria = {
                "resourceTags": [{"comparison": "EQUALS", "key": key, "value": value} for value in batch],
                "findingStatus": [{"comparison": "EQUALS", "value": "CLOSED"}],
                "updatedAt": [{"startInclusive": moment}],
            }
            with asking(f"which hosts with the tag {key} had findings closed since patching"):
                for page in pages.paginate(filterCriteria=criteria, maxResults=100):
                    found.update(finding.host for row in page["findings"] for finding in finding_rows(row))
    return frozenset(found)


def findings(connection: Connection, hosts: Iterable[Host]) -> Iterator[Finding]:
    """Yield the findings of `hosts` in every status, page by page; pages may repeat a row."""
    pages = connection.client("inspector2").get_paginator("list_findings")
    statuses = [{"comparison": "EQUALS", "value": status} for status in ("ACTIVE", "SUPPRESSED", "CLOSED")]
    for batch in batches((host.id for host in hosts), _VALUES_A_FILTER):
        ids = [{"comparison": "EQUALS", "value": host} for host in batch]
        with asking(f"for the findings of {len(batch)} hosts from {batch[0]} on"):
            for page in pages.paginate(filterCriteria={"resourceId": ids, "findingStatus": statuses}, maxResults=100):
                for row in page["findings"]:
                    yield from finding_rows(row)


class _Poll:
    """One poll: which hosts are freshly scanned, and the states of the inventory and the CIS scan."""

    def __init__(
        self,
        connection: Connection,
        started: Launch,
        newer_than: Mapping[str, datetime],
        unchanged: Callable[[str], bool],
        progress: Callable[[int, int, str], None],
        cis_scans: CisScans,
    ) -> None:
        self._connection = connection
        self._launch = started
        self._unchanged = unchanged
        self._progress = progress
        self.hosts = {host: HostScan(host, moment) for host, moment in newer_than.items()}
        self._cis_scans = cis_scans
        self._cis = ("", "")
        self._inventory = ""
        self._execution = ""
        self._captured: set[str] = set()
        self._changed: set[str] = set()

    def __call__(self) -> dict[str, Any]:
        self._inventory = self._inventory_state()
        pending = [host for host, scan in self.hosts.items() if not scan.fresh and not _hopeless(scan)]
        for row in _coverage(self._connection, pending):
            self.hosts[row["resourceId"]] = self._look(self.hosts[row["resourceId"]], row)
        if not self._cis_ended:
            since = max(scan.after for scan in self.hosts.values())
            self._cis = cis.find_scan(self._connection, self._launch.cis_configuration, since)
        fresh = sum(scan.fresh for scan in self.hosts.values())
        waiting = any(not scan.fresh and not _hopeless(scan) for scan in self.hosts.values())
        self._progress(fresh, len(self.hosts), f"inventory {self._inventory or '-'}, CIS scan {self._cis[1] or '-'}")
        # The inventory association covers every managed host of the account: one that is offline, and not in scope,
        # keeps its execution from ending. It is a means; what is waited for is the look at the hosts in scope.
        done = not waiting and self._cis_ended
        return {
            "state": "DONE" if done else "PENDING",
            "waiting": waiting,
            "inventory": self._inventory,
            "cis_scan": self._cis[0],
            "cis": self._cis[1],
        }

    @property
    def _cis_ended(self) -> bool:
        return self._cis_scans is CisScans.OFF or self._cis[1] in cis.FINISHED

    def _look(self, before: HostScan, row: dict[str, Any]) -> HostScan:
        status = row.get("scanStatus", {})
        scanned_at = row["lastScannedAt"].astimezone(UTC) if "lastScannedAt" in row else None
        scan = replace(
            before,
            scanned_at=scanned_at,
            status=status.get("statusCode", ""),
            reason=status.get("reason", ""),
            mode=row.get("scanMode", ""),
        )
        if scan.status != "ACTIVE":
            return scan
        if scanned_at and scanned_at > scan.after:
            return replace(scan, proof="coverage")
        # Up to three calls a host: only once its inventory is there, and only where the scan's own time has not moved.
        # A host without an agent has no inventory: asking for it is an error.
        # An inventory proves nothing of a host that Inspector never scanned.
        if scanned_at and scan.mode != _AGENTLESS and self._is_captured(scan.host):
            captured = inventory_captured_at(self._connection, scan.host)
            newer = captured is not None and captured > scan.after
            proved = newer and self._is_unchanged(scan.host)
            return replace(scan, inventory_at=captured, proof="inventory" if proved else "")
        return scan

    def _is_unchanged(self, host: str) -> bool:
        # What was installed stays installed: a host that changed is not asked again.
        if host not in self._changed and not self._unchanged(host):
            self._changed.add(host)
        return host not in self._changed

    def _is_captured(self, host: str) -> bool:
        # The execution ends with the last managed host of the account; one that is offline keeps it from ending.
        if self._inventory in _ENDED | {""} or host in self._captured:
            return True
        if self._execution and self._target_state(host) == "Success":
            self._captured.add(host)
        return host in self._captured

    def _target_state(self, host: str) -> str:
        with asking(f"how far the inventory association is on {host}"):
            pages = self._connection.client("ssm").get_paginator("describe_association_execution_targets")
            found = pages.paginate(
                AssociationId=self._launch.association,
                ExecutionId=self._execution,
                Filters=[{"Key": "ResourceId", "Value": host}],
            )
            return next((str(row["Status"]) for page in found for row in page["AssociationExecutionTargets"]), "")

    def _inventory_state(self) -> str:
        if not self._launch.association:
            return ""
        with asking("how far the inventory association is"):
            pages = self._connection.client("ssm").get_paginator("describe_association_executions")
            moment = self._launch.launched_at.strftime("%Y-%m-%dT%H:%M:%SZ")
            later = [{"Key": "CreatedTime", "Value": moment, "Type": "GREATER_THAN"}]
            rows = [
                row
                for page in pages.paginate(AssociationId=self._launch.association, Filters=later)
                for row in page["AssociationExecutions"]
            ]
        newest = max(rows, key=lambda row: row["CreatedTime"], default={"Status": "Pending"})
        counts = newest.get("ResourceCountByStatus", "")
        # As long as the execution says of itself that no host is done, no host is asked about.
        self._execution = "" if counts and "Success" not in counts else str(newest.get("ExecutionId", ""))
        return str(newest["Status"])


def _hopeless(scan: HostScan) -> bool:
    # An active scan will be repeated, unless it is agentless; an inactive one only for a passing reason.
    if scan.status == "INACTIVE":
        return scan.reason not in _PASSING
    return scan.mode == _AGENTLESS


def _coverage(connection: Connection, hosts: list[str]) -> Iterator[dict[str, Any]]:
    pages = connection.client("inspector2").get_paginator("list_coverage")
    for batch in batches(hosts, _VALUES_A_FILTER):
        criteria = {
            "resourceId": [{"comparison": "EQUALS", "value": host} for host in batch],
            # One instance has a row for its packages and one for its network: only packages are patched.
            "scanType": [{"comparison": "EQUALS", "value": "PACKAGE"}],
        }
        with asking(f"how {len(batch)} hosts from {batch[0]} on are covered"):
            for page in pages.paginate(filterCriteria=criteria, maxResults=200):
                yield from page["coveredResources"]


def inventory_association(connection: Connection) -> str:
    """Return the id of the association that captures the inventory for Inspector, or nothing where there is none."""
    client = connection.client("ssm").get_paginator("list_associations")
    # Where an inventory association of all instances existed before, Inspector uses that one.
    for key, value in (("AssociationName", INVENTORY_ASSOCIATION), ("Name", _INVENTORY_DOCUMENT)):
        with asking(f"for the inventory association {value}"):
            pages = client.paginate(AssociationFilterList=[{"key": key, "value": value}])
            for page in pages:
                for row in page["Associations"]:
                    if key == "AssociationName" or _ALL_INSTANCES in row.get("Targets", []):
                        return str(row["AssociationId"])
    return ""
