"""One judged run: the outcomes of its checks, the evidence behind them, and the verdict that every output reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from postpatch.model import (
    NO_CHANGE,
    Backend,
    Caller,
    Change,
    Delivery,
    ExistingWindow,
    ExpectedWindow,
    Exploits,
    Host,
    HybridNodes,
    Launch,
    Manifest,
    Mode,
    Patching,
    ScanRun,
    Scope,
)
from postpatch.text.legible import shortened
from postpatch.verdict.cause_words import Known, cause_in_words, first_to_do
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.deadlines import Deadlines
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.facts import count
from postpatch.verdict.gates import Gate
from postpatch.verdict.headline import Headline
from postpatch.verdict.hybrid import alone
from postpatch.verdict.installation import Ending, newest_installation
from postpatch.verdict.installed_versions import Shown, labelled
from postpatch.verdict.outcomes import CheckOutcome, Outcome
from postpatch.verdict.remaining import Explained, RemainingFindings
from postpatch.verdict.root_causes import EXECUTION, LIMITS, WAIVERS, WINDOW, Circumstances, RootCause, root_causes
from postpatch.verdict.suppression import Suppression
from postpatch.verdict.waivers import Waivers, WaiverUse

__all__ = ["CheckOutcome", "Outcome", "Run", "Unproven", "Verdict"]

_CAUSES = 2  # root causes in the sentence of a verdict
_SENTENCE = 300  # characters of each


class Verdict(StrEnum):
    """The verdict of a run."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    ERROR = "ERROR"
    PARTIAL = "PARTIAL"


@dataclass(frozen=True)
class Unproven:
    """Checks that are not proven for the same reason."""

    checks: tuple[CheckOutcome, ...]
    outcome: Outcome
    reason: str

    @property
    def ids(self) -> str:
        """Return the ids of the checks, in one line."""
        return ", ".join(check.id for check in self.checks)


@dataclass(frozen=True)
class Run:
    """A run with everything that is reported about it; what could not be collected is None or empty.

    `interrupted`: it was stopped before all checks had finished. `nodes_alone`: its scope has hybrid nodes alone.
    """

    mode: Mode
    world: str
    engine: str
    tool: str
    read_only: bool
    policy: str
    policy_sha256: str
    scope: Scope
    time_zone: str
    started_at: datetime
    finished_at: datetime
    checks: tuple[CheckOutcome, ...]
    caller: Caller | None = None
    hosts: tuple[Host, ...] = ()
    launch: Launch | None = None
    scan: ScanRun | None = None
    patching: Patching | None = None
    window: ExistingWindow | None = None
    expected: ExpectedWindow | None = None
    baseline: Manifest | None = None
    after: Manifest | None = None
    delta: Delta | None = None
    remaining: RemainingFindings | None = None
    unremoved: tuple[Explained, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    endpoint_url: str = ""
    waivers: tuple[WaiverUse, ...] = ()
    accepted: Waivers | None = None
    exploits: Exploits = field(default_factory=Exploits)
    gate: Gate | None = None
    deadlines: Deadlines | None = None
    late: LateDisclosures | None = None
    suppression: Suppression | None = None
    headline: Headline | None = None
    by_versions: Mapping[str, Shown] = field(default_factory=dict)
    hybrid: HybridNodes = field(default_factory=HybridNodes)
    nodes_alone: bool = False
    id: str = ""
    interrupted: bool = False
    recurs_by: str = "maintenance window"
    change: Change = NO_CHANGE
    notices: tuple[Delivery, ...] = ()

    @property
    def simulated(self) -> bool:
        """Return whether this run proves nothing about any real host, because something other than AWS answered."""
        return self.backend.simulated

    @property
    def stage(self) -> str:
        """Return in words what replaced AWS; an empty text if AWS itself answered or files were read."""
        return str(self.backend)

    @property
    def backend(self) -> Backend:
        """Return what answered this run's calls."""
        return Backend(self.mode, self.world, self.endpoint_url)

    @property
    def unproven(self) -> tuple["Unproven", ...]:
        """Return the failed checks, then those that could not be checked; checks with the same reason are grouped."""
        groups: dict[tuple[Outcome, str], list[CheckOutcome]] = {}
        for outcome in (Outcome.FAILED, Outcome.ERROR):
            for check in self.checks:
                if check.outcome is outcome:
                    groups.setdefault((outcome, check.reason), []).append(check)
        return tuple(Unproven(tuple(checks), outcome, reason) for (outcome, reason), checks in groups.items())

    @cached_property
    def causes(self) -> tuple[RootCause, ...]:
        """Return the root causes of what is not proven, each with the checks that fail because of it."""
        return root_causes(self.checks, self._circumstances)

    def in_words(self, cause: RootCause) -> str:
        """Return what went wrong in one sentence, without a period: `nothing was installed on 3 of 3 hosts`."""
        window = self.window.window if self.window else None
        name = f"{self.recurs_by} {window.name} ({window.id})" if window else self.recurs_by
        return cause_in_words(cause, Known(self._circumstances, self.unremoved, name))

    @cached_property
    def _circumstances(self) -> Circumstances:
        existing, patching = self.window, self.patching
        online = {host.host for host in existing.managed if host.ping == "Online"} if existing else set()
        hosts = [host.id for host in self.hosts]
        never = (host for host in hosts if patching and newest_installation(patching, host).ending is Ending.NONE)
        left: dict[Kind, set[str]] = {}
        for one in self.unremoved:
            left.setdefault(one.kind, set()).add(one.finding.host)
        return Circumstances(
            unreached=frozenset(existing.selected) - online if existing else frozenset(),
            never_installed=frozenset(never),
            left={kind: frozenset(named) for kind, named in left.items()},
            none_scanned=self.delta is not None and self.delta.scans.none,
        )

    @property
    def verdict(self) -> Verdict:
        """Return the verdict: a failed check outranks an error, and an error outranks a check that was not assessed."""
        outcomes = {check.outcome for check in self.checks}
        if Outcome.FAILED in outcomes:
            return Verdict.FAIL
        if Outcome.ERROR in outcomes:
            return Verdict.ERROR
        left_out = any(check.outcome is Outcome.NOT_ASSESSED and not check.declared for check in self.checks)
        # A run in which no check passed has proven nothing.
        unproven = left_out or self.interrupted or Outcome.PASSED not in outcomes
        return Verdict.PARTIAL if unproven else Verdict.PASS

    @property
    def numbers(self) -> str:
        """Return the findings by outcome in one line; an empty text if they could not be compared."""
        if self.delta is None:
            return ""
        counts, scans = self.delta.counts, self.delta.scans
        reconstructed = "reconstructed " if self.baseline and self.baseline.reconstructed else ""
        before_all = f"findings: {reconstructed}baseline {counts.baseline}"
        if scans.none:
            return f"{before_all}; after, and what became of each: not known: {scans.words}"
        absent = counts.fixed_by_absence if self.mode is Mode.RECORDED else 0
        fixed = f"{counts.fixed} fixed" + (f" ({absent} without a CLOSED row)" if absent else "")
        before, now = self.delta.hidden.before.fixable, self.delta.hidden.after.fixable
        hidden = f"; suppressed, and with a fix: {before} before, {now} now" if before or now else ""
        missing = f"; not known of all hosts: {scans.words}" if scans.words else ""
        return (
            f"{before_all}, after {counts.after}: {fixed}, {counts.remaining} remaining, {counts.new} new, "
            f"{counts.resurfaced} resurfaced, {counts.host_gone} host gone, {counts.not_scanned} not scanned, "
            f"{counts.suppressed} suppressed, {counts.not_comparable} not comparable, {counts.renamed} renamed"
            f"{hidden}{missing}"
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """Return what the two files do not prove, a sentence each; nothing where AWS itself was asked."""
        if self.mode is not Mode.RECORDED:
            return ()
        sides = (manifest for manifest in (self.baseline, self.after) if manifest)
        return tuple(dict.fromkeys(limit for manifest in sides for limit in manifest.limits))

    @property
    def by_patch_manager(self) -> tuple[str, ...]:
        """Return a sentence that names the hybrid nodes, judged by Patch Manager alone; nothing if there are none."""
        compared = "; no findings were compared" if self.nodes_alone else ""
        return (f"{alone(self.hybrid)}{compared}",) if self.hybrid.nodes else ()

    @property
    def _passed(self) -> str:
        if self.mode is Mode.RECORDED:
            return (
                "the later file shows what successful patching leaves, but two files cannot prove that the hosts were "
                "patched and scanned again"
            )
        if self.baseline and self.baseline.reconstructed:
            return "patching worked, compared with a baseline that was reconstructed afterwards"
        others = labelled(self.by_versions)
        if others:
            return f"patching worked; on {count(len(others), 'host')} installed versions show it, and not Patch Manager"
        if self.nodes_alone:
            nodes = count(len(self.hybrid.nodes), "hybrid node")
            return f"{nodes} patched, as Patch Manager alone shows; no findings were compared"
        if self.hybrid.nodes:
            return f"patching worked; on {count(len(self.hybrid.nodes), 'hybrid node')} Patch Manager alone shows it"
        return "patching worked"

    @property
    def _failed(self) -> str:
        failed = [
            shortened(self.in_words(cause), _SENTENCE) for cause in self.causes if cause.outcome is Outcome.FAILED
        ]
        rest = len(failed) - _CAUSES
        words = "; ".join(failed[:_CAUSES]) + (f"; and {count(rest, 'more cause')}" if rest > 0 else "")
        groups = {cause.group for cause in self.causes}
        left_out = any(check.outcome is Outcome.NOT_ASSESSED and not check.declared for check in self.checks)
        if left_out or self.interrupted:
            return _capital(words)
        if groups <= {LIMITS, WAIVERS}:
            return f"{_capital(self._passed)}, but the policy's limits do not hold: {words}"
        # The hosts pass; what patches them the next time does not.
        return f"{_capital(self._passed)}, but {words}" if groups <= {WINDOW, EXECUTION} else _capital(words)

    @property
    def _to_do(self) -> str:
        errors = (cause.checks[0].reason for cause in self.causes if cause.outcome is Outcome.ERROR)
        firsts = [shortened(first, _SENTENCE) for reason in errors if (first := first_to_do(reason))]
        rest = len(firsts) - _CAUSES
        words = "; ".join(firsts[:_CAUSES]) + (f"; and {count(rest, 'more cause')}" if rest > 0 else "")
        return f": {words[0].lower()}{words[1:]}" if words else ""

    @property
    def sentence(self) -> str:
        """Return the verdict in one sentence."""
        number = {outcome: sum(check.outcome is outcome for check in self.checks) for outcome in Outcome}
        judged = sum(number.values()) - number[Outcome.NOT_ASSESSED]
        words = {
            Verdict.PASS: f"All {judged} checks passed: {self._passed}.",
            Verdict.FAIL: f"{self._failed}.",
            Verdict.ERROR: (
                f"{number[Outcome.ERROR]} of {judged} checks could not be evaluated, so the run proves nothing"
                f"{self._to_do}."
            ),
            Verdict.PARTIAL: f"The {judged} checks that ran passed, but others were left out.",
        }[self.verdict]
        if self.verdict is Verdict.FAIL and number[Outcome.ERROR]:
            words += f" {count(number[Outcome.ERROR], 'check')} could not be evaluated."
        if number[Outcome.NOT_ASSESSED]:
            words += f" {number[Outcome.NOT_ASSESSED]} of {len(self.checks)} checks were not assessed."
        return f"The run was interrupted. {words}" if self.interrupted else words


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
