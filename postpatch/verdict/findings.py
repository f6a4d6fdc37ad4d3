"""Judge the findings: FIND-1 to FIND-7."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from postpatch.model import DeltaClass, Finding, Judgement
from postpatch.policy import Policy, Waiver
from postpatch.verdict.causes import HostStory, Proof, cause_of
from postpatch.verdict.delta import Counts, Delta
from postpatch.verdict.facts import count, fact, judged, naming
from postpatch.verdict.residuals import EXPLANATIONS, ORDER, Kind, kind_of, proof_of
from postpatch.verdict.waivers import SOON, ends_at, matches, waived

Stories = Mapping[str, HostStory]
_LOOKED_AT = 5


@dataclass(frozen=True)
class Remaining:
    """A finding that is still there, with its kind and the fields that settled it."""

    finding: Finding
    kind: Kind
    proof: Proof


def fewer_than_baseline(delta: Delta) -> Judgement:
    """Judge FIND-1: fewer findings are active than the baseline had, on hosts that were looked at both times."""
    hosts = _comparable_hosts(delta)
    counts = delta.comparable
    notes = _incomparable(delta.counts, counts)
    if not hosts:
        return Judgement(False, "no host was scanned both for the baseline and after patching: nothing can be compared")
    sentence = (
        f"after patching {count(counts.after, 'finding')} {'is' if counts.after == 1 else 'are'} active, "
        f"the baseline had {counts.baseline}: {counts.fixed} fixed, {counts.remaining} remain, {counts.new} new"
        + (f", {counts.suppressed} suppressed" if counts.suppressed else "")
    )
    facts = [fact(f"active findings on {count(hosts, 'host')}", f"fewer than {counts.baseline}", counts.after, True)]
    if counts.baseline == 0 and counts.after == 0:
        return Judgement(True, f"{sentence}; the baseline of zero stayed at zero", tuple(facts), notes)
    holds = counts.after < counts.baseline
    facts[0] = fact(facts[0].name, facts[0].expected, counts.after, holds)
    return Judgement(holds, sentence, tuple(facts), notes)


def no_severity_worse(delta: Delta) -> Judgement:
    """Judge FIND-2: of no severity there are more active findings than the baseline had."""
    if not _comparable_hosts(delta):
        return Judgement(False, "no host was scanned both for the baseline and after patching: nothing can be compared")
    facts = [
        fact(severity.value, f"at most {counts.baseline}", counts.after, counts.after <= counts.baseline)
        for severity, counts in delta.severities.items()
    ]
    judgement = judged("active findings by severity", facts)
    return (
        judgement if not judgement.holds else Judgement(True, "no severity has more findings than before", tuple(facts))
    )


def nothing_new_that_was_fixable(
    delta: Delta, policy: Policy, round_at: Callable[[str], datetime], now: datetime
) -> Judgement:
    """Judge FIND-3: no new finding has a fix and was disclosed before the host's patch round.

    `round_at` tells when a host's patch round began. A finding whose disclosure date is unknown counts.
    """

    def was_fixable(one: Remaining) -> bool:
        disclosed_at = one.finding.disclosed_at
        early = disclosed_at is None or disclosed_at <= round_at(one.finding.host)
        return early and not EXPLANATIONS[one.kind].explained and policy.gate.counts(one.finding.severity)

    let_in = [one.finding for one in _open(delta, DeltaClass.NEW, {}, policy, now, was_fixable)]
    total = delta.counts.new
    facts = (fact("new findings that patching should have prevented", 0, len(let_in)),)
    if let_in:
        return Judgement(
            False, f"{len(let_in)} of {total} new findings were fixable before the patch round: {_names(let_in)}", facts
        )
    return Judgement(True, f"of {count(total, 'new finding')} none was fixable before the patch round", facts)


def nothing_remains_patchable(delta: Delta, stories: Stories, policy: Policy, now: datetime) -> Judgement:
    """Judge FIND-4: nothing remains, at the gate's severity or worse, whose cause a working patch round rules out."""

    def patching_should(one: Remaining) -> bool:
        return EXPLANATIONS[one.kind].patching_should and policy.gate.counts(one.finding.severity)

    left = [one.finding for one in _open(delta, DeltaClass.REMAINING, stories, policy, now, patching_should)]
    facts = (fact(f"fixable OS findings that patching left, {policy.gate.severity} or worse", 0, len(left)),)
    if left:
        return Judgement(False, f"{count(len(left), 'finding')} should have gone with patching: {_names(left)}", facts)
    return Judgement(
        True, f"of {count(delta.counts.remaining, 'remaining finding')} none should have gone with patching", facts
    )


def everything_explained(delta: Delta, stories: Stories, policy: Policy, now: datetime) -> Judgement:
    """Judge FIND-5: AWS's own data proves a cause for each remaining finding, or its risk is accepted."""

    def unexplained(one: Remaining) -> bool:
        return not EXPLANATIONS[one.kind].explained

    open_ones = list(_open(delta, DeltaClass.REMAINING, stories, policy, now, unexplained))
    total = delta.counts.remaining + delta.configuration.remaining
    facts = (fact("remaining findings without an explanation", 0, len(open_ones)),)
    if open_ones:
        looked_at = sorted({f"looked at: {in_words(one.proof)}" for one in open_ones})[:_LOOKED_AT]
        names = _names(one.finding for one in open_ones)
        return Judgement(
            False, f"{len(open_ones)} of {total} remaining findings are not explained: {names}", facts, tuple(looked_at)
        )
    words = f"each of {count(total, 'remaining finding')} is explained" if total else "nothing remains to be explained"
    return Judgement(True, words, facts)


def nothing_suppressed(delta: Delta) -> Judgement:
    """Judge FIND-6: nothing that the baseline had as active is suppressed now."""
    rows = list(delta.rows(DeltaClass.SUPPRESSED))
    facts = (fact("findings suppressed since the baseline", 0, len(rows)),)
    if rows:
        names = naming(f"{row.vulnerability} on {row.host}" for row in rows)
        return Judgement(
            False, f"{count(len(rows), 'finding')} suppressed since the baseline, not fixed: {names}", facts
        )
    return Judgement(True, "nothing was suppressed since the baseline", facts)


def waivers_current(delta: Delta, policy: Policy, now: datetime) -> Judgement:
    """Judge FIND-7: no waiver has expired; one that is unused or ends within 14 days is told."""
    if not policy.waiver:
        return Judgement(True, "the policy has no waivers")
    facts = [
        fact(f"waiver {waiver}", "not expired", f"through {waiver.expires}", now < ends_at(waiver))
        for waiver in policy.waiver
    ]
    active = [*delta.active(DeltaClass.REMAINING), *delta.active(DeltaClass.NEW)]
    notes = [f"unused: {waiver}" for waiver in policy.waiver if not any(matches(waiver, one) for one in active)]
    notes += [f"ends soon: {waiver}, {waiver.expires}" for waiver in policy.waiver if _ends_soon(waiver, now)]
    judgement = judged("waivers", facts, notes)
    reason = f"{count(len(facts), 'waiver')} current" if judgement.holds else judgement.reason
    return Judgement(judgement.holds, reason, judgement.facts, judgement.notes)


def remaining(delta: Delta, stories: Stories) -> Iterator[Remaining]:
    """Yield each remaining identity once, with its kind; of findings that share one, the one that explains least."""
    for _, group in groupby(delta.active(DeltaClass.REMAINING), key=_identity):
        yield max((_settled(finding, stories) for finding in group), key=lambda one: ORDER.index(one.kind))


def in_words(proof: Proof) -> str:
    """Return a proof as a person reads it: `Operation = Scan, Install in the command history = none`."""
    return ", ".join(f"{name} = {value}" for name, value in proof)


def _settled(finding: Finding, stories: Stories) -> Remaining:
    kind = kind_of(finding)
    if kind is Kind.PATCHABLE and finding.host in stories:
        return Remaining(finding, *cause_of(finding, stories[finding.host]))
    return Remaining(finding, kind, proof_of(finding))


def _open(
    delta: Delta,
    kind: DeltaClass,
    stories: Stories,
    policy: Policy,
    now: datetime,
    wanted: Callable[[Remaining], bool],
) -> Iterator[Remaining]:
    # Each identity once: of findings that share one, any that is wanted and not waived stands for it.
    for _, group in groupby(delta.active(kind), key=_identity):
        settled = (_settled(finding, stories) for finding in group if not waived(finding, policy.waiver, now))
        found = next((one for one in settled if wanted(one)), None)
        if found:
            yield found


def _identity(finding: Finding) -> tuple[object, ...]:
    return (
        finding.account, finding.region, finding.host, finding.type, finding.vulnerability,
        finding.protocol, finding.port_begin, finding.port_end, finding.package,
    )  # fmt: skip


def _comparable_hosts(delta: Delta) -> int:
    before = {host.id for host in delta.baseline.hosts if host.scanned}
    return len(before & {host.id for host in delta.after.hosts if host.present and host.scanned})


def _incomparable(everything: Counts, comparable: Counts) -> tuple[str, ...]:
    left_out = everything.baseline - comparable.baseline
    if not left_out and everything.new == comparable.new:
        return ()
    return (
        f"left out of the comparison: {left_out} of the baseline's findings ({everything.host_gone} on hosts "
        f"that are gone, {everything.not_scanned} on hosts not scanned) and "
        f"{everything.new - comparable.new} new ones on other hosts",
    )


def _names(findings: Iterable[Finding]) -> str:
    return naming(f"{finding.vulnerability} on {finding.host}" for finding in findings)


def _ends_soon(waiver: Waiver, now: datetime) -> bool:
    return now < ends_at(waiver) <= now + SOON
