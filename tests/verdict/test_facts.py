"""Sentences made of facts."""

import pytest

from postpatch.model import Fact, Judgement
from postpatch.verdict.facts import count, fact, found_wrong, judged, naming


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "yes"), (False, "no"), ("", "none"), (None, "none"), ((), "none"), (0, "0"), (12, "12"), ("1%", "1%")],
)
def test_values_are_written_as_people_read_them(value: object, text: str) -> None:
    """Yes, no and none are words; zero is a number, not nothing."""
    assert fact("anything", value, value) == Fact("anything", text, text, holds=True)


@pytest.mark.parametrize(("expected", "found"), [("1", "1%"), (1, 2), (True, False), ("", "x"), ("1", 1)])
def test_a_fact_holds_only_for_equal_values(expected: object, found: object) -> None:
    """A fact compares values, not how they look."""
    assert not fact("anything", expected, found).holds


def test_a_fact_may_hold_by_another_meaning() -> None:
    """A judge may say by what meaning a fact holds, or does not."""
    assert fact("schedule", "every 12 hours", "rate(12 hours)", True).holds
    assert not fact("schedule", "same", "same", False).holds


def test_a_judgement_holds_when_all_its_facts_do() -> None:
    """The reason names every fact that does not hold, and no other."""
    facts = (fact("one", 1, 1), fact("two", 2, 3), fact("three", 3, 4))
    assert judged("it", facts[:1], ["a note"]) == Judgement(True, "it matches the policy", facts[:1], ("a note",))
    wrong = judged("it", facts)
    assert (wrong.holds, wrong.reason) == (False, "it: two: expected 2, found 3; three: expected 3, found 4")


def test_what_must_not_be_is_listed() -> None:
    """Where the facts' names are what must not be, the reason lists what was found of each."""
    facts = (fact("hosts gone", "none", "i-1", False), fact("hosts new", "none", "none"))
    assert found_wrong("hosts", facts, "the same hosts").reason == "hosts: hosts gone: i-1"
    assert found_wrong("hosts", facts[1:], "the same hosts") == Judgement(True, "the same hosts", facts[1:])


@pytest.mark.parametrize(
    ("number", "text"), [(0, ""), (1, "h0"), (5, "h0, h1, h2, h3, h4"), (7, "h0, h1, h2, h3, h4 and 2 more")]
)
def test_a_long_list_stays_a_sentence(number: int, text: str) -> None:
    """Five are named, the rest are counted."""
    assert naming(f"h{place}" for place in range(number)) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0 hosts"), (1, "1 host"), (2, "2 hosts")])
def test_numbers_have_their_plural(number: int, text: str) -> None:
    """One host, two hosts, no hosts."""
    assert count(number, "host") == text
