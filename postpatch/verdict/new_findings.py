"""Judge what is new: FIND-3."""

from postpatch.model import Judgement
from postpatch.policy import Policy
from postpatch.verdict.causes.kinds import EXPLANATIONS
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.remaining import Explained, new_groups, open_ones
from postpatch.verdict.waivers import Waivers


def nothing_new_that_was_fixable(delta: Delta, waivers: Waivers, policy: Policy, late: LateDisclosures) -> Judgement:
    """Judge FIND-3: no new finding has a fix and was disclosed before the host's patch round.

    A finding whose disclosure date is unknown counts. What was disclosed after the round is red too, fix or not, where
    the policy says `disclosed_after = "fail"`; otherwise it is told.
    """
    gate = policy.gate

    def was_fixable(one: Explained) -> bool:
        early = not late.is_late(one.finding)
        return early and not EXPLANATIONS[one.kind].explained and gate.counts(one.finding.severity)

    def came_late(one: Explained) -> bool:
        return late.is_late(one.finding) and gate.counts(one.finding.severity)

    let_in = [str(one.finding) for one in open_ones(new_groups(delta), waivers, was_fixable)]
    facts, wrong = [fact("new findings that patching should have prevented", 0, len(let_in))], []
    if let_in:
        of = f"{len(let_in)} of {delta.counts.new} new findings"
        wrong.append(f"{of} were fixable before the patch round: {naming(let_in)}")
    if gate.disclosed_after == "fail":
        fresh = [str(one.finding) for one in open_ones(new_groups(delta), waivers, came_late)]
        facts.append(fact("new findings disclosed after the patch round", 0, len(fresh)))
        if fresh:
            wrong.append(f"{len(fresh)} were disclosed after the patch round, which the policy gates: {naming(fresh)}")
    right = f"of {count(delta.counts.new, 'new finding')} none was fixable before the patch round"
    return Judgement(not wrong, "; ".join(wrong) or right, tuple(facts), late.notes)
