"""Which new findings an earlier round saw fixed, and that they are judged as before."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.model import DeltaClass, EarlierFix, EarlierRuns, Finding
from postpatch.model.round import Round
from postpatch.policy import Policy
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import PatchRuns, late_disclosures
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.removable import removable
from postpatch.verdict.resurfaced import any_new, fixed_before
from postpatch.verdict.waivers import Waivers
from tests.report import runs
from tests.verdict.conftest import MOMENT
from tests.verdict.test_history import make_round

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
EARLIER = MOMENT - timedelta(days=7)
BACK, OTHER = "CVE-2026-1", "CVE-2026-2"


@pytest.fixture
def delta(make_delta: MakeDelta) -> Delta:
    """Return a delta in which a finding that was not in the baseline is active, beside one that remains."""
    stays = runs.finding(OTHER)
    return make_delta([stays], [stays, runs.finding(BACK)])


def kept(folder: Path, number: int, became: str, **changes: Any) -> Round:
    """Return a round in which that finding had a class, and which was before the delta's."""
    return make_round(folder, number, {BACK: became}, **({"after_at": EARLIER} | changes))


@pytest.mark.parametrize(
    ("rounds", "by"),
    [
        pytest.param([("fixed", {})], "run-0", id="fixed"),
        pytest.param([("remaining", {})], None, id="never-fixed"),
        pytest.param([("fixed", {"after_at": MOMENT})], None, id="a-round-of-the-same-moment"),
        pytest.param([("fixed", {"after_at": None})], None, id="a-round-without-findings"),
        pytest.param([("fixed", {}), ("host_gone", {})], "run-0", id="and-gone-later"),
        pytest.param([("fixed", {}), ("fixed", {})], "run-1", id="fixed-twice"),
    ],
)
def test_a_new_finding_resurfaced_if_an_earlier_round_fixed_it(
    tmp_path: Path, delta: Delta, rounds: list[tuple[str, dict[str, Any]]], by: str | None
) -> None:
    """The newest round that fixed it is named; what was not fixed, or not before, is new."""
    found = fixed_before(
        delta, [kept(tmp_path, number, became, **changes) for number, (became, changes) in enumerate(rounds)], ()
    )
    assert [(one.vulnerability, one.run) for one in found.fixes] == ([(BACK, by)] if by else [])


def test_another_host_or_port_is_another_finding(tmp_path: Path, make_delta: MakeDelta) -> None:
    """What was fixed on one host is new on another."""
    delta = make_delta([], [runs.finding(BACK, runs.HOSTS[1])])
    assert fixed_before(delta, [kept(tmp_path, 0, "fixed")], ()).fixes == ()


def test_nothing_is_looked_for_where_nothing_is_new(make_delta: MakeDelta) -> None:
    """What remains is not new."""
    stays = runs.finding(OTHER)
    assert not any_new(make_delta([stays], [stays]))
    assert any_new(make_delta([], [stays]))


def judged(delta: Delta, policy: Policy) -> list[Any]:
    """Return the outcomes and facts of the checks that count new findings, and what is late and removable."""
    late, waivers = late_disclosures(delta, PatchRuns(MOMENT), MOMENT, gates=False), Waivers((), delta, MOMENT)
    remaining = RemainingFindings(delta, {})
    counted = removable(delta, remaining, late, waivers)
    checks = [
        fewer_than_baseline(delta, late, counted),
        no_severity_worse(delta, late, counted),
        nothing_new_that_was_fixable(delta, waivers, policy, late, remaining),
    ]
    return [counted, late.by_severity, *((one.holds, one.facts) for one in checks)]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_the_class_changes_no_judgement(make_delta: MakeDelta, make_policy: Callable[..., Policy], data: Any) -> None:
    """Whatever is new, fixable or not, on any host: FIND-1, 2 and 3 come out as if it had never been fixed."""
    names = st.sets(st.tuples(st.sampled_from([BACK, OTHER, "CVE-2026-3"]), st.sampled_from(runs.HOSTS)))
    before, after, fixed = (sorted(data.draw(names)) for _ in range(3))
    sides = [[runs.finding(*one) for one in side] for side in (before, after)]
    plain = make_delta(*sides, others=runs.HOSTS)
    expected, counts = judged(plain, make_policy()), plain.counts
    marked = make_delta(*sides, others=runs.HOSTS)
    marked.resurface(
        EarlierRuns(
            tuple(
                EarlierFix(one.account, one.region, one.host, one.type, one.vulnerability, "", -1, -1, "", EARLIER, "1")
                for one in (runs.finding(*name) for name in fixed)
            )
        )
    )
    assert judged(marked, make_policy()) == expected
    back = {(row.vulnerability, row.host) for row in marked.rows(DeltaClass.RESURFACED)}
    assert back == {*after} & {*fixed} - {*before}
    assert (marked.counts.appeared, marked.counts.resurfaced) == (counts.new, len(back))
    assert marked.counts.after == counts.after
