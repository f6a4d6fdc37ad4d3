"""AWS-RunPatchBaseline on a Windows host: updates by KB id, each in the state that Patch Manager gives it.

Source: Systems Manager user guide, "Patch compliance state values": an update that a later one replaces is
NotApplicable, and a security update that the baseline does not approve yet is AvailableSecurityUpdate.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ..facts import WindowsUpdate
from ..hosts.host import InstalledUpdate
from .baselines import Baseline
from .overrides import OverrideList
from .patch_runs import NEVER, PatchReport, PatchRun, Row
from .patches import is_due

SECURITY = "SecurityUpdates"


class WindowsPatchRun(PatchRun[WindowsUpdate]):
    """Carry out AWS-RunPatchBaseline on one Windows host."""

    def wanted(self, only: OverrideList | None, now: datetime) -> list[WindowsUpdate]:
        """List the updates that the host lacks and that the baseline approves, or the list names."""
        if only is None:
            return [update for update in self._needed(now) if self._approves(update, now)]
        installed = {update.kb for update in self.host.updates}
        return [one for one in self._known(now) if one.kb not in installed and only.names((one.kb,), one.title)]

    def name(self, patch: WindowsUpdate) -> str:
        """Name the update by its KB id."""
        return patch.kb

    def install(self, patch: WindowsUpdate, now: datetime) -> None:
        """Install the update; it takes effect when the host boots."""
        self.host.updates.append(InstalledUpdate(patch.kb, now))

    def installed_at(self) -> Iterable[datetime]:
        """List when the updates were installed."""
        return (update.installed_at for update in self.host.updates)

    def rows(self, now: datetime, report: PatchReport) -> list[Row]:
        """Write one row for each update that is installed, lacking or not applicable."""
        installed = {update.kb: update for update in self.host.updates}
        needed = {update.kb for update in self._needed(now)}
        rows = []
        for update in self._known(now):
            state, moment = self._state(update, installed.get(update.kb), needed, now)
            if state:
                rows.append(_row(update, state, moment))
            if state in ("Missing", "Failed"):
                report.compliance[update.kb] = "UNSPECIFIED"
        return rows

    def _known(self, now: datetime) -> list[WindowsUpdate]:
        offered = (update for update in self.facts.updates if update.kb not in self.host.not_offered)
        return [update for update in offered if update.released <= now]

    def _needed(self, now: datetime) -> list[WindowsUpdate]:
        """List the updates that are neither installed nor replaced by one that is installed or approved."""
        known = self._known(now)
        released = {update.kb for update in known}
        installed = {update.kb for update in self.host.updates}
        approved = {update.kb for update in known if self._approves(update, now)}
        replacing = (installed | approved) & released
        return [
            update
            for update in known
            if update.kb not in installed and not self.facts.superseding(update.kb) & replacing
        ]

    def _approves(self, update: WindowsUpdate, now: datetime) -> bool:
        product = self.host.system.product
        return not _is_rejected(self.baseline, update) and (
            update.kb in self.baseline.params.get("ApprovedPatches", ())
            or any(
                _filtered_in(rule["PatchFilterGroup"], update, product) and is_due(rule, update.released, now)
                for rule in self.baseline.rules
            )
        )

    def _state(
        self, update: WindowsUpdate, installed: InstalledUpdate | None, needed: set[str], now: datetime
    ) -> tuple[str, datetime]:
        if installed:
            moment = installed.installed_at + self.host.clock_ahead
            if self.awaits_reboot(installed.installed_at):
                return "InstalledPendingReboot", moment
            if self.facts.superseding(update.kb) & {one.kb for one in self.host.updates}:
                return "NotApplicable", NEVER
            state = "InstalledRejected" if _is_rejected(self.baseline, update) else "InstalledOther"
            return ("Installed" if self._approves(update, now) else state), moment
        if update.kb not in needed:
            return "NotApplicable", NEVER
        if update in self.failed:
            return "Failed", NEVER
        if not self._approves(update, now):
            return ("AvailableSecurityUpdate" if update.classification == SECURITY else ""), NEVER
        # After an Install compliance does not list what is missing.
        return ("Missing" if self.operation == "Scan" else ""), NEVER


def _row(update: WindowsUpdate, state: str, installed: datetime) -> Row:
    bare = state in ("InstalledOther", "NotApplicable")
    row: Row = {
        "Title": update.title,
        "KBId": update.kb,
        "Classification": "" if bare else update.classification,
        "Severity": "" if bare else update.severity,
        "State": state,
        "InstalledTime": installed,
    }
    if state in ("Missing", "Failed"):
        row["CVEIds"] = ",".join(update.cves)
    return row


def _is_rejected(baseline: Baseline, update: WindowsUpdate) -> bool:
    return update.kb in baseline.params.get("RejectedPatches", ())


def _filtered_in(group: dict[str, Any], update: WindowsUpdate, product: str) -> bool:
    held = {
        "PRODUCT": product,
        "PRODUCT_FAMILY": "Windows",
        "PATCH_SET": "OS",
        "CLASSIFICATION": update.classification,
        "MSRC_SEVERITY": update.severity,
        "PATCH_ID": update.kb,
    }
    return all(
        "*" in entry["Values"] or held.get(entry["Key"]) in entry["Values"] for entry in group.get("PatchFilters", [])
    )
