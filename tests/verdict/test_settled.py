"""The causes in the database are those that each finding has by itself, however they are asked for."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import given

from postpatch.model import DeltaClass, Finding
from postpatch.verdict.causes.kinds import ORDER, Kind, kind_of
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.delta import Delta, by_identity, identity
from postpatch.verdict.remaining import REMAINING, Explained, RemainingFindings, settle, settle_new
from tests.verdict.test_delta_properties import HOSTS, few, worlds

# Nothing is known of the first host: its story says that Systems Manager does not manage it.
STORIES = {HOSTS[0]: HostStory()}
_A_FIX = (None, "", "NotAvailable")


def one_by_one(delta: Delta) -> Iterator[tuple[Explained, ...]]:
    """Yield the remaining findings, grouped, each settled by itself."""
    before = list(delta.before())
    whole = {identity(row) for row in delta.every() if row.part == "any"}
    for group in by_identity(delta.active(*REMAINING)):
        found = []
        for one in group:
            kind, proof = settle(one, STORIES)
            alike = [
                b for b in before if identity(b) == identity(one) and (identity(one) in whole or b.part == one.part)
            ]
            if any(_contradict(b, one) for b in alike) and kind_of(one) is not Kind.PATCHABLE:
                kind, proof = Kind.CONTRADICTED, (("in the baseline", "a fix"), *proof)
            found.append((one, kind, proof))
        yield tuple(Explained(*one) for one in found)


def _contradict(before: Finding, now: Finding) -> bool:
    return bool(_named(before, fixed=True) & _named(now, fixed=False))


def _named(finding: Finding, *, fixed: bool) -> set[str]:
    return {one.name for one in finding.packages if (one.manager in ("OS", "") and one.fixed_in not in _A_FIX) is fixed}


def plain(groups: Iterator[tuple[Explained, ...]]) -> list[Counter[tuple[Any, ...]]]:
    """Return what groups hold; findings of one identity without an order of their own may come in any."""
    return [Counter((one.finding, one.kind, one.proof) for one in group) for group in groups]


@given(worlds())
@few
def test_causes_are_those_of_each_finding(make_delta: Callable[..., Delta], world: dict[str, Any]) -> None:
    """Groups, those of some kinds, the worst of each, and the new ones are what settling one by one gives."""
    delta = make_delta(**world)
    remaining = RemainingFindings(delta, STORIES)
    expected = list(one_by_one(delta))
    assert plain(remaining.groups()) == plain(iter(expected))
    for kind in Kind:
        some = [group for group in expected if any(one.kind is kind for one in group)]
        assert plain(remaining.groups([kind])) == plain(iter(some))
    worst = [max((one.kind for one in group), key=ORDER.index) for group in expected]
    assert [one.kind for one in remaining] == worst
    new = by_identity(delta.active(DeltaClass.NEW))
    settled = (tuple(Explained(one, *settle_new(one, STORIES)) for one in group) for group in new)
    assert plain(remaining.new_groups()) == plain(settled)


@given(worlds())
@few
def test_numbers_are_those_of_the_findings(make_delta: Callable[..., Delta], world: dict[str, Any]) -> None:
    """What is counted, or told together for many hosts, is what reading every finding gives."""
    remaining = RemainingFindings(make_delta(**world), STORIES)
    every = list(remaining)
    assert remaining.numbers == Counter((one.kind, one.finding.type) for one in every)
    assert remaining.hosts == Counter(kind for kind, _ in {(one.kind, one.finding.host) for one in every})
    proofs: Counter[Any] = Counter()
    for kind, proof, number in remaining.proofs():
        proofs[kind, proof] += number
    assert proofs == Counter((one.kind, one.proof) for one in every)
    shared = Counter(
        (one.kind, one.severity, one.finding.vulnerability, one.finding.packages, host)
        for one in remaining.shared()
        for host in one.hosts
    )
    assert shared == Counter(
        (one.kind, one.severity, one.finding.vulnerability, one.finding.packages, one.finding.host) for one in every
    )
