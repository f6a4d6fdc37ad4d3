"""Judge the new findings: FIND-3."""

from collections.abc import Iterator

from postpatch.model import Judgement
from postpatch.policy import Policy
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.holding import Holding
from postpatch.verdict.remaining import Explained, RemainingFindings, open_ones
from postpatch.verdict.waivers import Waivers


def nothing_new_that_was_fixable(
    delta: Delta,
    waivers: Waivers,
    policy: Policy,
    late: LateDisclosures,
    remaining: RemainingFindings | None = None,
    holding: Holding | None = None,
) -> Judgement:
    """Judge FIND-3: no new finding has a fix and was disclosed before the host's patch run.

    A finding whose disclosure date is unknown counts. With `disclosed_after = "fail"` a finding disclosed after the
    patch run fails as well, with or without a fix; otherwise it is only reported. `remaining` knows what AWS's data
    about the hosts proves, and `holding` which of what the patch baseline holds back fails all the same.
    """
    gate, settled = policy.gate, remaining or RemainingFindings(delta, {})

    def came_late(one: Explained) -> bool:
        return late.is_late(one.finding) and gate.counts(one.severity)

    let_in = [str(one.finding) for one in fixable_before(settled, waivers, policy, late, holding)]
    facts, wrong = [fact("new findings that patching should have prevented", 0, len(let_in))], []
    if let_in:
        of = f"{len(let_in)} of {count(delta.counts.appeared, 'new finding')}"
        were = "was" if len(let_in) == 1 else "were"
        wrong.append(f"{of} {were} fixable before patching: {naming(let_in)}")
    if gate.disclosed_after == "fail":
        fresh = [str(one.finding) for one in open_ones(settled.new_groups(), waivers, came_late)]
        facts.append(fact("new findings disclosed after patching", 0, len(fresh)))
        if fresh:
            wrong.append(f"{len(fresh)} were disclosed after patching, which fails by policy: {naming(fresh)}")
    right = f"none of {count(delta.counts.appeared, 'new finding')} was fixable before patching"
    judgement = Judgement(not wrong, "; ".join(wrong) or right, tuple(facts), late.notes)
    return delta.scans.settle(delta.absence.settle(judgement, doubted=delta.absence.doubtful))


def fixable_before(
    settled: RemainingFindings, waivers: Waivers, policy: Policy, late: LateDisclosures, holding: Holding | None
) -> Iterator[Explained]:
    """Yield by identity the new findings that had a fix before the host's patch run and whose risk nobody accepted."""

    def was_fixable(one: Explained) -> bool:
        counts = not late.is_late(one.finding) and policy.gate.counts(one.severity)
        return counts and (EXPLANATIONS[one.kind].removable or _fails(one, holding))

    return open_ones(settled.new_groups(), waivers, was_fixable)


def _fails(one: Explained, holding: Holding | None) -> bool:
    held_back = EXPLANATIONS[one.kind].held_back
    return held_back and (holding is None or bool(holding.why(one)))
