"""FIND-6: the rules are listed, and both sides are counted; hiding more never helps."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.verdict.hidden import HiddenCounts
from postpatch.verdict.suppression import (
    Suppression,
)
from tests.verdict.test_suppression import BASELINE, CHANGED, NEW, OLD, A, B, Judge, Make, MakeDelta, judge, rule

__all__ = ["judge"]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((OLD,), ["rule noise, created 2026-10-11, 40 days before the baseline, hides 1 finding (reason: none given)"]),
        ((NEW,), ["rule quarter-end, created 2026-11-21 00:00:00 UTC, since the baseline, hides 1 finding (reason: "
                  "until after the quarter)"]),
        ((CHANGED,), ["rule quarter-end, changed 2026-11-20 22:00:00 UTC, since the baseline, hides 1 finding (reason: "
                      "none given)"]),
        ((rule(BASELINE),), ["rule quarter-end, created 2026-11-20, 0 days before the baseline, hides an unknown "
                             "number of findings (reason: none given)"]),
        ((), ["1 finding hidden by rules that are not visible here, such as a delegated administrator's"]),
        (None, []),
    ],
    ids=["old", "new", "changed", "of-the-very-moment", "not-visible", "files"],
)  # fmt: skip
def test_each_rule_is_listed_with_its_age_and_its_hits(
    unfixable: Make, make_delta: MakeDelta, judge: Judge, rules: Any, words: list[str]
) -> None:
    """Whether or not it turns anything red; what no visible rule hides is said too."""
    judgement = judge(make_delta([unfixable(status="SUPPRESSED")], [unfixable(status="SUPPRESSED")]), rules)
    assert list(judgement.notes[:-1]) == words


def test_what_the_visible_rules_do_not_hide_is_counted(unfixable: Make, make_delta: MakeDelta, judge: Judge) -> None:
    """Of three hidden findings the one visible rule hides one."""
    hidden = [unfixable(f"CVE-{number}", status="SUPPRESSED") for number in range(3)]
    notes = judge(make_delta(hidden, hidden), (OLD,)).notes
    assert "at least 2 findings hidden by rules that are not visible here, such as a delegated administrator's" in notes


def test_both_sides_are_counted(make_finding: Make, unfixable: Make, make_delta: MakeDelta) -> None:
    """What patching could remove is a class of its own, before and after."""
    before = [
        make_finding("CVE-1", status="SUPPRESSED"),
        make_finding("CVE-2", status="SUPPRESSED"),
        unfixable("CVE-3"),
    ]
    after = [make_finding("CVE-1", status="SUPPRESSED"), unfixable("CVE-3", B, status="SUPPRESSED")]
    hidden = make_delta(before, after).hidden
    assert (hidden.before.fixable, hidden.before.other) == (2, 0)
    assert (hidden.after.fixable, hidden.after.other) == (1, 1)


STATUSES = st.lists(st.sampled_from(["ACTIVE", "SUPPRESSED", "CLOSED"]), max_size=2)


@settings(max_examples=40, deadline=None)
@given(before=STATUSES, after=STATUSES, rules=st.sampled_from([(), (OLD,), (NEW,), (OLD, NEW), None]))
def test_suppressing_never_turns_red_to_green(
    make_finding: Make, make_delta: MakeDelta, judge: Judge, before: list[str], after: list[str], rules: Any
) -> None:
    """A fixable finding that is there at all, and that no active row shows, is red, whatever the rules say."""
    delta = make_delta(
        [make_finding(status=status) for status in before],
        [make_finding(status=status) for status in after],
        others=[A],
    )
    assert judge(delta, rules).holds == ("ACTIVE" in after or "SUPPRESSED" not in after)


def test_the_number_that_is_not_visible_needs_every_hit() -> None:
    """Where the hits of one rule are not known, nobody knows what the others do not hide."""
    three = HiddenCounts(3)
    assert Suppression(three, three, (OLD, rule(BASELINE)), BASELINE).not_visible is None
    assert Suppression(three, three, (OLD,), BASELINE).not_visible == 2
    assert Suppression(three, three, (OLD,) * 4, BASELINE).not_visible == 0
