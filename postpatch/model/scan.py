"""The assessment: what was launched, and how each host was scanned."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class HostScan:
    """How a host was scanned. `proof` is `coverage` or `inventory`; empty: the scan is not newer than `after`."""

    host: str
    after: datetime
    scanned_at: datetime | None = None
    inventory_at: datetime | None = None
    status: str = ""
    reason: str = ""
    mode: str = ""
    proof: str = ""

    @property
    def fresh(self) -> bool:
        """Return whether the scan is newer than what it must prove."""
        return bool(self.proof)


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


@dataclass(frozen=True)
class ScanRun:
    """The assessment, waited for.

    Inspector v2 tells the state of the inventory association and of the CIS scan (empty where none was found), Classic
    that of its assessment run. `covers` is what was looked for, where the engine lets that differ: its rules packages.
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
