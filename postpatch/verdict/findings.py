"""Judge the findings that remain: FIND-4 and FIND-5."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from postpatch.model import DeltaClass, Finding, Judgement
from postpatch.policy import Policy
from postpatch.verdict.causes import HostStory, Proof, cause_of
from postpatch.verdict.delta import Delta, by_identity
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.residuals import EXPLANATIONS, ORDER, Kind, kind_of, proof_of
from postpatch.verdict.waivers import Waivers

Stories = Mapping[str, HostStory]
_LOOKED_AT = 5


@dataclass(frozen=True)
class Remaining:
    """A finding that is still there, with its kind and the fields that settled it."""

    finding: Finding
    kind: Kind
    proof: Proof


def nothing_remains_patchable(delta: Delta, stories: Stories, policy: Policy, now: datetime) -> Judgement:
    """Judge FIND-4: nothing remains, at the gate's severity or worse, whose cause a working patch round rules out."""

    def patching_should(one: Remaining) -> bool:
        return EXPLANATIONS[one.kind].patching_should and policy.gate.counts(one.finding.severity)

    left = [one.finding for one in open_ones(delta, DeltaClass.REMAINING, stories, policy, now, patching_should)]
    facts = (fact(f"fixable OS findings that patching left, {policy.gate.severity} or worse", 0, len(left)),)
    if left:
        names = naming(map(str, left))
        return Judgement(False, f"{count(len(left), 'finding')} should have gone with patching: {names}", facts)
    return Judgement(
        True, f"of {count(delta.counts.remaining, 'remaining finding')} none should have gone with patching", facts
    )


def everything_explained(delta: Delta, stories: Stories, policy: Policy, now: datetime) -> Judgement:
    """Judge FIND-5: AWS's own data proves a cause for each remaining finding, or its risk is accepted."""

    def unexplained(one: Remaining) -> bool:
        return not EXPLANATIONS[one.kind].explained

    left = list(open_ones(delta, DeltaClass.REMAINING, stories, policy, now, unexplained))
    total = delta.counts.remaining + delta.configuration.remaining
    facts = (fact("remaining findings without an explanation", 0, len(left)),)
    if left:
        looked_at = sorted({f"looked at: {in_words(one.proof)}" for one in left})[:_LOOKED_AT]
        names = naming(str(one.finding) for one in left)
        return Judgement(
            False, f"{len(left)} of {total} remaining findings are not explained: {names}", facts, tuple(looked_at)
        )
    words = f"each of {count(total, 'remaining finding')} is explained" if total else "nothing remains to be explained"
    return Judgement(True, words, facts)


def remaining(delta: Delta, stories: Stories) -> Iterator[Remaining]:
    """Yield each remaining identity once, with its kind; of findings that share one, the one that explains least."""
    for group in by_identity(delta.active(DeltaClass.REMAINING)):
        yield max((_settled(finding, stories) for finding in group), key=lambda one: ORDER.index(one.kind))


def open_ones(
    delta: Delta,
    kind: DeltaClass,
    stories: Stories,
    policy: Policy,
    now: datetime,
    wanted: Callable[[Remaining], bool],
) -> Iterator[Remaining]:
    """Yield each active identity of a class once, if any finding of it is `wanted` and its risk is not accepted."""
    waivers = Waivers(policy.waiver, delta, now)
    for group in by_identity(delta.active(kind)):
        settled = (_settled(finding, stories) for finding in group if not waivers.accept(finding))
        found = next((one for one in settled if wanted(one)), None)
        if found:
            yield found


def in_words(proof: Proof) -> str:
    """Return a proof as a person reads it: `Operation = Scan, Install in the command history = none`."""
    return ", ".join(f"{name} = {value}" for name, value in proof)


def _settled(finding: Finding, stories: Stories) -> Remaining:
    kind = kind_of(finding)
    if kind is Kind.PATCHABLE and finding.host in stories:
        return Remaining(finding, *cause_of(finding, stories[finding.host]))
    return Remaining(finding, kind, proof_of(finding))
