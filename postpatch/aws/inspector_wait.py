"""Wait until Inspector v2 has scanned each host anew, by the engine that scans it, and the CIS scan has ended.

When a host's scan is fresh:

- `EC2_SSM_AGENT_BASED`: Inspector scanned it after the inventory that this run had captured, or that inventory lists
  nothing installed since its last scan, or equals the one on which that scan rests (`kept_inventory.py`): AWS does not
  document whether an unchanged inventory moves `lastScannedAt`.
  At the limit, where it has not moved since the patching, the findings decide (`verdict/agreement.py`).
  On Windows Inspector's plugin looks itself, and the inventory shows nothing.
- `EC2_INSPECTOR_AGENT_BASED`: Inspector scanned what the VM scanner sent after the launch, by itself as every three
  hours or started by the run. Systems Manager's inventory shows nothing of that (Inspector user guide,
  "Enhanced EC2 Scanning"), and neither does a command that started it.
- `EC2_AGENTLESS`: it was scanned after its patching. It is scanned every 24 hours whatever is started: its next scan is
  waited for if it is due within the limit, and otherwise left to a later run.

A run that starts nothing has no inventory captured: it goes by the one that there is.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from postpatch.aws import cis
from postpatch.aws.association_execution import AssociationExecution
from postpatch.aws.coverage import SSM_AGENT, VM_SCANNER, WINDOWS, coverage, is_waited_for, scans_packages
from postpatch.aws.inventory import InventoryAge, inventory_age, inventory_captured_at
from postpatch.aws.inventory_proof import Capture, left_to_findings, newer, seems_unchanged, settled
from postpatch.aws.kept_inventory import Inventories, digest_to_keep, proved_by_kept, shows_unread
from postpatch.aws.session import Connection
from postpatch.aws.side_by_side import side_by_side
from postpatch.aws.waiting import attempts_in, wait
from postpatch.model import CisScans, HostScan, InventoryDigest, Launch, ScanRun
from postpatch.model.scan import AGENTLESS, AGENTLESS_LATE

# Three hours between two runs of the VM scanner, and time for Inspector to read what it sent.
_VM_SCANNER_MINUTES = 195
# How long Inspector may take to read an inventory before the inventory itself is asked: a first result takes about
# eight minutes in practice, AWS documents no time.
_PATIENCE = timedelta(minutes=10)
_SHARE = 4  # of the whole wait, at most one part in so many is patience
_HOSTS_SHOWN = 3

Progress = Callable[[int, int, str], None]


def wait_for(
    connection: Connection,
    account: str,
    started: Launch,
    newer_than: Mapping[str, datetime],
    minutes: int,
    progress: Progress,
    cis_scans: CisScans = CisScans.REQUIRE,
    clocks: Mapping[str, timedelta] | None = None,
    tags: Mapping[str, list[str]] | None = None,
    inventories: Inventories | None = None,
) -> ScanRun:
    """Wait until every host's scan is fresh and newer than its moment in `newer_than`, and the CIS scan has ended.

    At the limit of `minutes` the hosts that are not fresh come back without proof; where the VM scanner scans one, the
    limit is at least the time between two of its runs. A run that started nothing looks once. Where CIS
    scans are off none is waited for, and where they are optional one that has not ended is no timeout. `clocks` has by
    how much the clocks of hosts are known to be wrong: what they date proves nothing. `tags` are those that the hosts
    share, and `inventories` says what an earlier snapshot keeps of what is installed.
    """
    off = clocks or {}
    hosts = {one: HostScan(one, moment, clock_off=off.get(one, timedelta(0))) for one, moment in newer_than.items()}
    earlier = inventories or Inventories()
    poll = _Poll(connection, account, started, hosts, timedelta(minutes=minutes), progress, cis_scans, tags, earlier)
    limit = max(minutes, _VM_SCANNER_MINUTES) if poll.waits_for_vm_scanner else minutes
    attempts = attempts_in(limit, connection.poll_seconds) if started.started else 1
    in_time, last = wait("InspectorRunFinished", poll, delay=connection.poll_seconds, attempts=attempts)
    still_waiting = not in_time and poll.left_after_findings()
    cis_ended = in_time or cis_scans is not CisScans.REQUIRE or last["cis"] in cis.FINISHED
    return ScanRun(
        launch=started,
        finished_at=connection.clock(),
        inventory_state=last["inventory"],
        cis_state=last["cis"],
        cis_scan=last["cis_scan"],
        timed_out=started.started and (still_waiting or not cis_ended),
        hosts=tuple(poll.hosts[host] for host in sorted(poll.hosts)),
        cis_hosts=cis.scanned_hosts(connection, account, last["cis_scan"]) if last["cis"] in cis.FINISHED else (),
        digests=tuple(poll.digests()),
    )


class _Poll:
    """One poll: which hosts are freshly scanned, and the states of the inventory and the CIS scan."""

    def __init__(
        self,
        connection: Connection,
        account: str,
        started: Launch,
        hosts: dict[str, HostScan],
        limit: timedelta,
        progress: Progress,
        cis_scans: CisScans,
        tags: Mapping[str, list[str]] | None,
        earlier: Inventories,
    ) -> None:
        self._connection, self._account, self._launch, self._tags = connection, account, started, tags
        self._earlier, self._limit = earlier, limit
        now = connection.clock()
        self._from, self._until = now - AGENTLESS_LATE, now + limit
        self._patience = min(limit / _SHARE, _PATIENCE) if started.started else timedelta(0)
        self._progress, self._cis_scans = progress, cis_scans
        self._cis = ("", "")
        since = started.associations_started_at or started.launched_at
        self._inventory = AssociationExecution(connection, started.association, since)
        self._plugin = AssociationExecution(connection, started.windows_association, since)
        self._on_windows: set[str] = set()
        self._captured: dict[str, datetime | None] = {}
        self._ages: dict[str, tuple[datetime, InventoryAge | None]] = {}
        self._in_vain: set[str] = set()
        self.hosts = hosts
        self._ask_coverage()

    @property
    def waits_for_vm_scanner(self) -> bool:
        """Return whether the VM scanner's own schedule is waited for."""
        return any(scan.mode == VM_SCANNER for scan in self._waiting())

    def __call__(self) -> dict[str, Any]:
        self._inventory.look()
        self._plugin.look()
        waiting = [scan.host for scan in self._waiting()]
        self._inventory.ask_about({host for host in waiting if host not in self._on_windows})
        self._plugin.ask_about(self._on_windows.intersection(waiting))
        self._ask_coverage()
        agentless = [scan.host for scan in self.hosts.values() if scan.mode == AGENTLESS and not scan.fresh]
        for host in dict.fromkeys((*waiting, *agentless)):
            self.hosts[host] = self._proved(self.hosts[host])
        if not self._cis_ended:
            since = max(scan.after for scan in self.hosts.values())
            self._cis = cis.find_scan(self._connection, self._launch.cis_configuration, since)
        self._progress(sum(scan.fresh for scan in self.hosts.values()), len(self.hosts), self._in_words())
        # The inventory association covers every managed host of the account: one that is offline, and not in scope,
        # keeps its execution from ending. It is a means; what is waited for is the scan of the hosts in scope.
        return {
            "state": "DONE" if self._cis_ended and not self._waiting() else "PENDING",
            "inventory": self._inventory.state,
            "cis_scan": self._cis[0],
            "cis": self._cis[1],
        }

    def left_after_findings(self) -> bool:
        """Let the findings decide about hosts that are waited for in vain; return whether any other host is left."""
        for scan in self._waiting():
            by_agent = scan.mode not in (AGENTLESS, VM_SCANNER) and scan.host not in self._on_windows
            captured = not self._inventory.exists or self._inventory.succeeded_on(scan.host)
            if by_agent and captured and scans_packages(scan):
                age = self._age(scan)
                if not shows_unread(scan, age, self._earlier.kept.get(scan.host)):
                    self.hosts[scan.host] = left_to_findings(scan, age, self._capture(scan.host))
        return bool(self._waiting())

    def digests(self) -> Iterator[InventoryDigest]:
        """Yield what a snapshot keeps of each inventory that was read, and of each whole one if all are wanted."""
        scans = [scan for scan in self.hosts.values() if scan.mode == SSM_AGENT and scan.host not in self._on_windows]
        yield from side_by_side(sorted(scans, key=attrgetter("host")), self._digest, self._connection.at_once)

    def _digest(self, scan: HostScan) -> Iterator[InventoryDigest]:
        read_at, age = self._ages.get(scan.host, (None, None))
        late = read_at is None or (scan.scanned_at is not None and read_at < scan.scanned_at)
        if late and scan.fresh and self._earlier.keep_all:
            read_at = self._connection.clock()
            age = inventory_age(self._connection, scan.host, undated_only=True)
        kept = self._earlier.kept.get(scan.host)
        if read_at and (found := digest_to_keep(scan, age, self._capture(scan.host, read_at), kept)):
            yield found

    def _capture(self, host: str, asked_at: datetime | None = None) -> Capture:
        began = self._inventory.created_at or (self._launch.launched_at if self._launch.started else None)
        # What was read may be a later capture than the run's own, which its schedule began.
        seen = asked_at or self._ages[host][0]
        return Capture(began, seen, ours=self._inventory.succeeded_on(host) is not None)

    @property
    def _cis_ended(self) -> bool:
        return self._cis_scans is CisScans.OFF or self._cis[1] in cis.FINISHED

    def _waiting(self) -> list[HostScan]:
        return [scan for scan in self.hosts.values() if not scan.fresh and self._comes(scan)]

    def _comes(self, scan: HostScan) -> bool:
        """Return whether a scan may come within the limit."""
        if scan.host in self._in_vain:
            return False
        daily = scan.next_daily_scan
        return is_waited_for(scan) or (daily is not None and self._from <= daily <= self._until)

    def _ask_coverage(self) -> None:
        waiting = [scan.host for scan in self._waiting()]
        for row in coverage(self._connection, self._account, waiting, self._tags):
            self.hosts[row.host] = row.seen(self.hosts[row.host])
            if row.platform == WINDOWS:
                self._on_windows.add(row.host)

    def _proved(self, scan: HostScan) -> HostScan:
        if not scans_packages(scan) or scan.scanned_at is None:
            return scan
        if scan.mode == AGENTLESS:
            return newer(scan, scan.after)
        launched = self._launch.launched_at if self._launch.started else scan.after
        if scan.mode == VM_SCANNER:
            return newer(scan, max(launched, scan.after))
        windows = scan.host in self._on_windows
        execution = self._plugin if windows else self._inventory
        if execution.exists:
            captured = execution.succeeded_on(scan.host)
            if captured is None:
                return scan
            proved = self._after_its_capture(scan, execution, captured, windows=windows)
            if proved.fresh or self._connection.clock() - captured < self._patience:
                return proved
        if windows:
            return newer(scan, max(launched, scan.after))
        age = self._age(scan)
        capture, kept = self._capture(scan.host), self._earlier.kept.get(scan.host)
        proved = proved_by_kept(settled(scan, age, capture), age, capture, kept, self._limit)
        if seems_unchanged(proved, age):
            self._in_vain.add(scan.host)
        return proved

    def _after_its_capture(
        self, scan: HostScan, execution: AssociationExecution, seen: datetime, *, windows: bool
    ) -> HostScan:
        """Compare the scan with the capture, which was before `seen`; where that leaves it open, ask the host when."""
        proved, began = newer(scan, max(seen, scan.after)), execution.created_at
        if proved.fresh or windows or began is None or not newer(scan, max(began, scan.after)).fresh:
            return proved
        if scan.host not in self._captured:
            self._captured[scan.host] = inventory_captured_at(self._connection, scan.host)
        captured = self._captured[scan.host]
        return newer(scan, captured) if captured and captured >= began else scan

    def _age(self, scan: HostScan) -> InventoryAge | None:
        # What was installed stays installed: a host is asked again only after some time.
        now = self._connection.clock()
        asked_at, age = self._ages.get(scan.host, (None, None))
        if asked_at is None or now - asked_at >= self._patience:
            age = inventory_age(self._connection, scan.host)
            self._ages[scan.host] = (now, age)
        return age

    def _in_words(self) -> str:
        waiting = self._waiting()
        words = f"inventory {self._inventory.state or '-'}, CIS scan {self._cis[1] or '-'}"
        if not waiting:
            return words
        named = ", ".join(f"{scan.host} ({self._awaited(scan)})" for scan in waiting[:_HOSTS_SHOWN])
        more = f" and {len(waiting) - _HOSTS_SHOWN} more" if len(waiting) > _HOSTS_SHOWN else ""
        return f"{words}; waiting for {named}{more}"

    def _awaited(self, scan: HostScan) -> str:
        if not scan.status:
            return "Inspector has no record of it"
        if not scans_packages(scan):
            return scan.reason
        if scan.mode == VM_SCANNER:
            return "its VM scanner runs every 3 hours" + (
                ", and was started" if self._launch.vm_scanner_commands else ""
            )
        if scan.next_daily_scan:
            return f"agentless: its next scan is due at {scan.next_daily_scan:%Y-%m-%d %H:%M} UTC"
        if scan.clock_off:
            return "its clock is wrong: only a newer scan proves it"
        windows = scan.host in self._on_windows
        execution = self._plugin if windows else self._inventory
        if execution.exists and execution.succeeded_on(scan.host) is None:
            return "Inspector's plugin on it" if windows else "its inventory"
        return "Inspector has not read what it sent"
