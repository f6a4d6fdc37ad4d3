"""Judge the findings that remain: FIND-4 and FIND-5."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from postpatch.model import Judgement, Severity
from postpatch.policy import Policy
from postpatch.verdict.causes.explanations import EXPLANATIONS, HELD_BACK, PATCHING_SHOULD, UNEXPLAINED
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.holding import Holding
from postpatch.verdict.remaining import Explained, RemainingFindings, absent_groups, in_words, open_ones
from postpatch.verdict.waivers import Waivers

_PROOFS_SHOWN = 5


def nothing_remains_patchable(
    remaining: RemainingFindings, waivers: Waivers, policy: Policy, holding: Holding | None = None
) -> Judgement:
    """Judge FIND-4: at the gate's severity or worse, nothing remains that successful patching would have removed.

    `holding` says which of what the patch baseline holds back fails; without it, all of that does.
    """
    left = unremoved(remaining, waivers, policy, holding)
    facts = (fact(f"fixable OS findings that patching left, {policy.gate.severity} or worse", 0, len(left)),)
    notes = tuple(_held_back(remaining, holding)) if holding else ()
    if left:
        names = naming(str(one.finding) for one in left)
        held = _why_held(left, holding) if holding else ""
        wrong = f"patching should have removed {count(len(left), 'finding')}: {names}{held}"
        return remaining.delta.scans.settle(Judgement(False, wrong, facts, notes))
    number = count(remaining.delta.counts.remaining, "remaining finding")
    judgement = Judgement(True, f"patching should have removed none of {number}", facts, notes)
    return _settled(judgement, remaining.delta, waivers, _patching_should(policy, holding))


def unremoved(
    remaining: RemainingFindings, waivers: Waivers, policy: Policy, holding: Holding | None = None
) -> tuple[Explained, ...]:
    """Return what remains that successful patching would have removed, each identity once: what FIND-4 fails for."""
    return tuple(open_ones(remaining.groups(PATCHING_SHOULD), waivers, _patching_should(policy, holding)))


def _patching_should(policy: Policy, holding: Holding | None) -> Callable[[Explained], bool]:
    def patching_should(one: Explained) -> bool:
        words = EXPLANATIONS[one.kind]
        accepted = words.held_back and holding is not None and not holding.why(one)
        return words.patching_should and not accepted and policy.gate.counts(one.severity)

    return patching_should


def everything_explained(remaining: RemainingFindings, waivers: Waivers, policy: Policy | None = None) -> Judgement:
    """Judge FIND-5: AWS's own data proves a cause for each remaining finding, or its risk is accepted.

    Only findings of the severity of the policy's gate, and worse or unrated ones, fail it.
    """

    def unexplained(one: Explained) -> bool:
        return not EXPLANATIONS[one.kind].explained and (policy is None or policy.gate.counts(one.severity))

    left = list(open_ones(remaining.groups(UNEXPLAINED), waivers, unexplained))
    findings, settings = remaining.delta.counts.remaining, remaining.delta.configuration.remaining
    total = count(findings, "remaining finding") + (f" and {count(settings, 'failed CIS check')}" if settings else "")
    facts = (fact("remaining findings without an explanation", 0, len(left)),)
    if left:
        examined = sorted({f"examined: {in_words(one.proof)}" for one in left})[:_PROOFS_SHOWN]
        names = naming(str(one.finding) for one in left)
        wrong = f"{len(left)} of {total} {'is' if len(left) == 1 else 'are'} not explained: {names}"
        return remaining.delta.scans.settle(Judgement(False, wrong, facts, tuple(examined)))
    words = f"each of {total} is explained" if findings or settings else "no finding remains"
    beneath = sum(number for (kind, _), number in remaining.numbers.items() if kind in UNEXPLAINED)
    if policy is not None and beneath:
        words = f"{words}, or waived, or beneath the severity that counts ({beneath})"
    return _settled(Judgement(True, words, facts), remaining.delta, waivers, unexplained)


def _held_back(remaining: RemainingFindings, holding: Holding) -> Iterator[str]:
    accepted = [one for one in remaining.of(HELD_BACK) if not holding.why(one)]
    if accepted:
        worst = Counter(one.severity for one in accepted)
        numbers = ", ".join(f"{worst[severity]} {severity}" for severity in Severity if worst[severity])
        yield f"held back by the patch baseline, which the policy accepts: {numbers}"


def _why_held(left: Iterable[Explained], holding: Holding) -> str:
    reasons = Counter(filter(None, map(holding.why, left)))
    return "".join(f"; {number} held back by the patch baseline: {why}" for why, number in sorted(reasons.items()))


def _settled(judgement: Judgement, delta: Delta, waivers: Waivers, wanted: Callable[[Explained], bool]) -> Judgement:
    # What the later of two files does not show may remain all the same, and so may what it never had.
    doubted = delta.absence.doubtful or any(open_ones(absent_groups(delta), waivers, wanted))
    settled = delta.absence.settle(judgement, doubted=doubted)
    return delta.scans.settle(settled)
