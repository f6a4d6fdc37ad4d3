"""Two verdicts on the same evidence: what is the same, what is a note, and what needs a rule."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.verdict.comparison import Nature, compare
from postpatch.verdict.rules import RuleChange
from tests.packs.sealing import ALL, PACKS, read

VERDICTS = {name: read(PACKS / name) for name in ALL}
NAMES = st.sampled_from(ALL)
WORDING = {"sentence", "reason", "notes", "controls", "title", "why", "next_step", "owner"}
OF_THE_JUDGING = {"format", "tool", "rules", "finished_at"}


def verdict(name="0.1.0/limits-and-waivers"):
    """Return a verdict of 0.1.0, to be changed."""
    return copy.deepcopy(VERDICTS[name])


def check(document, wanted):
    """Return the row of one check."""
    return next(one for one in document["checks"] if one["id"] == wanted)


def rule(*concerns, version=2):
    """Return a change of the rules."""
    return RuleChange(version, frozenset(concerns), "It counts differently.")


def leaves(value, place=()):
    """Yield the place and value of everything in a document that is no object and no list of objects."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*place, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*place, number))
    else:
        yield place, value


def counts(place):
    """Tell whether what is at a place is an outcome, a fact, a count, or what was judged."""
    name_of_a_fact = place[-1] == "name" and "facts" in place
    return place[0] not in OF_THE_JUDGING and place[-1] not in WORDING | {"facts"} and not name_of_a_fact


def put(document, place, value):
    """Put a value at a place of a document."""
    for key in place[:-1]:
        document = document[key]
    document[place[-1]] = value


def other(value):
    """Return another value of the same kind, never the same one in other words."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [*value, "i-0ffffffffffffffff"]
    return f"{value or ''} i-0ffffffffffffffff"


@given(NAMES)
def test_a_verdict_is_itself(name):
    """Between a verdict and itself nothing differs."""
    found = compare(VERDICTS[name], VERDICTS[name])
    assert (found.unexplained, found.explained, found.notes) == ((), (), ())


@given(NAMES, st.data())
def test_any_other_value_is_a_difference(name, data):
    """Whatever single value changes is a difference, but for wording and for what is of the judging."""
    then, now = VERDICTS[name], verdict(name)
    place, value = data.draw(st.sampled_from([leaf for leaf in leaves(then) if counts(leaf[0])]))
    put(now, place, other(value))
    found = compare(then, now)
    assert found.unexplained, place
    assert not found.explained


@given(NAMES, st.data())
def test_other_wording_never_is(name, data):
    """However the wording changes, anywhere and everywhere, there are notes alone."""
    then, now = VERDICTS[name], verdict(name)
    places = [(place, value) for place, value in leaves(then) if place[-1] in WORDING]
    for place, value in data.draw(st.lists(st.sampled_from(places), min_size=1)):
        put(now, place, other(value))
    found = compare(then, now)
    assert not found.unexplained
    assert found.notes
    assert {one.nature for one in found.notes} == {Nature.WORDING}


@given(NAMES, st.sampled_from(sorted(OF_THE_JUDGING)))
def test_when_and_by_what_it_was_judged_is_no_part_of_it(name, key):
    """Time, version and form of the judging are not compared, present or not."""
    assert compare(VERDICTS[name], verdict(name) | {key: 7}).unexplained == ()
    assert compare(VERDICTS[name], verdict(name) | {key: 7}).notes == ()


def test_a_key_that_came_later_is_a_note():
    """A new key is a note, at the top and in a group of counts; one that is gone is a difference."""
    then, now = verdict(), verdict() | {"fleet": None}
    now["counts"]["not_comparable"] = 3
    found = compare(then, now)
    assert not found.unexplained
    assert [one.where for one in found.notes] == ["counts.not_comparable", "fleet"]
    assert [one.where for one in compare(now, then).unexplained] == ["counts.not_comparable", "fleet"]


def test_a_cause_that_came_later_counts():
    """A cause that nobody knew is a note as long as nothing has it; a finding that moved to it needs a rule."""
    then, now = verdict(), verdict()
    now["remaining_kinds"]["kernel_livepatched"] = 0
    assert [one.nature for one in compare(then, now).notes] == [Nature.ADDED]
    now["remaining_kinds"]["kernel_livepatched"] = 1
    now["remaining_kinds"]["install_failed"] -= 1
    now["remaining"][-1]["findings"] -= 1
    assert len(compare(then, now).unexplained) == 3
    found = compare(then, now, [rule("remaining_kinds")])
    assert not found.unexplained
    assert len(found.explained) == 3


def test_a_fact_that_came_later_is_a_note():
    """A check that states one more fact states the same; one that states one less does not."""
    then, now = verdict(), verdict()
    check(now, "SCAN-1")["facts"].append({"name": "inventory", "expected": "x", "found": "x", "holds": True})
    assert not compare(then, now).unexplained
    assert [one.where for one in compare(then, now).notes] == ["checks.SCAN-1.facts.inventory"]
    assert [one.where for one in compare(now, then).unexplained] == ["checks.SCAN-1.facts.inventory"]


@pytest.mark.parametrize(("outcome", "now_is"), [("passed", "FAIL"), ("failed", "FAIL"), ("not assessed", "FAIL")])
def test_a_check_that_came_later_is_a_note_whatever_its_outcome(outcome, now_is):
    """A new check changes nothing of what was judged, even if it is red and the verdict of today with it."""
    then, now = verdict("0.1.0/workshop"), verdict("0.1.0/workshop")
    now["checks"].append(check(now, "FIND-8") | {"id": "FIND-99", "outcome": outcome})
    now["verdict"] = now_is if outcome == "failed" else "PASS"
    found = compare(then, now)
    assert not found.unexplained
    assert "checks.FIND-99" in [one.where for one in found.notes]
    assert ("verdict" in [one.where for one in found.notes]) == (outcome == "failed")


def test_a_check_that_is_gone_is_a_difference():
    """A verdict that says nothing of a check any more does not repeat it."""
    then, now = verdict("0.1.0/workshop"), verdict("0.1.0/workshop")
    now["checks"] = [one for one in now["checks"] if one["id"] != "FIND-4"]
    assert [one.where for one in compare(then, now).unexplained] == ["checks.FIND-4"]


def test_the_verdict_is_explained_by_what_explains_its_outcomes():
    """A verdict that follows from explained outcomes is explained; one with an outcome that is not explained is not."""
    then, now = verdict("0.1.0/workshop"), verdict("0.1.0/workshop")
    check(now, "FIND-1")["outcome"] = "failed"
    now["verdict"] = "FAIL"
    assert [one.where for one in compare(then, now).unexplained] == ["verdict", "checks.FIND-1.outcome"]
    found = compare(then, now, [rule("FIND-1")])
    assert not found.unexplained
    assert [one.where for one in found.explained] == ["verdict", "checks.FIND-1.outcome"]
    check(now, "MW-1")["outcome"] = "failed"
    found = compare(then, now, [rule("FIND-1")])
    assert [one.where for one in found.unexplained] == ["verdict", "checks.MW-1.outcome"]


def test_a_verdict_that_nothing_changed_is_a_difference():
    """With the same outcomes another verdict needs a rule of its own."""
    then, now = verdict("0.1.0/workshop"), verdict("0.1.0/workshop") | {"verdict": "PARTIAL"}
    assert [one.where for one in compare(then, now).unexplained] == ["verdict"]
    assert not compare(then, now, [rule("verdict")]).unexplained


@pytest.mark.parametrize("concerns", ["gate", "gate.limits"])
def test_a_key_covers_what_is_below_it(concerns):
    """A rule on a group of numbers explains each of them, and nothing beside it."""
    then, now = verdict(), verdict()
    now["gate"]["limits"][0]["found"] += 1
    now["counts"]["new"] += 1
    found = compare(then, now, [rule(concerns)])
    assert [one.where for one in found.explained] == ["gate.limits.1.found"]
    assert [one.where for one in found.unexplained] == ["counts.new"]
