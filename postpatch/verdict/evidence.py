"""What a run has stored, as the case reads it; live, simulated and recorded runs each have their own."""

from datetime import datetime
from typing import Protocol

from postpatch.model import (
    Caller,
    EarlierRuns,
    ExistingWindow,
    Exploits,
    Host,
    HostInventory,
    Images,
    Launch,
    Leftovers,
    Patching,
    Rescan,
    ScanRun,
    ScopeMembers,
    Snapshot,
    SuppressionRule,
    Vulnrichment,
    WindowHistory,
)


class Evidence(Protocol):
    """What a run has stored. A property raises CouldNotCheck, with the reason, if its data could not be collected."""

    @property
    def caller(self) -> Caller:
        """Return who called AWS; for files, the account whose findings they hold."""

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Return the hosts in scope, after patching."""

    @property
    def members(self) -> ScopeMembers:
        """Return the instances that the scope names, and what of a stack was not examined."""

    @property
    def launch(self) -> Launch:
        """Return what was started so that the hosts are assessed again."""

    @property
    def scan(self) -> ScanRun:
        """Return the assessment after patching."""

    @property
    def window(self) -> ExistingWindow:
        """Return the maintenance window with its targets and tasks, as they exist after ensuring them."""

    @property
    def history(self) -> WindowHistory:
        """Return the executions of the window since it was created or changed."""

    @property
    def baseline(self) -> Snapshot:
        """Return the findings before patching."""

    @property
    def after(self) -> Snapshot:
        """Return the findings after patching."""

    @property
    def earlier_runs(self) -> EarlierRuns:
        """Return which new findings earlier runs saw fixed, from the packs that were kept when this run collected."""

    @property
    def patching(self) -> Patching | None:
        """Return what Patch Manager and Run Command report about the hosts; None for files."""

    @property
    def images(self) -> Images | None:
        """Return the policy's proven image, and when the hosts' images were created; None without one."""

    @property
    def departed(self) -> tuple[Host, ...]:
        """Return the hosts of the baseline that exist and are not in scope, where the policy allows hosts to change."""

    @property
    def leftovers(self) -> Leftovers | None:
        """Return what AWS reports about the hosts on which a fixable finding remains; None for files."""

    @property
    def rescan(self) -> Rescan:
        """Return what Patch Manager reports after the Scan that the policy allows; empty if there was none."""

    @property
    def installed(self) -> tuple[HostInventory, ...]:
        """Return the inventories of the hosts that another tool may have patched, if the policy lets these count."""

    @property
    def suppression(self) -> tuple[SuppressionRule, ...] | None:
        """Return the suppression rules after patching; None for files."""

    @property
    def exploits(self) -> Exploits:
        """Return what AWS reports about exploits beyond its findings; empty for files."""

    @property
    def vulnrichment(self) -> Vulnrichment:
        """Return what CISA decided of the vulnerabilities, from the records that the policy names."""

    @property
    def judged_at(self) -> datetime:
        """Return the moment at which waivers and disclosures are judged, by the clock of what answered."""
