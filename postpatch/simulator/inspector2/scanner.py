"""Inspector's scans: what is known of each host, when it was looked at, and the findings that follow."""

from datetime import datetime, timedelta

from ..clock import Clock
from ..hosts.ec2 import Reachable
from ..hosts.fleet import Fleet
from ..hosts.host import Host, Inventory
from ..ids import Ids
from .finding import Finding
from .vulnerabilities import VulnerablePackage, find_vulnerable

NETWORK_SCANS_EVERY = timedelta(hours=12)
EVALUATED_AFTER = timedelta(seconds=60)
FIRST_NETWORK_SCAN_AFTER = timedelta(minutes=15)
# Agentless scans: Inspector user guide, "Agentless scanning": every 24 hours, of instances that SSM does not manage.
FIRST_DISK_SCAN_AFTER = timedelta(hours=1)
DISK_SCANS_EVERY = timedelta(hours=24)
TIDIED_EVERY = timedelta(hours=1)
EXCLUSION_TAG = "InspectorEc2Exclusion"  # whatever its value: Inspector user guide, "Excluding instances from scans"
SUPPORTED = frozenset({"AMAZON_LINUX_2", "AMAZON_LINUX_2023"})  # of the systems that hosts here may run


class Scanner:
    """Scan hosts: packages from their last captured inventory, ports from EC2's network.

    `unchanged_counts` says whether an inventory that is the same as the last one moves `lastScannedAt`;
    AWS documents neither. In the `hybrid` mode a host without an agent has its volumes scanned every 24 hours.
    `enabled` is whether EC2 is scanned at all, and `behind` holds the ids of hosts whose inventory lies unread.
    """

    def __init__(self, fleet: Fleet, clock: Clock, account: str, region: str) -> None:
        self.fleet = fleet
        self.unchanged_counts = True
        self.hybrid = False
        self.enabled = True
        self.behind: set[str] = set()
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
        """Evaluate a host's inventory, a little after it was captured."""
        self._clock.after(EVALUATED_AFTER, lambda: self.scan_packages(host))

    def scan_packages(self, host: Host) -> None:
        """Compare a host's last captured inventory with the advisories known now."""
        if host.inventory is not None and not self.agentless(host):
            self._evaluate(host, host.inventory)

    def agentless(self, host: Host) -> bool:
        """Tell whether a host's volumes are scanned, there being no agent to ask."""
        return self.hybrid and not host.managed

    def excluded(self, host: Host) -> bool:
        """Tell whether a tag keeps Inspector away from a host."""
        return EXCLUSION_TAG in self.fleet.instance(host).tags

    def supported(self, host: Host) -> bool:
        """Tell whether Inspector supports a host's operating system."""
        return host.platform in SUPPORTED

    def _scan_disk_daily(self, host: Host) -> None:
        if self.agentless(host):
            self._evaluate(host, host.look(self._clock.now()))
        self._clock.after(DISK_SCANS_EVERY, lambda: self._scan_disk_daily(host))

    def _evaluate(self, host: Host, inventory: Inventory) -> None:
        if not self._looks_at(host) or host.instance_id in self.behind:
            return
        before = self._evaluated.get(host.instance_id)
        if self.unchanged_counts or before is None or _differ(before, inventory):
            self.package_scans[host.instance_id] = self._clock.now()
        self._evaluated[host.instance_id] = inventory
        found = find_vulnerable(inventory, self.fleet.facts(host), self._clock.now())
        self._reconcile(host, "PACKAGE", {cve: (packages, None) for cve, packages in found.items()})

    def scan_network(self, host: Host) -> None:
        """Look which ports of a host the internet reaches."""
        if not self._looks_at(host):
            return
        self.network_scans[host.instance_id] = self._clock.now()
        ports = self.fleet.ec2.reachable(host.instance_id)
        found: dict[str, tuple[tuple[VulnerablePackage, ...], Reachable | None]] = {
            f"{port.protocol} {port.begin}-{port.end}": ((), port) for port in ports
        }
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

    def _eligible(self, host: Host) -> bool:
        return self.supported(host) and not self.excluded(host)

    def _looks_at(self, host: Host) -> bool:
        return self.enabled and self.fleet.running(host) and self._eligible(host)

    def _forget_expired(self, now: datetime) -> None:
        for host_id, kept in self._by_host.items():
            self._by_host[host_id] = [finding for finding in kept if not finding.expired(now)]
        self._latest = {key: finding for key, finding in self._latest.items() if not finding.expired(now)}

    def _scan_all_networks(self) -> None:
        for host in self.fleet.hosts():
            self.scan_network(host)

    def _reconcile(
        self, host: Host, kind: str, found: dict[str, tuple[tuple[VulnerablePackage, ...], Reachable | None]]
    ) -> None:
        now = self._clock.now()
        for key, (packages, port) in found.items():
            known = self._latest.get((host.instance_id, key))
            if known and known.may_reopen(now):
                known.seen(now, packages, port)
            else:
                self._open(host, key, packages, port)
        for finding in self._by_host.get(host.instance_id, []):
            mine = (finding.port is not None) == (kind == "NETWORK")
            if mine and finding.status != "CLOSED" and finding.key not in found:
                finding.close(now)

    def _open(self, host: Host, key: str, packages: tuple[VulnerablePackage, ...], port: Reachable | None) -> None:
        now = self._clock.now()
        finding = Finding(
            self._prefix + self._ids.hexadecimal(32), host.instance_id, key, packages, port, now, now, now
        )
        self._by_host.setdefault(host.instance_id, []).append(finding)
        self._latest[host.instance_id, key] = finding


def _differ(one: Inventory, other: Inventory) -> bool:
    def told(inventory: Inventory) -> tuple[object, ...]:
        return (frozenset(inventory.packages), frozenset(inventory.languages), inventory.running_kernel)

    return told(one) != told(other)
