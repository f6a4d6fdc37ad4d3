"""One patch operation on one host: scan or install, and what Patch Manager then knows of the host."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from ..hosts.fleet import Fleet
from ..hosts.host import Host
from .baselines import Baseline
from .overrides import OverrideList

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # InstalledTime of what is not installed

LOOKING_TAKES = timedelta(seconds=40)
EACH_PATCH_TAKES = timedelta(seconds=3)
REBOOT_TAKES = timedelta(seconds=75)

Row = dict[str, Any]
Wanted = TypeVar("Wanted")


@dataclass
class PatchReport:
    """What Patch Manager keeps of the last operation on one host; every operation overwrites it."""

    instance_id: str
    group: str
    baseline_id: str
    snapshot_id: str
    operation: str
    reboot_option: str | None
    started_at: datetime
    ended_at: datetime
    override_list: str | None = None
    rows: list[Row] = field(default_factory=list)
    compliance: dict[str, str] = field(default_factory=dict)
    last_no_reboot_install: datetime | None = None

    def count(self, state: str) -> int:
        """Count the rows in a state, by its name on the wire."""
        return sum(row["State"] == state for row in self.rows)


@dataclass(frozen=True)
class Decision:
    """What decides on a host: the baseline, and the list that limits an installation, with its place in S3.

    `told_id` is the baseline that the patch state names, which a patch policy's override is not.
    """

    baseline: Baseline
    group: str
    told_id: str
    only: OverrideList | None = None
    override_list: str | None = None


class PatchRun(ABC, Generic[Wanted]):
    """Carry out one operation on one host, from `begin` to `end`, with a reboot between if one is due."""

    def __init__(self, host: Host, fleet: Fleet, decision: Decision, operation: str, reboot_option: str) -> None:
        self.host, self.facts = host, fleet.facts(host)
        self.operation, self.reboot_option = operation, reboot_option
        self.failed: list[Wanted] = []
        self.done: list[Wanted] = []
        self.patches: list[Wanted] = []
        self.baseline = decision.baseline
        self._decision = decision
        self._started_at = NEVER

    def begin(self, now: datetime) -> timedelta:
        """Look what is lacking, and tell how long the operation takes."""
        self._started_at = now
        self.patches = self.wanted(self._decision.only if self.operation == "Install" else None, now)
        if self.operation == "Scan":
            return LOOKING_TAKES
        return LOOKING_TAKES + EACH_PATCH_TAKES * len(self.patches)

    def apply(self, now: datetime) -> timedelta:
        """Install what is lacking; tell how long the reboot takes, if there is one."""
        if self.operation == "Scan":
            return timedelta(0)
        for patch in self.patches:
            if self.name(patch) in self.host.breaks_on:
                self.failed.append(patch)
            else:
                self.install(patch, now)
                self.done.append(patch)
        return REBOOT_TAKES if self.reboots else timedelta(0)

    @property
    def reboots(self) -> bool:
        """Tell whether the host reboots: RebootIfNeeded does after any installation, or for a pending one."""
        due = bool(self.done) or self.pending
        return self.operation == "Install" and self.reboot_option == "RebootIfNeeded" and due

    @property
    def pending(self) -> bool:
        """Tell whether something was installed since the host was booted."""
        return any(map(self.awaits_reboot, self.installed_at()))

    def awaits_reboot(self, installed_at: datetime) -> bool:
        """Tell whether the host has not booted since something was installed."""
        return self.host.booted_at is not None and installed_at > self.host.booted_at

    def end(self, now: datetime, before: PatchReport | None, snapshot_id: str) -> PatchReport:
        """Boot if due, and report."""
        if self.reboots:
            self.host.boot(now)
        ahead = self.host.clock_ahead
        last = before.last_no_reboot_install if before else None
        if self.operation == "Install" and self.reboot_option == "NoReboot":
            last = now + ahead
        report = PatchReport(
            instance_id=self.host.instance_id,
            group=self._decision.group,
            baseline_id=self._decision.told_id,
            snapshot_id=snapshot_id,
            operation=self.operation,
            reboot_option=self.reboot_option,
            started_at=self._started_at + ahead,
            ended_at=now + ahead,
            last_no_reboot_install=last,
            override_list=self._decision.override_list,
        )
        report.rows = list(self.rows(now, report))
        return report

    @abstractmethod
    def wanted(self, only: OverrideList | None, now: datetime) -> list[Wanted]:
        """List what the operation is to install: what the baseline approves, or what an override list names."""

    @abstractmethod
    def name(self, patch: Wanted) -> str:
        """Name what is installed, as a host's `breaks_on` does."""

    @abstractmethod
    def install(self, patch: Wanted, now: datetime) -> None:
        """Install one patch."""

    @abstractmethod
    def installed_at(self) -> Iterable[datetime]:
        """List when all that is installed was installed."""

    @abstractmethod
    def rows(self, now: datetime, report: PatchReport) -> Iterable[Row]:
        """Write what DescribeInstancePatches then lists, and note in `report` the compliance of what is absent."""
