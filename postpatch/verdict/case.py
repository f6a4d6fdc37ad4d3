"""The case of one run: everything derived from the stored evidence, computed once for the checks and the report."""

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import chain
from typing import TypeVar

from postpatch.errors import CouldNotCheck
from postpatch.model import (
    Engine,
    Exploits,
    Vulnrichment,
)
from postpatch.policy import Policy
from postpatch.verdict.by_role import removable_by_role
from postpatch.verdict.causes.story import Scans, stories
from postpatch.verdict.changed_hosts import (
    ChangedHosts,
    changed_hosts,
    fixed_by_the_fleet,
    launched_since,
    runs_of_new_hosts,
)
from postpatch.verdict.deadlines import Deadlines, Known
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import LateDisclosures, PatchRuns, late_disclosures, patch_runs
from postpatch.verdict.evidence import Evidence
from postpatch.verdict.findings import unremoved
from postpatch.verdict.gates import Gate, gate_limits
from postpatch.verdict.headline import Headline, headline
from postpatch.verdict.holding import Holding
from postpatch.verdict.installed_versions import Shown, shown_by_versions
from postpatch.verdict.new_findings import fixable_before
from postpatch.verdict.proven_image import ProvenImage
from postpatch.verdict.remaining import Explained, RemainingFindings, Stories
from postpatch.verdict.removable import Removable, removable
from postpatch.verdict.suppression import Suppression, suppressed_groups, suppression_of, with_hidden
from postpatch.verdict.waivers import Waivers, WaiverUse, waiver_uses

Value = TypeVar("Value")


class Case:
    """Everything derived from the evidence of one run; each property is computed once, when it is first read.

    A property raises CouldNotCheck if its evidence could not be collected.
    """

    def __init__(self, evidence: Evidence, policy: Policy) -> None:
        self.evidence = evidence
        self.policy = policy

    @cached_property
    def compared(self) -> Delta:
        """Return the delta before it is known which of its new findings an earlier run saw fixed."""
        return Delta(self.evidence.baseline, self.evidence.after)

    @cached_property
    def delta(self) -> Delta:
        """Return the outcome of each finding; where the kept packs were not read, what came back is new."""
        delta = self.compared
        if earlier := known(lambda: self.evidence.earlier_runs):
            delta.resurface(earlier)
        return delta

    @cached_property
    def backlog(self) -> Mapping[str, tuple[str, ...]]:
        """Return the findings, by host, that what is installed contradicts; they are asked for only where it counts."""
        counts = any(scan.by_inventory for scan in self.evidence.scan.hosts)
        return self.delta.backlog if counts else {}

    @cached_property
    def by_versions(self) -> Mapping[str, Shown]:
        """Return what installed versions show of hosts that another tool may have patched, if the policy wants it."""
        stored, patching = self.evidence, self.evidence.patching if self.policy.patching.by_versions else None
        if patching is None:
            return {}
        hosts, taken_at = [host.id for host in stored.hosts], stored.baseline.manifest.taken_at
        return shown_by_versions(self.delta, patching, hosts, stored.installed, stored.launch, taken_at)

    @cached_property
    def stories(self) -> Stories:
        """Return what AWS reports about the patching of each host with a fixable finding, after a Scan if one ran."""
        found = self.stories_before_rescan
        if not self.policy.patching.rescan:
            return found
        again = self.evidence.rescan
        renewed = stories(again.patching, again.leftovers, self.policy.patching, self.scans)
        # A Scan overwrites the patch state, which may be all that showed an installation.
        return {**found, **{host: one.after_scan(found[host]) for host, one in renewed.items() if host in found}}

    @cached_property
    def stories_before_rescan(self) -> Stories:
        """Return what AWS reports about the patching of each host with a fixable finding, as this run found it."""
        left, patching = self.evidence.leftovers, self.evidence.patching
        return stories(patching, left, self.policy.patching, self.scans) if patching and left else {}

    @cached_property
    def scans(self) -> Scans:
        """Return when the assessment was launched, and when Inspector scanned each host last."""
        return Scans.of(self.evidence.launch, self.evidence.after.manifest)

    @cached_property
    def remaining(self) -> RemainingFindings:
        """Return the remaining findings with their causes."""
        return RemainingFindings(self.delta, self.stories)

    @cached_property
    def unremoved(self) -> tuple[Explained, ...]:
        """Return what remains that successful patching would have removed."""
        return unremoved(self.remaining, self.waivers, self.policy, self.holding)

    @cached_property
    def patch_runs(self) -> PatchRuns:
        """Return when each host's patch run began; for a host without an installation, the latest possible moment.

        Where hosts may change, that of a new host is the newest of the fleet's and its own.
        """
        patching, after = self.evidence.patching, self.evidence.after.manifest
        runs = patch_runs(patching, after.started_at)
        if not self.policy.scope.hosts_may_change or patching is None:
            return runs
        present = (host.id for host in after.hosts if host.present)
        return runs_of_new_hosts(runs, patching, self.evidence.baseline.manifest, present, self.image)

    @cached_property
    def late(self) -> LateDisclosures:
        """Return the findings disclosed after the patch run."""
        gates = self.policy.gate.disclosed_after == "fail"
        return late_disclosures(self.delta, self.patch_runs, self.evidence.judged_at, gates=gates)

    @cached_property
    def removable(self) -> Removable | None:
        """Return what patching can remove, before and after it; None if all findings are compared.

        Inspector Classic does not say which findings have a fix.
        """
        classic = self.evidence.after.manifest.engine == Engine.CLASSIC.service
        if classic or self.policy.gate.count == "all":
            return None
        found = removable(self.delta, self.remaining, self.late, self.waivers)
        return with_hidden(found, self.delta, self.suppressed, self.waivers)

    @cached_property
    def suppressed(self) -> tuple[tuple[Explained, ...], ...]:
        """Return the findings suppressed after patching; what is not known of patching excuses none of them."""
        return tuple(suppressed_groups(self.delta, known(lambda: self.stories) or {}))

    @cached_property
    def holding(self) -> Holding:
        """Return what decides whether a finding that the patch baseline holds back fails the run."""
        evidence = self.evidence
        return Holding(self.policy.patching, self.stories, lambda: evidence.exploits, evidence.judged_at)

    @cached_property
    def changed_hosts(self) -> ChangedHosts:
        """Return the hosts that came and went since the baseline, where the policy allows that."""
        if not self.policy.scope.hosts_may_change or self.delta.after.by_rows:
            return ChangedHosts()
        unfixed = fixable_before(self.remaining, self.waivers, self.policy, self.late, self.holding)
        overtaken = fixed_by_the_fleet(self.remaining, self.patch_runs, self.evidence.patching)
        left = (one.finding for one in chain(unfixed, overtaken))
        return changed_hosts(self.delta.baseline, self.delta.after, self.evidence.departed, left, self.image)

    @cached_property
    def image(self) -> ProvenImage | None:
        """Return the proven image that each host must come from; None without one, and for two files."""
        policy = self.policy.image
        if policy is None or (images := self.evidence.images) is None:
            return None
        return ProvenImage(policy, images, self.evidence.hosts, self.evidence.baseline.manifest)

    @cached_property
    def by_role(self) -> Mapping[str, Removable] | None:
        """Return what patching can remove by role; None where hosts are compared with themselves."""
        return removable_by_role(self.delta, self.remaining, self.late, self.waivers, self.image)

    @cached_property
    def never_patched(self) -> frozenset[str]:
        """Return the hosts that need no patching: new ones that none could reach, and those from the proven image."""
        patching = self.evidence.patching
        if not self.policy.scope.hosts_may_change or patching is None:
            return frozenset()
        new = launched_since(patching, self.evidence.baseline.manifest, self.evidence.hosts)
        return new | (self.image.needing_no_install(patching) if self.image else frozenset())

    @cached_property
    def waivers(self) -> Waivers:
        """Return the policy's waivers, as of the moment that is judged."""
        return Waivers(self.policy.waiver, self.delta, self.evidence.judged_at)

    @cached_property
    def waiver_uses(self) -> tuple[WaiverUse, ...]:
        """Return what each waiver of the policy does in this run."""
        return waiver_uses(self.delta, self.waivers)

    @cached_property
    def suppression(self) -> Suppression:
        """Return what is suppressed before and after patching; its rules are None where they could not be listed."""
        rules, late = known(lambda: self.evidence.suppression), known(lambda: self.late)
        return suppression_of(self.delta, rules, self.evidence.baseline.manifest.taken_at, self.suppressed, late)

    @cached_property
    def gate(self) -> Gate:
        """Return each limit of the policy with the number of findings that count against it."""
        limited, deadlines = self.policy.gate.exploited_max is not None, self.deadlines
        exploits = self.evidence.exploits if limited else Exploits()
        overdue = deadlines.is_overdue if deadlines else lambda _: False
        return gate_limits(self.delta, self.waivers, self.policy, exploits, overdue)

    @cached_property
    def deadlines(self) -> Deadlines | None:
        """Return by when each finding must be gone; None without `[deadline]`."""
        policy, stored = self.policy.deadline, self.evidence
        if policy is None:
            return None
        asks, hosts = policy.rule.needs_catalog, known(lambda: stored.hosts) or ()
        decisions = stored.vulnrichment if policy.vulnrichment else Vulnrichment()
        beside = Known(stored.exploits if asks else Exploits(), decisions, hosts, stored.patching)
        return Deadlines(self.delta, policy, beside, stored.judged_at)

    @cached_property
    def headline(self) -> Headline:
        """Return what is shown beside the verdict; read it when everything has been collected, the window too."""
        window = known(lambda: self.evidence.window)
        remaining, late = known(lambda: self.remaining), known(lambda: self.late)
        return headline(self.delta, remaining, window, self.evidence.judged_at, late)

    def close(self) -> None:
        """Free the database of the delta, if it was opened."""
        if "compared" in vars(self):
            self.compared.close()


def known(read: Callable[[], Value]) -> Value | None:
    """Return what `read` returns, or None if its evidence could not be collected: a report shows what there is."""
    try:
        return read()
    except CouldNotCheck:
        return None
