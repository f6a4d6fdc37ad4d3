"""The remaining findings with their causes, each settled once for every check and every output."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from postpatch.model import DeltaClass, Finding
from postpatch.verdict.causes.cause import cause_of
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind, Proof, kind_of, proof_of
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.delta import Delta, by_identity
from postpatch.verdict.settled import proof_in, settle_all
from postpatch.verdict.waivers import Waivers

Stories = Mapping[str, HostStory]
# What patching left: still active, under the name of the baseline or under another.
REMAINING = (DeltaClass.REMAINING, DeltaClass.RENAMED)
_CLEAR_NEW = frozenset(
    {Kind.FIX_NEWER, Kind.NEEDS_SUBSCRIPTION, *(kind for kind, words in EXPLANATIONS.items() if words.held_back)}
)


@dataclass(frozen=True)
class Explained:
    """An active finding with its kind and the fields that prove it."""

    finding: Finding
    kind: Kind
    proof: Proof
    rated: str = ""

    @property
    def severity(self) -> str:
        """Return the worse of what it is rated now and in the baseline."""
        return self.rated or self.finding.severity


@dataclass(frozen=True)
class Shared:
    """Remaining findings that differ by their hosts alone: `finding` is one of no host, `hosts` are in order."""

    finding: Finding
    kind: Kind
    rated: str
    hosts: list[str]

    @property
    def severity(self) -> str:
        """Return the worse of what they are rated now and in the baseline."""
        return self.rated or self.finding.severity


class RemainingFindings:
    """The remaining findings of a delta. Iterate as often as needed: each cause is settled only once.

    `stories` are by host; a finding on a host without one is settled by its own fields. Nothing of a finding is held:
    ask for the kinds that matter, or for numbers, where not every finding is needed.
    """

    def __init__(self, delta: Delta, stories: Stories) -> None:
        self.delta = delta
        self._stories = stories

    @cached_property
    def relation(self) -> str:
        """Return the name of the delta's relation of these findings and the new ones, as `settle_all` makes it."""
        return settle_all(self.delta, self._stories, _CLEAR_NEW)

    def __iter__(self) -> Iterator[Explained]:
        """Yield each remaining identity once; if findings share one, the least explained of them."""
        return self.of(Kind)

    def of(self, kinds: Iterable[Kind]) -> Iterator[Explained]:
        """Yield each remaining identity of these kinds once, as iterating does."""
        yield from (one for one, _, _ in self._read(f"e.counts AND {_REMAINING} AND e.kind IN {_listed(kinds)}"))

    def new_of(self, kinds: Iterable[Kind]) -> Iterator[Explained]:
        """Yield each new identity of these kinds once; if findings share one, the least explained of them."""
        yield from (one for one, _, _ in self._read(f"e.counts AND {_NEW} AND e.kind IN {_listed(kinds)}"))

    def groups(self, kinds: Iterable[Kind] | None = None) -> Iterator[tuple[Explained, ...]]:
        """Yield the remaining findings grouped by identity: one group counts as one finding.

        With `kinds` only groups with one of these.
        """
        return self._grouped(_REMAINING, kinds)

    def new_groups(self, kinds: Iterable[Kind] | None = None) -> Iterator[tuple[Explained, ...]]:
        """Yield the new findings grouped by identity, each settled by its own fields.

        Of what its host's story proves, only that the baseline held the fix back, that the fix is newer than the patch
        run, or that it needs a subscription clears a new finding: anything else came with what was installed since.
        """
        return self._grouped(_NEW, kinds)

    @cached_property
    def numbers(self) -> Mapping[tuple[Kind, str], int]:
        """Return how many identities remain of each kind and type, those that have any."""
        found = self.delta.query(
            f"SELECT e.kind, t.type, COUNT(*) FROM {self.relation} e JOIN description t USING (description) "
            f"WHERE e.counts AND {_REMAINING} GROUP BY ALL"
        )
        return {(Kind(kind), of): number for kind, of, number in found}

    @cached_property
    def hosts(self) -> Mapping[Kind, int]:
        """Return on how many hosts a finding of each kind remains, for kinds that have any."""
        select = (
            f"SELECT e.kind, COUNT(DISTINCT e.host) FROM {self.relation} e WHERE e.counts AND {_REMAINING} GROUP BY ALL"
        )
        return {Kind(kind): number for kind, number in self.delta.query(select)}

    def proofs(self) -> Iterator[tuple[Kind, Proof, int]]:
        """Yield each proof of a kind, with how many identities it explains, in the order of the first of them."""
        found = self.delta.query(
            f"SELECT e.kind, e.proof, COUNT(*) FROM {self.relation} e WHERE e.counts AND {_REMAINING} "
            "GROUP BY e.kind, e.proof ORDER BY MIN(e.id)"
        )
        yield from ((Kind(kind), proof_in(proof), number) for kind, proof, number in found)

    def shared(self) -> Iterator[Shared]:
        """Yield the remaining identities of one kind that differ by their hosts alone, together."""
        select = (
            f"SELECT e.description, '', '', NULL, NULL, NULL, e.kind, e.rated, LIST(e.host ORDER BY e.id) "
            f"FROM {self.relation} e WHERE e.counts AND {_REMAINING} "
            "GROUP BY e.description, e.kind, e.rated ORDER BY MIN(e.id)"
        )
        for rows in self.delta.listed.batches(select, size=_LISTS_AT_ONCE):
            for finding, (*_, kind, rated, hosts) in zip(self.delta.listed.made(rows), rows, strict=True):
                yield Shared(finding, Kind(kind), rated, hosts)

    def _grouped(self, classes: str, kinds: Iterable[Kind] | None) -> Iterator[tuple[Explained, ...]]:
        where = classes
        if kinds is not None:
            where += f" AND e.place IN (SELECT place FROM {self.relation} WHERE kind IN {_listed(kinds)})"
        for _, group in groupby(self._read(where), key=itemgetter(1, 2)):
            yield tuple(one for one, _, _ in group)

    def _read(self, where: str) -> Iterator[tuple[Explained, int, str]]:
        beside = "e.kind, e.proof, e.rated, e.place, e.part"
        rows = self.delta.listed.rows(beside, f"JOIN {self.relation} e ON e.id = l.id", where)
        for finding, (kind, proof, rated, place, part) in rows:
            yield Explained(finding, Kind(kind), proof_in(proof), rated), place, part


_REMAINING = "e.class IN ('remaining', 'renamed')"
_NEW = "e.class IN ('new', 'resurfaced')"
_LISTS_AT_ONCE = 20  # each of up to all hosts of the fleet


def _listed(kinds: Iterable[Kind]) -> str:
    return f"({', '.join(repr(kind.value) for kind in kinds)})"


def settle(finding: Finding, stories: Stories) -> tuple[Kind, Proof]:
    """Return the kind of a finding with its proof, from its own fields and then from its host's story."""
    kind = kind_of(finding)
    if kind is Kind.PATCHABLE and finding.host in stories:
        return cause_of(finding, stories[finding.host])
    return kind, proof_of(finding)


def settle_new(finding: Finding, stories: Stories) -> tuple[Kind, Proof]:
    """Return the kind of a new finding with its proof: by its own fields, unless its host's story clears it."""
    kind, proof = settle(finding, stories)
    return (kind, proof) if kind in _CLEAR_NEW else (kind_of(finding), proof_of(finding))


def absent_groups(delta: Delta) -> Iterator[tuple[Explained, ...]]:
    """Yield the findings that the later of two files may still have, grouped by identity, as in the baseline."""
    for group in by_identity(delta.absent()):
        yield tuple(Explained(finding, *settle(finding, {})) for finding in group)


def open_ones(
    groups: Iterable[tuple[Explained, ...]], waivers: Waivers, wanted: Callable[[Explained], bool]
) -> Iterator[Explained]:
    """Yield each identity once if one of its findings is `wanted` and its risk is not accepted."""
    for group in groups:
        found = next((one for one in group if not waivers.accept(one.finding) and wanted(one)), None)
        if found:
            yield found


def in_words(proof: Proof) -> str:
    """Return a proof in words: `Operation = Scan, Install in the command history = none`."""
    return ", ".join(f"{name} = {value}" for name, value in proof)
