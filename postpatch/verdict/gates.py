"""Judge the policy's limits: FIND-8, how many findings may be active, and what may be opened since the baseline."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from postpatch.model import Exploits, Finding, FindingType, Judgement, Severity
from postpatch.policy import GatePolicy, Policy
from postpatch.verdict.absence import Absence
from postpatch.verdict.causes.kinds import Kind, is_fixed, kind_of
from postpatch.verdict.delta import Delta, by_identity
from postpatch.verdict.facts import NAMED, fact, found_wrong, naming
from postpatch.verdict.scanned_again import ScannedAgain
from postpatch.verdict.waivers import Waivers

# No vendor's fix removes these: they are how a host is set up.
OPENED = "settings and ports opened since the baseline"  # the limit's name
_SETTINGS = (FindingType.CONFIGURATION, FindingType.RULE, FindingType.NETWORK)


@dataclass(frozen=True)
class Limit:
    """One limit of the policy: at most `limit` findings of a kind; `found` of them exist.

    The `first` few of them are `named`.
    """

    name: str
    limit: int
    found: int
    holds: bool
    named: tuple[str, ...] = ()
    first: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Gate:
    """The policy's limits and what was found. Each finding counts once; one whose risk a waiver accepts does not count.

    `unscanned` are the hosts whose active findings are unknown, so that no limit on them can be proven; it is empty if
    the policy sets no such limit. `compared` counts the hosts scanned both times, `opened` the settings and ports
    opened on them since the baseline, whether or not they fail the run. `notes` report what fails nothing. `absence` is
    what the later of two files does not show, `scans` which hosts were scanned again.
    """

    limits: tuple[Limit, ...] = ()
    unscanned: tuple[str, ...] = ()
    compared: int = 0
    opened: int = 0
    notes: tuple[str, ...] = ()
    absence: Absence = field(default_factory=Absence)
    scans: ScannedAgain = field(default_factory=ScannedAgain)


def gate_limits(
    delta: Delta,
    waivers: Waivers,
    policy: Policy,
    exploits: Exploits,
    overdue: Callable[[Finding], bool] = lambda _: False,
) -> Gate:
    """Return each limit of the policy with the number of findings that count against it.

    `overdue` says whether a finding is past its deadline, where the policy has deadlines.
    """
    gate = policy.gate
    tallies = [*_severities(gate), *_exploited(gate, exploits)]
    if policy.deadline:
        rule = "" if policy.deadline.days else f" by {policy.deadline.rule.name}"
        tallies.append(_Tally(f"active findings past their deadline{rule}", 0, overdue))
    for group in by_identity(delta.active()) if tallies else ():
        # CIS checks have no severity; those that newly fail are counted below.
        if group[0].type != FindingType.CONFIGURATION:
            open_ones = [one for one in group if not waivers.accept(one) and (not gate.fixable_only or fixable(one))]
            for tally in tallies:
                tally.add(open_ones)
    opened = _opened(delta.opened(), waivers)
    gated = [*tallies, *([opened] if gate.configuration == "fail" else [])]
    return Gate(
        limits=tuple(tally.limit for tally in gated),
        unscanned=tuple(_unscanned(delta)) if tallies else (),
        compared=len(delta.comparable_hosts),
        opened=opened.found,
        absence=delta.absence,
        scans=delta.scans,
        notes=tuple(_notes(delta, gate, opened, _opened(delta.opened(known=False), waivers))),
    )


def limits_hold(gate: Gate, policy: Policy) -> Judgement:
    """Judge FIND-8: each limit of the policy holds, and every host was scanned for what it limits."""
    facts = [fact(one.name, f"at most {one.limit}", _against(one), one.holds) for one in gate.limits]
    if gate.unscanned:
        facts.append(fact("hosts whose active findings are unknown", "none", naming(gate.unscanned)))
    limited = policy.gate.limits or policy.deadline is not None
    right = "each limit of the policy holds" if limited else "the policy limits no number of findings"
    if policy.gate.configuration == "fail":
        facts.append(fact("hosts scanned both times", "at least 1", gate.compared, gate.compared > 0))
        right += "; on the hosts scanned both times, no setting or port was opened since the baseline"
    judgement = found_wrong("beyond the policy's limits", facts, right, gate.notes)
    # What the later of two files does not show counts against no limit, and neither does a port that it may not hold.
    doubted = gate.absence.total > 0 if limited else gate.absence.doubtful
    settled = gate.absence.settle(judgement, doubted=doubted)
    return gate.scans.settle(settled) if facts else settled


def fixable(finding: Finding) -> bool:
    """Return whether the vendor has a fix; unless the finding says that there is none, one is assumed."""
    if finding.type in _SETTINGS:
        return False
    none = finding.fix_available == "NO" or kind_of(finding) is Kind.NO_FIX
    return not none or any(is_fixed(package) for package in finding.packages)


def exploited(finding: Finding, exploits: Exploits, epss_from: float | None) -> bool:
    """Return whether a package's vulnerability is known to be exploited, or not known not to be.

    The sources are `exploitAvailable` of the list of findings, CISA's catalog, and an EPSS score of at least
    `epss_from`.
    """
    if finding.type != FindingType.PACKAGE:
        return False
    catalogued = exploits.catalogued.get(finding.vulnerability)
    unknown = finding.exploit_available is None and catalogued is None
    return _listed(finding, epss_from) or bool(catalogued) or unknown


def unsettled(delta: Delta, epss_from: float | None) -> dict[str, str]:
    """Return what must be looked up in CISA's catalog: a finding's ARN for each active vulnerability, by its id.

    Vulnerabilities that the list of findings already settles are left out: a lookup could not change any count.
    """
    return {
        one.vulnerability: one.arn
        for one in delta.active()
        if one.type == FindingType.PACKAGE and not _listed(one, epss_from)
    }


class _Tally:
    """Counts the identities with an open finding that counts against one limit."""

    def __init__(self, name: str, limit: int, counts: Callable[[Finding], bool] = lambda _: True) -> None:
        self.found = 0
        self._name, self._limit, self._counts = name, limit, counts
        self._first: list[Finding] = []

    def add(self, group: Iterable[Finding]) -> None:
        """Count one identity, given its open findings."""
        one = next(filter(self._counts, group), None)
        if one:
            self.found += 1
            if self.found <= NAMED:
                self._first.append(one)

    @property
    def limit(self) -> Limit:
        """Return the limit with what was counted."""
        named = tuple(f"{_what(one)} on {one.host}" for one in self._first)
        return Limit(self._name, self._limit, self.found, self.found <= self._limit, named, tuple(self._first))


def _listed(finding: Finding, epss_from: float | None) -> bool:
    likely = epss_from is not None and finding.epss is not None and finding.epss >= epss_from
    return likely or finding.exploit_available == "YES"


def _opened(findings: Iterable[Finding], waivers: Waivers) -> _Tally:
    opened = _Tally(OPENED, 0)
    for group in by_identity(findings):
        opened.add([one for one in group if not waivers.accept(one)])
    return opened


def _severities(gate: GatePolicy) -> Iterator[_Tally]:
    for severity in sorted(gate.max, key=tuple(Severity).index):
        words = {Severity.CRITICAL: "CRITICAL", Severity.UNTRIAGED: "UNTRIAGED"}.get(severity, f"{severity} or worse")
        yield _Tally(f"active findings, {words}", gate.max[severity], _as_bad(gate, severity))


def _as_bad(gate: GatePolicy, severity: Severity) -> Callable[[Finding], bool]:
    return lambda finding: gate.counts_against(finding.severity, severity)


def _exploited(gate: GatePolicy, exploits: Exploits) -> Iterator[_Tally]:
    if gate.exploited_max is not None:
        words = f", or with an EPSS score of {gate.epss_from} or more" if gate.epss_from is not None else ""
        name = f"active findings with a known exploit, or not known to have none{words}"
        yield _Tally(name, gate.exploited_max, lambda finding: exploited(finding, exploits, gate.epss_from))


def _unscanned(delta: Delta) -> Iterator[str]:
    return (host.id for host in delta.after.hosts if host.present and not host.scanned)


def _notes(delta: Delta, gate: GatePolicy, opened: _Tally, unknown: _Tally) -> Iterator[str]:
    if opened.found and gate.configuration == "report":
        yield f"opened since the baseline, which the policy only reports: {_found(opened.limit)}"
    if unknown.found:
        yield f"open now, and the baseline does not say whether they already were: {_found(unknown.limit)}"
    before, after = ({host.id for host in side.hosts if host.cis_scanned} for side in (delta.baseline, delta.after))
    once = sorted(delta.comparable_hosts & (before ^ after))
    if once:
        yield f"settings not compared because a CIS scan ran only once: {naming(once)}"


def _against(limit: Limit) -> str:
    return _found(limit) if limit.holds else f"{_found(limit)}, at most {limit.limit}"


def _found(limit: Limit) -> str:
    return f"{limit.found}{'' if limit.holds else f' ({naming(limit.named, limit.found)})'}"


def _what(finding: Finding) -> str:
    title = f" {finding.title}" if finding.type == FindingType.CONFIGURATION else ""
    return f"{finding.vulnerability or finding.port or finding.type}{title}"
