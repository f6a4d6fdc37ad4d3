"""Inspector's scans: what is known of each host, when it was looked at, and the findings that follow."""

from dataclasses import replace
from datetime import datetime, timedelta

from ..clock import Clock
from ..facts import systems
from ..hosts.fleet import Fleet
from ..hosts.host import Host, Inventory
from ..ids import Ids
from .deep_inspection import DEFAULT_PATHS, DeepInspection
from .finding import Finding, Seen
from .reasons import AGENTLESS, SSM_AGENT, VM_SCANNER, is_active, is_partial
from .vm_scanner import VmScanner
from .vulnerabilities import find_vulnerable, lacking_updates

NETWORK_SCANS_EVERY = timedelta(hours=12)
READ_AFTER = timedelta(seconds=60)
FIRST_NETWORK_SCAN_AFTER = timedelta(minutes=15)
# Agentless scans: Inspector user guide, "Agentless scanning": every 24 hours, of instances that SSM does not manage.
FIRST_DISK_SCAN_AFTER = timedelta(hours=1)
DISK_SCANS_EVERY = timedelta(hours=24)
TIDIED_EVERY = timedelta(hours=1)
EXCLUSION_TAG = "InspectorEc2Exclusion"  # whatever its value: Inspector user guide, "Excluding instances from scans"


class Scanner:
    """Scan hosts: software from what an engine on the host or of its volumes collected, ports from EC2's network.

    `unchanged_counts` says whether an inventory that is the same as the last one moves `lastScannedAt`;
    AWS documents neither. In the `hybrid` mode a host without an agent has its volumes scanned every 24 hours.
    `elsewhere` are resources of other types that are covered, by type and id.
    `enabled` is whether EC2 is scanned at all, and `behind` holds the ids of hosts whose inventory lies unread.
    `read_after` is how long an inventory waits until Inspector reads it. `reasons` gives hosts, by id, a reason of
    their coverage that the simulation does not find out by itself. `by_update` says whether Inspector reports Windows
    by update, as it does since March 2026, or by CVE. `vm_scanner_paths` are the folders in which the VM Scanner looks
    for packages of languages: AWS says that they are not necessarily the other engine's, and does not list them.
    `timed_out` are updates of Windows for which the plugin's queries ran out of time, so that it does not report them
    (Inspector user guide, "Scanning Windows EC2 instances": it may "report findings inconsistently").
    """

    def __init__(self, fleet: Fleet, clock: Clock, account: str, region: str) -> None:
        self.fleet = fleet
        self.unchanged_counts = True
        self.hybrid = False
        self.enabled = True
        self.behind: set[str] = set()
        self.read_after = READ_AFTER
        self.reasons: dict[str, str] = {}
        self.by_update = True
        self.timed_out: set[str] = set()
        self.vm_scanner_paths: tuple[str, ...] = DEFAULT_PATHS
        self.deep_inspection = DeepInspection()
        self.vm_scanner = VmScanner(fleet, clock, self._read_later)
        self.elsewhere: list[tuple[str, str]] = []
        self.package_scans: dict[str, datetime] = {}
        self.network_scans: dict[str, datetime] = {}
        self._by_host: dict[str, list[Finding]] = {}
        self._gone: set[str] = set()
        self._tidied_at = clock.now()
        self._clock = clock
        self._prefix = f"arn:aws:inspector2:{region}:{account}:finding/"
        self._ids = Ids("findings")
        self._latest: dict[tuple[str, str], Finding] = {}
        self._evaluated: dict[str, Inventory] = {}
        fleet.on_launch(lambda host: clock.after(FIRST_NETWORK_SCAN_AFTER, lambda: self.scan_network(host)))
        fleet.on_launch(lambda host: clock.after(FIRST_DISK_SCAN_AFTER, lambda: self._scan_disk_daily(host)))
        clock.every(NETWORK_SCANS_EVERY, self._scan_all_networks)

    @property
    def findings(self) -> list[Finding]:
        """List every finding that is kept, host by host."""
        return [finding for kept in self._by_host.values() for finding in kept]

    def inventory_arrived(self, host: Host) -> None:
        """Read a host's inventory, a little after it was captured; of Windows its own plugin sends what counts."""
        if host.inventory is not None and not host.windows and self.mode(host) == SSM_AGENT:
            self._read_later(host, host.inventory)

    def plugin_ran(self, host: Host) -> None:
        """Read what Inspector's plugin on a Windows host found out."""
        if host.windows and self.mode(host) == SSM_AGENT:
            self._read_later(host, host.look(self._clock.now()))

    def mode(self, host: Host) -> str:
        """Name the engine that scans a host, as `scanMode` does.

        In hybrid mode a host that is not managed or has sent no inventory is scanned without an agent (Inspector user
        guide, "Agentless scanning").
        """
        if host.vm_scanner:
            return VM_SCANNER
        return AGENTLESS if self.hybrid and (not host.managed or host.inventory is None) else SSM_AGENT

    def excluded(self, host: Host) -> bool:
        """Tell whether a tag keeps Inspector away from a host."""
        return EXCLUSION_TAG in self.fleet.instance(host).tags

    def supported(self, host: Host) -> bool:
        """Tell whether Inspector supports a host's operating system."""
        return host.platform in systems()

    def _scan_disk_daily(self, host: Host) -> None:
        if self.mode(host) == AGENTLESS:
            self._evaluate(host, host.look(self._clock.now()))
        self._clock.after(DISK_SCANS_EVERY, lambda: self._scan_disk_daily(host))

    def _evaluate(self, host: Host, inventory: Inventory) -> None:
        if not self._looks_at(host) or host.instance_id in self.behind:
            return
        before = self._evaluated.get(host.instance_id)
        if self.unchanged_counts or before is None or not before.same_as(inventory):
            self.package_scans[host.instance_id] = self._clock.now()
        self._evaluated[host.instance_id] = inventory
        self._reconcile(host, "PACKAGE", self._vulnerable(host, self._inspected(host, inventory, before)))

    def _read_later(self, host: Host, inventory: Inventory) -> None:
        self._clock.after(self.read_after, lambda: self._evaluate(host, inventory))

    def _inspected(self, host: Host, inventory: Inventory, before: Inventory | None) -> Inventory:
        """Leave in an inventory the packages of languages that the host's engine finds."""
        if is_partial(self.reasons.get(host.instance_id, "")):
            # Deep inspection collected nothing new: what it found before stays.
            return replace(inventory, languages=before.languages if before else ())
        deep, mode = self.deep_inspection, self.mode(host)
        if mode == AGENTLESS:
            return inventory
        if not deep.activated:
            return replace(inventory, languages=())
        folders = self.vm_scanner_paths if mode == VM_SCANNER else DEFAULT_PATHS
        return replace(inventory, languages=tuple(one for one in inventory.languages if deep.sees(one.path, folders)))

    def _vulnerable(self, host: Host, inventory: Inventory) -> dict[str, Seen]:
        facts, now = self.fleet.facts(host), self._clock.now()
        found = {cve: Seen(packages) for cve, packages in find_vulnerable(inventory, facts, now).items()}
        for update in lacking_updates(inventory, facts, now) if host.windows else ():
            if update.kb in self.timed_out and self.mode(host) == SSM_AGENT:
                continue
            if self.by_update:
                found[update.kb] = Seen(update=update)
            else:
                found |= {cve: Seen(update=update, cve=cve) for cve in update.cves}
        return found

    def scan_network(self, host: Host) -> None:
        """Look which ports of a host the internet reaches."""
        if not self._looks_at(host):
            return
        self.network_scans[host.instance_id] = self._clock.now()
        ports = self.fleet.ec2.reachable(host.instance_id)
        found = {f"{port.protocol} {port.begin}-{port.end}": Seen(port=port) for port in ports}
        self._reconcile(host, "NETWORK", found)

    def look_after(self) -> None:
        """Close what belongs to hosts that Inspector looks at no more, and forget what it has deleted by now."""
        now = self._clock.now()
        for host in self.fleet.hosts():
            ineligible = self.fleet.instance(host).state == "terminated" or not self._eligible(host)
            if ineligible and host.instance_id not in self._gone:
                for finding in self._by_host.get(host.instance_id, []):
                    if finding.status != "CLOSED":
                        finding.close(now, terminated=True)
            (self._gone.add if ineligible else self._gone.discard)(host.instance_id)
        if now - self._tidied_at >= TIDIED_EVERY:
            self._tidied_at = now
            self._forget_expired(now)

    def forget(self) -> None:
        """Forget every finding and every scan, as when scans of EC2 are switched off."""
        for kept in (self._by_host, self._latest, self._evaluated, self.package_scans, self.network_scans):
            kept.clear()

    def _eligible(self, host: Host) -> bool:
        return self.supported(host) and not self.excluded(host)

    def _looks_at(self, host: Host) -> bool:
        reason = self.reasons.get(host.instance_id)
        return self.enabled and self.fleet.running(host) and self._eligible(host) and (not reason or is_active(reason))

    def _forget_expired(self, now: datetime) -> None:
        for host_id, kept in self._by_host.items():
            self._by_host[host_id] = [finding for finding in kept if not finding.expired(now)]
        self._latest = {key: finding for key, finding in self._latest.items() if not finding.expired(now)}

    def _scan_all_networks(self) -> None:
        for host in self.fleet.hosts():
            self.scan_network(host)

    def _reconcile(self, host: Host, kind: str, found: dict[str, Seen]) -> None:
        now = self._clock.now()
        for key, seen in found.items():
            known = self._latest.get((host.instance_id, key))
            if known and known.may_reopen(now):
                known.seen(now, seen)
            else:
                self._open(host, key, seen)
        for finding in self._by_host.get(host.instance_id, []):
            mine = (finding.port is not None) == (kind == "NETWORK")
            if mine and finding.status != "CLOSED" and finding.key not in found:
                finding.close(now)

    def _open(self, host: Host, key: str, seen: Seen) -> None:
        now = self._clock.now()
        finding = Finding(self._prefix + self._ids.hexadecimal(32), host.instance_id, key, seen, now, now, now)
        self._by_host.setdefault(host.instance_id, []).append(finding)
        self._latest[host.instance_id, key] = finding
