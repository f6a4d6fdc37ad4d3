"""What remains, by cause: why patching did not remove it, what to do next, who must act, and every finding."""

from collections import Counter
from dataclasses import dataclass

from postpatch.report.view.findings import DETAIL, line_of
from postpatch.report.view.listing import Lines, Listing, Space, line
from postpatch.report.words import shortened
from postpatch.verdict.alike import alike
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
    proofs: dict[Kind, Counter[str]] = {kind: Counter() for kind in Kind}
    for shared in remaining.shared():
        lines[shared.kind].add(line_of(shared.finding), *shared.hosts)
    for kind, proof, number in remaining.proofs():
        proofs[kind][in_words(proof)] += number
    hosts = remaining.hosts
    return tuple(
        Remains(kind, EXPLANATIONS[kind], hosts[kind], lines[kind].listing(space), _most_frequent(proofs[kind]))
        for kind in _READING
        if kind in hosts
    )


def regraded(delta: Delta, space: Space) -> Listing:
    """Return the remaining findings whose severity changed since the baseline: a lower one is no fix."""
    lines = Lines()
    changed = "class = 'remaining' AND type <> 'CONFIGURATION' AND severity_before IS DISTINCT FROM severity_after"
    for row in alike(delta, changed):
        details = (f"rated {row.severity_before} in the baseline",)
        lines.add(line(row.severity_after or "", row.vulnerability, row.title, row.port, details), *row.hosts)
    return lines.listing(space)


def _most_frequent(proofs: Counter[str]) -> tuple[str, ...]:
    rest = len(proofs) - _PROOFS
    shown = [shortened(proof, DETAIL) for proof, _ in proofs.most_common(_PROOFS)]
    return (*shown, *([f"and {rest} more like these"] if rest > 0 else []))
