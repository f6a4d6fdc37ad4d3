"""What remains, by cause: why patching did not remove it, what to do next, who must act, and every finding."""

from collections import Counter
from dataclasses import dataclass

from postpatch.model import DeltaClass, port_in_words
from postpatch.report.view.findings import DETAIL, line_of
from postpatch.report.view.listing import Lines, Listing, Space, line
from postpatch.report.words import shortened
from postpatch.verdict.causes.explanations import EXPLANATIONS, Explanation
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.delta import Delta
from postpatch.verdict.remaining import RemainingFindings, in_words

_PROOFS = 4
# Unexplained findings come first, then those that patching should have removed.
_READING = sorted(Kind, key=lambda kind: (EXPLANATIONS[kind].explained, not EXPLANATIONS[kind].patching_should))


@dataclass(frozen=True)
class Remains:
    """One kind of remaining findings; `hosts` is the number of hosts that have any, `proofs` show why."""

    id: str
    explanation: Explanation
    hosts: int
    listing: Listing
    proofs: tuple[str, ...]


def remains(remaining: RemainingFindings, space: Space) -> tuple[Remains, ...]:
    """Return the kinds that have findings, in the order of the report."""
    lines: dict[Kind, Lines] = {kind: Lines() for kind in Kind}
    hosts: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    proofs: dict[Kind, Counter[str]] = {kind: Counter() for kind in Kind}
    for one in remaining:
        lines[one.kind].add(line_of(one.finding), one.finding.host)
        hosts[one.kind].add(one.finding.host)
        proofs[one.kind][in_words(one.proof)] += 1
    return tuple(
        Remains(kind, EXPLANATIONS[kind], len(hosts[kind]), lines[kind].listing(space), _most_frequent(proofs[kind]))
        for kind in _READING
        if hosts[kind]
    )


def regraded(delta: Delta, space: Space) -> Listing:
    """Return the remaining findings whose severity changed since the baseline: a lower one is no fix."""
    lines = Lines()
    for row in delta.rows(DeltaClass.REMAINING):
        if row.severity_before != row.severity_after:
            port = port_in_words(row.protocol, row.port_begin, row.port_end)
            details = (f"rated {row.severity_before} in the baseline",)
            lines.add(line(row.severity_after or "", row.vulnerability, row.title, port, details), row.host)
    return lines.listing(space)


def _most_frequent(proofs: Counter[str]) -> tuple[str, ...]:
    rest = len(proofs) - _PROOFS
    shown = [shortened(proof, DETAIL) for proof, _ in proofs.most_common(_PROOFS)]
    return (*shown, *([f"and {rest} more like these"] if rest > 0 else []))
