"""Judge whether findings were hidden instead of fixed: FIND-6.

A rule is judged by what it hides, whatever it says, whoever owns it and whenever it was made.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from postpatch.model import Judgement, SuppressionRule
from postpatch.policy import Policy
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind, kind_of
from postpatch.verdict.delta import Delta, by_identity, identity
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.hidden import HiddenCounts
from postpatch.verdict.holding import Holding
from postpatch.verdict.remaining import Explained, RemainingFindings, Stories, open_ones, settle, settle_new
from postpatch.verdict.removable import Removable, left_to_patching
from postpatch.verdict.waivers import Waivers


@dataclass(frozen=True)
class Suppression:
    """What is suppressed before and after patching, and the rules that this caller sees.

    `rules` is None where they are not known, as with files. `since` is when the baseline was taken. `groups` are the
    findings suppressed after patching, by identity, each settled as if it were active; `late` says which of them were
    disclosed after patching, None where that is not known.
    """

    before: HiddenCounts
    after: HiddenCounts
    rules: tuple[SuppressionRule, ...] | None
    since: datetime
    groups: tuple[tuple[Explained, ...], ...] = ()
    late: LateDisclosures | None = None

    @property
    def total(self) -> int:
        """Return the number of findings suppressed after patching."""
        return self.after.fixable + self.after.other

    @property
    def not_visible(self) -> int | None:
        """Return how many of them, at least, no rule that this caller sees hides; None where that is not known.

        Such rules are a delegated administrator's, or were deleted within the last day.
        """
        hits = [rule.hits for rule in self.rules or ()]
        if self.rules is None or None in hits:
            return None
        return max(0, self.total - sum(filter(None, hits)))

    def is_older(self, rule: SuppressionRule) -> bool:
        """Return whether the rule is as it was when the baseline was taken."""
        return max(rule.created_at, rule.updated_at) <= self.since

    @property
    def words(self) -> tuple[str, ...]:
        """Return a sentence for each rule, with its age and what it hides, and one for rules that are not visible."""
        listed = tuple(self._in_words(rule) for rule in self.rules or ())
        unseen = self.total if self.rules == () else self.not_visible
        if not unseen:
            return listed
        least = "" if self.rules == () else "at least "
        return (
            *listed,
            f"{least}{count(unseen, 'finding')} hidden by rules that are not visible here, such as a delegated "
            "administrator's",
        )

    def _in_words(self, rule: SuppressionRule) -> str:
        days = (self.since - rule.created_at).days
        if self.is_older(rule):
            when = f"created {rule.created_at:%Y-%m-%d}, {count(days, 'day')} before the baseline"
        else:
            what, moment = (
                ("created", rule.created_at) if rule.created_at > self.since else ("changed", rule.updated_at)
            )
            when = f"{what} {moment:%Y-%m-%d %H:%M:%S} UTC, since the baseline"
        hits = "an unknown number of findings" if rule.hits is None else count(rule.hits, "finding")
        return f"rule {rule.name}, {when}, hides {hits} (reason: {rule.reason or 'none given'})"


def suppression_of(
    delta: Delta, rules: tuple[SuppressionRule, ...] | None, since: datetime,
    groups: Iterable[tuple[Explained, ...]], late: LateDisclosures | None,
) -> Suppression:  # fmt: skip
    """Return what is suppressed before and after patching; `groups` are those of `suppressed_groups`."""
    return Suppression(delta.hidden.before, delta.hidden.after, rules, since, tuple(groups), late)


def suppressed_groups(delta: Delta, stories: Stories) -> Iterator[tuple[Explained, ...]]:
    """Yield the findings suppressed after patching, grouped by identity, each settled as if it were active.

    The stricter of what the baseline and the later snapshot say of one counts.
    """
    for group in by_identity(delta.hidden.findings()):
        earlier = delta.hidden.earlier.get((*identity(group[0]), group[0].part))
        for_all = [(settle if earlier else settle_new)(finding, stories) for finding in group]
        if earlier and earlier.had_fix:
            before = ("in the baseline", "a fix")
            for_all = [
                (kind, proof) if kind_of(finding) is Kind.PATCHABLE else (Kind.CONTRADICTED, (before, *proof))
                for finding, (kind, proof) in zip(group, for_all, strict=True)
            ]
        rated = earlier.severity if earlier else ""
        yield tuple(Explained(one, *cause, rated) for one, cause in zip(group, for_all, strict=True))


def unsettled_by_lists(delta: Delta, stories: Stories) -> frozenset[str]:
    """Return the hosts with a finding that nothing explains, and with a list of patches older than Inspector's scan.

    A suppressed finding is asked about as an active one is.
    """
    every = chain(
        RemainingFindings(delta, stories).of([Kind.PATCHABLE]), chain.from_iterable(suppressed_groups(delta, stories))
    )
    return frozenset(
        one.finding.host
        for one in every
        if one.kind is Kind.PATCHABLE and one.finding.host in stories and not stories[one.finding.host].list_is_newer
    )


def with_hidden(found: Removable, delta: Delta, groups: Iterable[tuple[Explained, ...]], waivers: Waivers) -> Removable:
    """Return what patching can remove, with how many suppressed findings it could remove, before and after it.

    Nobody knows why those of the baseline that are gone remained then: they count by their own fields.
    """
    before, after = delta.hidden.before.fixable, 0
    for group in groups:
        left = any(not waivers.accept(one.finding) for one in left_to_patching(group))
        earlier = delta.hidden.earlier.get((*identity(group[0].finding), group[0].finding.part))
        after += left
        before -= bool(earlier and earlier.was_counted and not left)
    return replace(found, hidden_before=before, hidden=after)


def nothing_suppressed(
    delta: Delta, suppression: Suppression, waivers: Waivers, policy: Policy, holding: Holding | None = None
) -> Judgement:
    """Judge FIND-6: no suppressed finding is one that patching could remove, at the gate's severity or worse.

    It is judged as FIND-3, FIND-4 and FIND-5 would judge it if it were active; so is a setting or port that was opened
    since the baseline, as FIND-8 would. All else that is suppressed is reported. A waiver accepts what is hidden.
    `holding` says which of what the patch baseline holds back fails; without it, all of that does.
    """
    gate, groups = policy.gate, suppression.groups

    def patching_could(one: Explained) -> bool:
        words, late = EXPLANATIONS[one.kind], suppression.late
        excused = late is not None and not late.gates and late.is_late(one.finding)
        held_back = words.held_back and (holding is None or bool(holding.why(one)))
        return (words.removable or held_back) and gate.counts(one.severity) and not excused

    hidden = [str(one.finding) for one in open_ones(groups, waivers, patching_could)]
    limit = f"suppressed findings that patching could remove, {gate.severity} or worse"
    facts, wrong = [fact(limit, 0, len(hidden))], []
    if hidden:
        wrong.append(f"{count(len(hidden), 'suppressed finding')} that patching could remove: {naming(hidden)}")
    if gate.configuration == "fail":
        opened = [str(one[0]) for one in by_identity(delta.hidden.opened()) if not any(map(waivers.accept, one))]
        facts.append(fact("settings and ports opened since the baseline and suppressed", 0, len(opened)))
        if opened:
            wrong.append(f"{count(len(opened), 'setting or port')} opened and suppressed: {naming(opened)}")
    right = "nothing is suppressed" if not groups else f"patching could remove none of {suppression.total} suppressed"
    notes = (*suppression.words, *_reported(groups, waivers, patching_could))
    judgement = Judgement(not wrong, "; ".join(wrong) or right, tuple(facts), notes)
    return delta.scans.settle(delta.absence.settle(judgement, doubted=delta.absence.total > 0))


def _reported(
    groups: tuple[tuple[Explained, ...], ...], waivers: Waivers, patching_could: Callable[[Explained], bool]
) -> Iterator[str]:
    accepted = sum(any(map(patching_could, group)) and all(map(_accepted(waivers), group)) for group in groups)
    if accepted:
        yield f"{count(accepted, 'suppressed finding')} that patching could remove, accepted by a waiver"
    others = Counter(group[0].kind for group in groups if not any(map(patching_could, group)))
    if others:
        kinds = ", ".join(f"{EXPLANATIONS[kind].title} ({number})" for kind, number in sorted(others.items()))
        yield f"suppressed, and reported only: {kinds}"


def _accepted(waivers: Waivers) -> Callable[[Explained], bool]:
    return lambda one: waivers.accept(one.finding)
