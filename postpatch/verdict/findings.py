"""Judge the findings that remain: FIND-4 and FIND-5."""

from collections.abc import Callable

from postpatch.model import Judgement
from postpatch.policy import Policy
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.remaining import Explained, RemainingFindings, absent_groups, in_words, open_ones
from postpatch.verdict.waivers import Waivers

_PROOFS_SHOWN = 5


def nothing_remains_patchable(remaining: RemainingFindings, waivers: Waivers, policy: Policy) -> Judgement:
    """Judge FIND-4: at the gate's severity or worse, nothing remains that successful patching would have removed."""

    def patching_should(one: Explained) -> bool:
        return EXPLANATIONS[one.kind].patching_should and policy.gate.counts(one.severity)

    left = [one.finding for one in open_ones(remaining.groups(), waivers, patching_should)]
    facts = (fact(f"fixable OS findings that patching left, {policy.gate.severity} or worse", 0, len(left)),)
    if left:
        names = naming(map(str, left))
        return Judgement(False, f"patching should have removed {count(len(left), 'finding')}: {names}", facts)
    number = count(remaining.delta.counts.remaining, "remaining finding")
    judgement = Judgement(True, f"patching should have removed none of {number}", facts)
    return _settled(judgement, remaining.delta, waivers, patching_should)


def everything_explained(remaining: RemainingFindings, waivers: Waivers) -> Judgement:
    """Judge FIND-5: AWS's own data proves a cause for each remaining finding, or its risk is accepted."""

    def unexplained(one: Explained) -> bool:
        return not EXPLANATIONS[one.kind].explained

    left = list(open_ones(remaining.groups(), waivers, unexplained))
    total = remaining.delta.counts.remaining + remaining.delta.configuration.remaining
    facts = (fact("remaining findings without an explanation", 0, len(left)),)
    if left:
        examined = sorted({f"examined: {in_words(one.proof)}" for one in left})[:_PROOFS_SHOWN]
        names = naming(str(one.finding) for one in left)
        return Judgement(
            False, f"{len(left)} of {total} remaining findings are not explained: {names}", facts, tuple(examined)
        )
    words = f"each of {count(total, 'remaining finding')} is explained" if total else "no finding remains"
    return _settled(Judgement(True, words, facts), remaining.delta, waivers, unexplained)


def _settled(judgement: Judgement, delta: Delta, waivers: Waivers, wanted: Callable[[Explained], bool]) -> Judgement:
    # What the later of two files does not show may remain all the same.
    return delta.absence.settle(judgement, doubted=any(open_ones(absent_groups(delta), waivers, wanted)))
