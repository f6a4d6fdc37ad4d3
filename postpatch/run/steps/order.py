"""The steps of a collection, in the order in which they run."""

from collections.abc import Callable, Mapping

from postpatch.errors import NOT_RECORDED, CouldNotCheck
from postpatch.model import (
    Caller,
    EarlierRuns,
    ExistingWindow,
    Exploits,
    Host,
    HostInventory,
    HybridNodes,
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
from postpatch.run.collection import Collection, Step
from postpatch.run.steps import (
    account,
    assessment,
    baseline,
    earlier_runs,
    hosts,
    hybrid,
    installed,
    preflight,
    recorded,
    rescan,
    vulnrichment,
    window,
)

# Nothing is written before the preflight. Launched first, waited for last: the window is ensured and judged while the
# assessment runs.
AWS_STEPS: Mapping[str, Step] = {
    "account": Step(account.account, Caller),
    "rehearsal": Step(baseline.rehearsal, baseline.Rehearsal),
    "scope": Step(hosts.scope, ScopeMembers),
    "hosts": Step(hosts.hosts, tuple[Host, ...]),
    "images": Step(hosts.images, Images | None),
    "baseline": Step(baseline.baseline, Snapshot),
    "preflight": Step(preflight.preflight, preflight.Preflight),
    "launch": Step(assessment.launch, Launch),
    "window": Step(window.window, ExistingWindow),
    "history": Step(window.history, WindowHistory),
    "patching": Step(hosts.patching, Patching),
    "hybrid": Step(hybrid.hybrid, HybridNodes),
    "scan": Step(assessment.scan, ScanRun),
    "after": Step(assessment.after, Snapshot),
    "earlier_runs": Step(earlier_runs.earlier_runs, EarlierRuns),
    "departed": Step(hosts.departed, tuple[Host, ...]),
    "leftovers": Step(hosts.leftovers, Leftovers),
    "rescan": Step(rescan.rescan, Rescan),
    "installed": Step(installed.installed, tuple[HostInventory, ...]),
    "suppression": Step(assessment.suppression, tuple[SuppressionRule, ...]),
    "exploits": Step(assessment.exploits, Exploits),
    "vulnrichment": Step(vulnrichment.vulnrichment, Vulnrichment),
}
RECORDED_STEPS: Mapping[str, Step] = {
    "baseline": Step(recorded.baseline, Snapshot),
    "after": Step(recorded.after, Snapshot),
    "earlier_runs": Step(earlier_runs.earlier_runs, EarlierRuns),
    "vulnrichment": Step(vulnrichment.vulnrichment, Vulnrichment),
}


def unrun(steps: Mapping[str, Step]) -> Mapping[str, Step]:
    """Return the steps for judging a pack again: their values are already stored, and none of them runs."""
    return {name: Step(_absent(name), step.kind) for name, step in steps.items()}


def _absent(name: str) -> Callable[[Collection], None]:
    def absent(_: Collection) -> None:
        raise CouldNotCheck(f"{NOT_RECORDED}the pack does not contain step {name!r}, and re-judging never calls AWS")

    return absent
