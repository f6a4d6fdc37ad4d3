"""What patching can remove by role: FIND-1 and FIND-2 where hosts are replaced by hosts from a newer image.

A finding counts once in a role, on however many of its hosts it is active, so that a group that grew is compared with
the smaller one. A host that was terminated shows what its role had; one that exists and was not scanned shows nothing.
What is active in a role without being removable was not removable before either: it counts on neither side.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from postpatch.model import DeltaClass, Judgement, Severity
from postpatch.verdict.database import IDENTITY
from postpatch.verdict.delta import Delta, identity
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.facts import count, fact, judged
from postpatch.verdict.progress import levels
from postpatch.verdict.proven_image import ProvenImage
from postpatch.verdict.remaining import Explained, RemainingFindings
from postpatch.verdict.removable import RATED_DIFFERENTLY, Removable, left_to_patching, worst
from postpatch.verdict.waivers import Waivers

_ORDER = tuple(Severity)
# What the baseline shows, is not active under the same name on the same host now, and patching could remove.
_FIXABLE_BEFORE = f"""
    SELECT * EXCLUDE (beyond) FROM (
      SELECT {IDENTITY}, d.severity_before, d.class, bool_and(b.beyond) AS beyond
      FROM delta d JOIN baseline b USING ({IDENTITY})
      WHERE (d.comparable OR d.class = 'host_gone') AND d.was_active AND NOT d.is_active AND type <> 'CONFIGURATION'
        AND b.status = 'ACTIVE' AND d.part IN ('any', b.part)
      GROUP BY ALL
    ) WHERE NOT beyond
"""
_Findings = dict[tuple[Any, ...], Severity]


class _Tally:
    """The findings of one role that patching can remove, each with its worst severity, and the others active now."""

    def __init__(self) -> None:
        self.before: _Findings = {}
        self.after: _Findings = {}
        self.beyond: set[tuple[Any, ...]] = set()
        self.waived = 0

    def removable(self) -> Removable:
        """Return the counts."""
        for key in self.beyond - self.after.keys():
            self.before.pop(key, None)
        new = len(self.after.keys() - self.before.keys())
        return Removable(Counter(self.before.values()), Counter(self.after.values()), new, waived=self.waived)


def removable_by_role(
    delta: Delta, remaining: RemainingFindings, late: LateDisclosures, waivers: Waivers, image: ProvenImage | None
) -> Mapping[str, Removable] | None:
    """Return what patching can remove, by role, for each role of which a host was scanned now; None without an image.

    Late disclosures are left out unless the policy counts them.
    """
    if image is None:
        return None
    roles = image.roles
    scanned = frozenset(host.id for host in delta.after.hosts if host.present and host.scanned)
    seen = {host: role for role, hosts in roles.now.items() for host in hosts & scanned}
    tallies = {role: _Tally() for role in sorted(set(seen.values()))}
    earlier = {host: role for role, hosts in roles.before.items() for host in hosts if role in tallies}
    for *key, severity, became in delta.query(_FIXABLE_BEFORE):
        if role := earlier.get(key[_HOST]):
            tally, rated = tallies[role], Severity(severity)
            _add(tally.before, key, rated)
            if became == DeltaClass.REMAINING:  # under another name
                _add(tally.after, key, rated)
    _count_active(tallies, seen, delta, remaining, late, waivers)
    return {role: tally.removable() for role, tally in tallies.items()}


def _count_active(
    tallies: Mapping[str, _Tally],
    seen: Mapping[str, str],
    delta: Delta,
    remaining: RemainingFindings,
    late: LateDisclosures,
    waivers: Waivers,
) -> None:
    rated = {tuple(key): Severity(severity) for *key, severity in delta.query(RATED_DIFFERENTLY)}
    renamed = {identity(row) for row in delta.rows(DeltaClass.RENAMED)}
    for groups, was_there in ((remaining.groups(), True), (remaining.new_groups(), False)):
        for group in groups:
            key = identity(group[0].finding)
            role = seen.get(group[0].finding.host)
            if role is None or key in renamed:
                continue
            tally = tallies[role]
            if not (left := _counting(group, late, new=not was_there)):
                tally.beyond.add(_of_role(key))
            elif all(waivers.accept(one.finding) for one in left):
                tally.beyond.add(_of_role(key))
                tally.waived += 1
            else:
                _add(tally.after, key, worst(group))
                if was_there:
                    _add(tally.before, key, rated.get(key, worst(group)))


def _counting(group: tuple[Explained, ...], late: LateDisclosures, *, new: bool) -> list[Explained]:
    if new and not late.gates and all(late.is_late(one.finding) for one in group):
        return []
    return left_to_patching(group)


def fewer_by_role(roles: Mapping[str, Removable] | None, delta: Delta) -> Judgement | None:
    """Judge FIND-1 by role: fewer findings that patching can remove than in the baseline, or none both times.

    None where hosts are compared with themselves.
    """
    if roles is None:
        return None
    if not roles:
        return delta.scans.unsupported() or Judgement(False, _NOTHING)
    facts = [
        fact(f"{_FINDINGS} of role {role}", f"fewer than {one.total_before}", one.total_after, _is_less(one))
        for role, one in roles.items()
    ]
    told = ", ".join(f"{role} {one.total_before} → {one.total_after}" for role, one in roles.items())
    waived = sum(one.waived for one in roles.values())
    right = f"{_FINDINGS}, before → after, each once in a role: {told}"
    notes = [f"not counting {count(waived, 'waived finding')}"] if waived else []
    return delta.scans.settle(judged("what patching can remove", facts, notes, right))


def no_severity_worse_by_role(roles: Mapping[str, Removable] | None, delta: Delta) -> Judgement | None:
    """Judge FIND-2 by role: at every severity level and above, no more findings than in the baseline.

    None where hosts are compared with themselves.
    """
    if roles is None:
        return None
    if not roles:
        return delta.scans.unsupported() or Judgement(False, _NOTHING)
    facts = []
    for role, one in roles.items():
        for name, severities in levels():
            before = sum(one.before.get(severity, 0) for severity in severities)
            after = sum(one.after.get(severity, 0) for severity in severities)
            facts.append(fact(f"{name}, role {role}", f"at most {before}", after, after <= before))
    right = "in no role a severity level has more findings that patching can remove, counted with all worse ones"
    return delta.scans.settle(judged(f"{_FINDINGS} by role and severity", facts, right=right))


_FINDINGS = "active findings that patching can remove"
_NOTHING = "no role has a host that was scanned: nothing can be compared"
_HOST = IDENTITY.split(", ").index("host")


def _is_less(one: Removable) -> bool:
    return one.total_before == one.total_after == 0 or one.total_after < one.total_before


def _of_role(key: tuple[Any, ...] | list[Any]) -> tuple[Any, ...]:
    return (*key[:_HOST], *key[_HOST + 1 :])


def _add(findings: _Findings, key: tuple[Any, ...] | list[Any], severity: Severity) -> None:
    known = findings.setdefault(_of_role(key), severity)
    findings[_of_role(key)] = min(known, severity, key=_ORDER.index)
