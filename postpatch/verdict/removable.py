"""What patching can remove: the findings by which FIND-1 and FIND-2 judge, before patching and after it.

Removable is a fixable package of the operating system, on a host scanned both times, whose fix was there when the patch
run began and was approved by the patch baseline that decided. Only a proven cause makes a finding anything else: what
is not explained counts as removable. What is gone was removable if the baseline names a fix for it, or does not say
that there is none; what is active under another name counts as under its earlier one.

Two exported files hold no evidence of approvals: there every fixable package of the operating system counts.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from postpatch.model import DeltaClass, FindingType, Severity
from postpatch.verdict.causes.explanations import EXPLANATIONS, REMOVABLE
from postpatch.verdict.database import IDENTITY
from postpatch.verdict.delta import Delta, identity
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.remaining import Explained, RemainingFindings
from postpatch.verdict.waivers import Waivers

_ORDER = tuple(Severity)
# What the baseline shows, is not active under the same name now, and is not shown to be beyond patching.
_FIXABLE_BEFORE = f"""
    SELECT severity_before, class, COUNT(*) FROM (
      SELECT {IDENTITY}, d.part, d.severity_before, d.class, bool_and(b.beyond) AS beyond
      FROM delta d JOIN baseline b USING ({IDENTITY})
      WHERE d.comparable AND d.was_active AND NOT d.is_active AND type <> 'CONFIGURATION'
        AND b.status = 'ACTIVE' AND d.part IN ('any', b.part)
      GROUP BY ALL
    ) WHERE NOT beyond GROUP BY ALL ORDER BY ALL
"""
RATED_DIFFERENTLY = f"""
    SELECT {IDENTITY}, severity_before FROM delta
    WHERE class = 'remaining' AND is_active AND severity_before <> severity_after AND part <> 'language'
"""
_Counts = Mapping[Severity, int]


@dataclass(frozen=True)
class Removable:
    """How many findings patching could remove, by severity, `before` it and `after` it.

    `new` of those after are new. `added` are new findings of packages, disclosed before patching, that it could not
    have removed: without a fix, or for a proven cause. `waived` are active, and their risk is accepted: they count on
    neither side. `hidden_before` and `hidden` are suppressed, in the baseline and now, and no waiver accepts them.
    """

    before: _Counts = field(default_factory=dict)
    after: _Counts = field(default_factory=dict)
    new: int = 0
    added: _Counts = field(default_factory=dict)
    waived: int = 0
    hidden_before: int = 0
    hidden: int = 0

    @property
    def total_before(self) -> int:
        """Return how many there were."""
        return sum(self.before.values())

    @property
    def total_after(self) -> int:
        """Return how many there are."""
        return sum(self.after.values())


def removable(delta: Delta, remaining: RemainingFindings, late: LateDisclosures, waivers: Waivers) -> Removable:
    """Return what patching can remove.

    Findings disclosed after it are left out unless the policy counts them, and so is what remains or is new and waived.
    """
    before: Counter[Severity] = Counter()
    after: Counter[Severity] = Counter()
    waived = 0
    for severity, became, number in delta.query(_FIXABLE_BEFORE):
        before[Severity(severity)] += number
        if became == DeltaClass.REMAINING:  # under another name
            after[Severity(severity)] += number
    earlier = {tuple(key): Severity(severity) for *key, severity in delta.query(RATED_DIFFERENTLY)}
    renamed = {identity(row) for row in delta.rows(DeltaClass.RENAMED)}
    for group in _compared(delta, remaining.groups(REMOVABLE)):
        key = identity(group[0].finding)
        if key in renamed or not (left := left_to_patching(group)):
            continue
        if all(waivers.accept(one.finding) for one in left):
            waived += 1
        else:
            now = worst(group)
            after[now] += 1
            before[earlier.get(key, now)] += 1
    fresh: Counter[Severity] = Counter()
    added: Counter[Severity] = Counter()
    for group in _compared(delta, remaining.new_groups()):
        if not late.gates and all(late.is_late(one.finding) for one in group):
            continue
        if left := left_to_patching(group):
            accepted = all(waivers.accept(one.finding) for one in left)
            waived += accepted
            fresh[worst(group)] += not accepted
        elif group[0].finding.type == FindingType.PACKAGE:
            added[worst(group)] += 1
    return Removable(before, after + fresh, fresh.total(), added, waived)


def _compared(delta: Delta, groups: Iterator[tuple[Explained, ...]]) -> Iterator[tuple[Explained, ...]]:
    return (group for group in groups if group[0].finding.host in delta.comparable_hosts)


def left_to_patching(group: tuple[Explained, ...]) -> list[Explained]:
    """Return those of a group that patching can remove."""
    return [one for one in group if EXPLANATIONS[one.kind].removable]


def worst(group: tuple[Explained, ...]) -> Severity:
    """Return the worst severity of a group, as it is rated now."""
    return min((Severity(one.finding.severity) for one in group), key=_ORDER.index)
