"""The remaining findings with their causes, each settled once for every check and every output."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from postpatch.model import DeltaClass, Finding
from postpatch.verdict.causes.cause import cause_of
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import ORDER, Kind, Proof, kind_of, proof_of
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.delta import Delta, by_identity, identity
from postpatch.verdict.waivers import Waivers

Stories = Mapping[str, HostStory]
# What patching left: still active, under the name of the baseline or under another.
REMAINING = (DeltaClass.REMAINING, DeltaClass.RENAMED)
_CLEAR_NEW = frozenset(
    {Kind.FIX_NEWER, Kind.NEEDS_SUBSCRIPTION, *(kind for kind, words in EXPLANATIONS.items() if words.held_back)}
)

# A dozen checks and outputs read what remains: it is read again only where it is too much to keep.
_AT_MOST_KEPT = 1_000


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


class RemainingFindings:
    """The remaining findings of a delta. Iterate as often as needed: each cause is settled only once.

    `stories` are by host; a finding on a host without one is settled by its own fields.
    """

    def __init__(self, delta: Delta, stories: Stories) -> None:
        self.delta = delta
        self._stories = stories

    def __iter__(self) -> Iterator[Explained]:
        """Yield each remaining identity once; if findings share one, the least explained of them."""
        for group in self.groups():
            yield max(group, key=lambda one: ORDER.index(one.kind))

    def groups(self) -> Iterator[tuple[Explained, ...]]:
        """Yield the remaining findings grouped by identity: one group counts as one finding."""
        found: Iterable[tuple[Explained, ...]] = self._kept if len(self._causes) <= _AT_MOST_KEPT else self._read()
        yield from found

    @cached_property
    def _kept(self) -> tuple[tuple[Explained, ...], ...]:
        return tuple(self._read())

    def _read(self) -> Iterator[tuple[Explained, ...]]:
        causes = iter(self._causes)
        for group in by_identity(self.delta.active(*REMAINING)):
            rated = self._rated_before.get(identity(group[0]), "")
            yield tuple(Explained(finding, *next(causes), rated) for finding in group)

    @cached_property
    def _rated_before(self) -> dict[tuple[object, ...], str]:
        return {key: severity for *names, severity in self.delta.rated_down() if (key := tuple(names))}

    @cached_property
    def _causes(self) -> list[tuple[Kind, Proof]]:
        # In the order in which the delta yields the findings; equal causes share one object, because a fleet has many.
        known: dict[tuple[Kind, Proof], tuple[Kind, Proof]] = {}
        contradicted = frozenset(self.delta.contradicted())
        found = (self._settled(finding, contradicted) for finding in self.delta.active(*REMAINING))
        return [known.setdefault(cause, cause) for cause in found]

    def _settled(self, finding: Finding, contradicted: frozenset[tuple[object, ...]]) -> tuple[Kind, Proof]:
        kind, proof = settle(finding, self._stories)
        # The stricter of both snapshots counts: what had a fix for a package, and has none now, explains nothing.
        if (*identity(finding), finding.part) in contradicted and kind_of(finding) is not Kind.PATCHABLE:
            return Kind.CONTRADICTED, (("in the baseline", "a fix"), *proof)
        return kind, proof

    def new_groups(self) -> Iterator[tuple[Explained, ...]]:
        """Yield the new findings grouped by identity, each settled by its own fields.

        Of what its host's story proves, only that the baseline held the fix back, that the fix is newer than the patch
        run, or that it needs a subscription clears a new finding: anything else came with what was installed since.
        """
        for group in by_identity(self.delta.active(DeltaClass.NEW)):
            yield tuple(Explained(finding, *settle_new(finding, self._stories)) for finding in group)


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
