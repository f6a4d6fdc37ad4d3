"""The assessment: what was launched, and how each host was scanned."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from postpatch.model.inventory import InventoryDigest

COVERAGE, INVENTORY, VERSIONS, FINDINGS = "coverage", "inventory", "versions", "findings"
UNCHANGED = "unchanged"
AGENTLESS = "EC2_AGENTLESS"  # botocore: ScanMode
# Inspector user guide, "Agentless scanning": every 24 hours. Its scans of one host are not to the minute.
AGENTLESS_EVERY, AGENTLESS_LATE = timedelta(hours=24), timedelta(hours=2)
MOST_SET_ASIDE = 1_000  # five pages, whatever an account holds


@dataclass(frozen=True)
class HostScan:
    """How a host was scanned. `proof` is what shows that the scan is fresh; empty: nothing does.

    `coverage`: Inspector scanned it after its inventory was captured for this run, or after its engine ran again.
    `inventory`: that inventory, captured `inventory_at`, lists nothing that was installed since Inspector's last scan.
    `unchanged`: that inventory equals the one on which Inspector's last scan rests, which an earlier snapshot keeps.
    `versions`: its packages have no time of installation, and each finding must agree with their versions.
    `findings`: its last scan is older than its patching, and its findings must show that Inspector knows what is
    installed.
    `clock_off` is by how much at least the host's clock is ahead (behind: negative), as AWS's own times show.
    """

    host: str
    after: datetime
    scanned_at: datetime | None = None
    inventory_at: datetime | None = None
    status: str = ""
    reason: str = ""
    mode: str = ""
    proof: str = ""
    clock_off: timedelta = timedelta(0)

    @property
    def fresh(self) -> bool:
        """Return whether the scan is newer than what it must prove."""
        return bool(self.proof)

    @property
    def next_daily_scan(self) -> datetime | None:
        """Return when Inspector scans an agentless host next; None for others, and if it scans it no more."""
        daily = self.mode == AGENTLESS and self.status == "ACTIVE"
        return self.scanned_at + AGENTLESS_EVERY if daily and self.scanned_at else None

    @property
    def by_inventory(self) -> bool:
        """Return whether the time of the scan alone does not show that it is fresh."""
        return self.proof in (INVENTORY, UNCHANGED, VERSIONS, FINDINGS)


@dataclass(frozen=True)
class CisHost:
    """A host's part in the CIS scan, `status` as `ListCisScanResultsAggregatedByTargetResource` says."""

    host: str
    status: str
    reason: str = ""
    failed: int = 0
    passed: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Launch:
    """What was started so that the hosts are assessed again; nothing for a read-only run.

    `association` captures the inventory, and `windows_association` runs Inspector's plugin on Windows hosts;
    `associations_started_at` is when AWS answered the call that started them.
    `vm_scanner_commands` started the VM scanner of hosts, where the policy allows that.
    `taken_up`: an earlier run started it and was broken off; this one goes on with it.
    """

    engine: str
    launched_at: datetime
    started: bool
    association: str = ""
    executions: tuple[str, ...] = ()
    cis_configuration: str = ""
    assessment_run: str = ""
    taken_up: bool = False
    windows_association: str = ""
    associations_started_at: datetime | None = None
    vm_scanner_commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScanRun:
    """The assessment, waited for.

    Inspector v2 tells the state of the inventory association and of the CIS scan (empty where none was found), Classic
    that of its assessment run. `covers` is what was looked for, where the engine lets that differ: its rules packages.
    `digests` are of the whole inventories that were read, of hosts whose packages have no time of installation.
    `set_aside` counts what Inspector covers beside hosts, by AWS's type and up to MOST_SET_ASIDE or a page more; None
    where that is not known.
    """

    launch: Launch
    finished_at: datetime
    inventory_state: str = ""
    cis_state: str = ""
    cis_scan: str = ""
    assessment_run: str = ""
    assessment_state: str = ""
    covers: tuple[str, ...] = ()
    timed_out: bool = False
    hosts: tuple[HostScan, ...] = ()
    cis_hosts: tuple[CisHost, ...] = ()
    set_aside: tuple[tuple[str, int], ...] | None = None
    digests: tuple[InventoryDigest, ...] = ()
