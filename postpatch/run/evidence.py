"""The stored evidence of a run, read by name: from AWS, or from two exported files."""

from datetime import datetime
from typing import cast

from postpatch.errors import CouldNotCheck
from postpatch.evidence.kept import read_kept
from postpatch.evidence.request import REQUEST, RunRequest
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
from postpatch.run.collection import Collection


class AwsEvidence:
    """What a run collected from AWS; see `postpatch.verdict.case.Evidence`."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    @property
    def caller(self) -> Caller:
        """Return who called AWS."""
        return cast(Caller, self._collection.value("account"))

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Return the hosts in scope, after patching."""
        return cast(tuple[Host, ...], self._collection.value("hosts"))

    @property
    def members(self) -> ScopeMembers:
        """Return the instances that the scope names."""
        return cast(ScopeMembers, self._collection.value("scope"))

    @property
    def launch(self) -> Launch:
        """Return what was started so that the hosts are assessed again."""
        return cast(Launch, self._collection.value("launch"))

    @property
    def scan(self) -> ScanRun:
        """Return the assessment after patching."""
        return cast(ScanRun, self._collection.value("scan"))

    @property
    def window(self) -> ExistingWindow:
        """Return the maintenance window, after ensuring it."""
        return cast(ExistingWindow, self._collection.value("window"))

    @property
    def history(self) -> WindowHistory:
        """Return the executions of the window."""
        return cast(WindowHistory, self._collection.value("history"))

    @property
    def baseline(self) -> Snapshot:
        """Return the findings before patching."""
        return cast(Snapshot, self._collection.value("baseline"))

    @property
    def after(self) -> Snapshot:
        """Return the findings after patching."""
        return cast(Snapshot, self._collection.value("after"))

    @property
    def earlier_runs(self) -> EarlierRuns:
        """Return which new findings earlier runs saw fixed."""
        return cast(EarlierRuns, self._collection.value("earlier_runs"))

    @property
    def patching(self) -> Patching:
        """Return what Patch Manager and Run Command report about the hosts."""
        return cast(Patching, self._collection.value("patching"))

    @property
    def images(self) -> Images | None:
        """Return the proven image, and when the hosts' images were created."""
        return cast(Images | None, self._collection.value("images"))

    @property
    def departed(self) -> tuple[Host, ...]:
        """Return the hosts of the baseline that exist and are not in scope."""
        return cast(tuple[Host, ...], self._collection.value("departed"))

    @property
    def leftovers(self) -> Leftovers:
        """Return what AWS reports of the hosts on which a fixable finding remains."""
        return cast(Leftovers, self._collection.value("leftovers"))

    @property
    def rescan(self) -> Rescan:
        """Return what Patch Manager reports after the Scan that the policy allows."""
        return cast(Rescan, self._collection.value("rescan"))

    @property
    def installed(self) -> tuple[HostInventory, ...]:
        """Return the inventories of the hosts that another tool may have patched."""
        return cast(tuple[HostInventory, ...], self._collection.value("installed"))

    @property
    def suppression(self) -> tuple[SuppressionRule, ...]:
        """Return the rules that hide findings after patching."""
        return cast(tuple[SuppressionRule, ...], self._collection.value("suppression"))

    @property
    def exploits(self) -> Exploits:
        """Return what AWS reports about exploits beyond its findings."""
        return cast(Exploits, self._collection.value("exploits"))

    @property
    def vulnrichment(self) -> Vulnrichment:
        """Return what CISA decided of the vulnerabilities."""
        return cast(Vulnrichment, self._collection.value("vulnrichment"))

    @property
    def judged_at(self) -> datetime:
        """Return when the findings after patching were read, by the clock of what answered."""
        return self.after.manifest.taken_at


class RecordedEvidence:
    """What two exported files contain: findings and their hosts, and no other data from AWS."""

    patching = None
    images = None
    departed: tuple[Host, ...] = ()
    leftovers = None
    installed: tuple[HostInventory, ...] = ()
    rescan = Rescan()
    suppression = None
    exploits = Exploits()

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    @property
    def caller(self) -> Caller:
        """Return whose findings the files hold; files have no caller."""
        manifest = self.baseline.manifest
        return Caller(manifest.account, manifest.region, "")

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Raise CouldNotCheck: the files do not contain the scope."""
        raise _needs_aws()

    @property
    def members(self) -> ScopeMembers:
        """Raise CouldNotCheck: the files do not contain the scope."""
        raise _needs_aws()

    @property
    def launch(self) -> Launch:
        """Raise CouldNotCheck: nothing was launched."""
        raise _needs_aws()

    @property
    def scan(self) -> ScanRun:
        """Raise CouldNotCheck: nothing was scanned in this run."""
        raise _needs_aws()

    @property
    def window(self) -> ExistingWindow:
        """Raise CouldNotCheck: the files do not contain the window."""
        raise _needs_aws()

    @property
    def history(self) -> WindowHistory:
        """Raise CouldNotCheck: the files do not contain the window."""
        raise _needs_aws()

    @property
    def baseline(self) -> Snapshot:
        """Return the findings of the earlier file."""
        return cast(Snapshot, self._collection.value("baseline"))

    @property
    def after(self) -> Snapshot:
        """Return the findings of the later file."""
        return cast(Snapshot, self._collection.value("after"))

    @property
    def earlier_runs(self) -> EarlierRuns:
        """Return which new findings earlier runs on files saw fixed."""
        return cast(EarlierRuns, self._collection.value("earlier_runs"))

    @property
    def vulnrichment(self) -> Vulnrichment:
        """Return what CISA decided of the vulnerabilities."""
        return cast(Vulnrichment, self._collection.value("vulnrichment"))

    @property
    def judged_at(self) -> datetime:
        """Return the moment at which the run on the files began."""
        request: RunRequest = read_kept(self._collection.folder / REQUEST, RunRequest)
        return request.started_at


def _needs_aws() -> CouldNotCheck:
    return CouldNotCheck("Use --aws live: two exported files do not contain this.")
