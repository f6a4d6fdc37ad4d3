"""One patch operation on one host: scan or install, and what Patch Manager then knows of the host."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ..hosts.fleet import Fleet
from ..hosts.host import Host, Package
from .baselines import Baseline
from .overrides import OverrideList
from .patches import Patch, applied, is_rejected, kb_id, lacking, listed, title

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # InstalledTime of what is not installed

LOOKING_TAKES = timedelta(seconds=40)
EACH_PATCH_TAKES = timedelta(seconds=3)
REBOOT_TAKES = timedelta(seconds=75)


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
    rows: list[dict[str, Any]] = field(default_factory=list)
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


class PatchRun:
    """Carry out one operation on one host, from `begin` to `end`, with a reboot between if one is due."""

    def __init__(self, host: Host, fleet: Fleet, decision: Decision, operation: str, reboot_option: str) -> None:
        self.host = host
        self.operation, self.reboot_option = operation, reboot_option
        self.failed: list[Patch] = []
        self.done: list[Patch] = []
        self.patches: list[Patch] = []
        self.baseline = decision.baseline
        self._decision, self._fleet = decision, fleet
        self._started_at = NEVER

    def begin(self, now: datetime) -> timedelta:
        """Look what is lacking, and tell how long the operation takes."""
        self._started_at = now
        facts = self._fleet.facts(self.host)
        only = self._decision.only if self.operation == "Install" else None
        if only is None:
            self.patches = lacking(self.host, facts, self.baseline, now)
        else:
            self.patches = listed(self.host, facts, only.holds, now)
        if self.operation == "Scan":
            return LOOKING_TAKES
        return LOOKING_TAKES + EACH_PATCH_TAKES * len(self.patches)

    def apply(self, now: datetime) -> timedelta:
        """Install what is lacking; tell how long the reboot takes, if there is one."""
        if self.operation == "Scan":
            return timedelta(0)
        for patch in self.patches:
            if patch.package.name in self.host.breaks_on:
                self.failed.append(patch)
            else:
                self.host.install(replace(patch.package, evr=patch.to, installed_at=now))
                self.done.append(patch)
        return REBOOT_TAKES if self.reboots else timedelta(0)

    @property
    def reboots(self) -> bool:
        """Tell whether the host reboots: RebootIfNeeded does after any installation, or for a pending one."""
        due = bool(self.done) or self.pending
        return self.operation == "Install" and self.reboot_option == "RebootIfNeeded" and due

    @property
    def pending(self) -> bool:
        """Tell whether a package was installed since the host was booted."""
        return any(self._awaits_reboot(package) for package in self.host.installed())

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
        report.rows = list(self._rows(now, report))
        return report

    def _rows(self, now: datetime, report: PatchReport) -> list[dict[str, Any]]:
        # "After an Install operation compliance does not list missing updates" (Patch Manager, compliance states).
        absent = {patch.package.name: (patch, "Failed") for patch in self.failed}
        if self.operation == "Scan":
            absent = {patch.package.name: (patch, "Missing") for patch in self.patches}
        rows = []
        for package in self.host.installed():
            if package.name in absent:
                patch, state = absent[package.name]
                row = _row(package, state, patch.classification, patch.severity, patch.to, NEVER)
                row["CVEIds"] = ",".join(patch.cves)
                report.compliance[row["KBId"]] = patch.compliance
            else:
                row = self._present(package, now)
            rows.append(row)
        return rows

    def _present(self, package: Package, now: datetime) -> dict[str, Any]:
        advisories = applied(self.host, package, self._fleet.facts(self.host), self.baseline, now)
        if is_rejected(self.baseline, package):
            state = "InstalledRejected"
        elif self._awaits_reboot(package):
            state = "InstalledPendingReboot"
        else:
            state = "Installed" if advisories else "InstalledOther"
        if state == "InstalledOther" or not advisories:
            return _row(package, state, "", "", package.evr, package.installed_at + self.host.clock_ahead)
        patch = Patch(package, package.evr, tuple(advisories), "")
        installed = package.installed_at + self.host.clock_ahead
        return _row(package, state, patch.classification, patch.severity, package.evr, installed)

    def _awaits_reboot(self, package: Package) -> bool:
        booted = self.host.booted_at
        return booted is not None and package.installed_at > booted


def _row(
    package: Package, state: str, classification: str, severity: str, evr: Any, installed: datetime
) -> dict[str, Any]:
    return {
        "Title": title(package, evr),
        "KBId": kb_id(package),
        "Classification": classification,
        "Severity": severity,
        "State": state,
        "InstalledTime": installed,
    }
