"""AWS-RunPatchBaseline on a Linux host: packages, in the state that Patch Manager gives each.

Source: Systems Manager user guide, "Patch compliance state values".
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ..hosts.host import Package
from ..hosts.rpm import Evr
from .overrides import OverrideList
from .patch_runs import NEVER, PatchReport, PatchRun, Row
from .patches import Patch, applied, is_rejected, kb_id, lacking, listed, title


class LinuxPatchRun(PatchRun[Patch]):
    """Carry out AWS-RunPatchBaseline on one Linux host."""

    def wanted(self, only: OverrideList | None, now: datetime) -> list[Patch]:
        """List the packages that the host lacks a newer version of."""
        if only is None:
            return lacking(self.host, self.facts, self.baseline, now)
        return listed(self.host, self.facts, only, now)

    def name(self, patch: Patch) -> str:
        """Name the package that is replaced."""
        return patch.package.name

    def install(self, patch: Patch, now: datetime) -> None:
        """Install the newer version."""
        self.host.install(replace(patch.brought, installed_at=now))

    def installed_at(self) -> Iterable[datetime]:
        """List when the packages were installed."""
        return (package.installed_at for package in self.host.installed())

    def rows(self, now: datetime, report: PatchReport) -> list[Row]:
        """Write one row for each installed package, and one for what a newer package of another name brings."""
        # "After an Install operation compliance does not list missing updates" (Patch Manager, compliance states).
        absent = {patch.package.name: (patch, "Failed") for patch in self.failed}
        if self.operation == "Scan":
            absent = {patch.package.name: (patch, "Missing") for patch in self.patches}
        rows = []
        for package in self.host.installed():
            patch, state = absent.get(package.name, (None, ""))
            if patch:
                rows.append(self._absent(patch, state))
                report.compliance[rows[-1]["KBId"]] = patch.compliance
            if patch is None or patch.brought.name != package.name:
                rows.append(self._present(package, now))
        return rows

    def _absent(self, patch: Patch, state: str) -> Row:
        row = self._row(patch.brought, state, patch.classification, patch.severity, patch.to, NEVER)
        # apt does not know which CVEs a package fixes.
        return row if self.host.system.packages == "dpkg" else row | {"CVEIds": ",".join(patch.cves)}

    def _present(self, package: Package, now: datetime) -> Row:
        advisories = applied(package, self.facts, self.baseline, now)
        if is_rejected(self.baseline, package):
            state = "InstalledRejected"
        elif self.awaits_reboot(package.installed_at):
            state = "InstalledPendingReboot"
        else:
            state = "Installed" if advisories else "InstalledOther"
        installed = package.installed_at + self.host.clock_ahead
        if state == "InstalledOther" or not advisories:
            return self._row(package, state, "", "", package.evr, installed)
        patch = Patch(package, package.evr, tuple(advisories), "")
        return self._row(package, state, patch.classification, patch.severity, package.evr, installed)

    def _row(
        self, package: Package, state: str, classification: str, severity: str, evr: Evr, installed: datetime
    ) -> Row:
        return {
            "Title": title(package, evr),
            "KBId": kb_id(package),
            "Classification": classification,
            # Neither Ubuntu's nor Debian's repositories give a severity.
            "Severity": "" if self.host.system.packages == "dpkg" else severity,
            "State": state,
            "InstalledTime": installed,
        }
