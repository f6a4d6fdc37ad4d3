"""What is a value in the text of a fact, and what is wording."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.verdict.fact_comparison import paired, same_fact, same_values


def fact(name="active findings", expected="fewer than 191", found="20", holds=True):
    """Return a row of a check's facts."""
    return {"name": name, "expected": expected, "found": found, "holds": holds}


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("fewer than 191", "must be less than 191"),
        ("Install ended 2026-11-26 21:09:00 UTC, 5 failed", "5 patches failed; finished at 2026-11-26T21:09:00Z"),
        ("last scanned 2026-11-27 08:02:36 UTC", "scanned at 2026-11-27T08:02:36+00:00"),
        ("none", ""),
        ("none", "nothing"),
        ("1 (CVE-2023-0010 on i-00000000000000001)", "CVE-2023-0010 (host i-00000000000000001): 1"),
        ("the service-linked role for Systems Manager", "the role that AWS links to Systems Manager"),
        ("hosts tagged env=prod", "every host with the tag env=prod"),
        (["a limit of 5", "b"], ["b", "at most 5 a"]),
    ],
)
def test_wording_is_no_value(then, now):
    """The same values in other words, another order, or another spelling of a time, are the same."""
    assert same_values(then, now)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("20", "21"),
        ("yes", "no"),
        ("Install", "Scan"),
        ("webtargets", "apptargets"),
        ("COMPLETED", "FAILED"),
        ("none", "i-00000000000000001"),
        ("fewer than 191", "fewer than 190"),
        ("hosts i-00000000000000001, i-00000000000000002", "hosts i-00000000000000001"),
        ("tag:Name = web", "tag:Name = app"),
        ("cron(0 0/12 * * ? *)", "cron(0 0/6 * * ? *)"),
        ("Install ended 2026-11-26 21:09:00 UTC", "Install ended 2026-11-26 21:09:01 UTC"),
        ("2026-11-27T08:00:00Z", "2026-11-27T08:00:00+09:00"),
        ("the state was TIMED_OUT", "the state was FAILED"),
    ],
)
def test_another_value_is_another(then, now):
    """A changed number, host, time, name or state is seen, in a sentence and alone."""
    assert not same_values(then, now)


WORDS = st.lists(st.sampled_from(["the", "host", "was", "patched", "again", "must", "be"]), max_size=6)
MARKED = ("17", "i-0aaaaaaaaaaaaaaa1", "CVE-2024-1", "1:3.0.8-1.amzn2023", "TIMED_OUT", "AWS-RunPatchBaseline")
VALUES = st.lists(st.sampled_from(MARKED), min_size=1, unique=True)


@given(VALUES, WORDS, WORDS, st.data())
def test_words_around_values_never_matter(values, words, others, data):
    """Whatever words stand around values, and in which order: the same values are the same, one more is not."""
    first, second = (
        " ".join(["reads", "as", *data.draw(st.permutations([*values, *filler]))]) for filler in (words, others)
    )
    assert same_values(first, second)
    assert not same_values(first, f"{second} 4711")


def test_a_sentence_may_leave_out_what_was_expected():
    """A limit that the sentence repeats is said once already; a sentence that drops what was found is another fact."""
    then = fact(expected="at most 5", found="9 (CVE-2024-1 on i-1 and 8 more), at most 5", holds=False)
    assert same_fact(then, fact(expected="5 at most", found="9 (CVE-2024-1 on i-1 and 8 more)", holds=False))
    assert not same_fact(then, fact(expected="at most 5", found="9 findings, at most 5", holds=False))


@pytest.mark.parametrize("change", [{"holds": False}, {"found": "21"}, {"expected": "fewer than 190"}])
def test_each_part_of_a_fact_counts(change):
    """Whether it holds, what was found and what was expected are compared."""
    assert same_fact(fact(), fact(name="other words"))
    assert not same_fact(fact(), fact(**change))


HOSTS = st.lists(st.integers(1, 9).map(lambda n: f"i-0000{n}"), unique=True, max_size=6)


@given(HOSTS, st.data())
def test_a_facts_counterpart_is_of_the_same_host(hosts, data):
    """With every name reworded and in any order, each fact is paired with the one of its host."""
    then = [fact(name=host, found=str(place)) for place, host in enumerate(hosts)]
    now = [one | {"name": f"host {one['name']}"} for one in data.draw(st.permutations(then))]
    pairs = list(paired(then, now))
    assert all(before and after and after["name"] == f"host {before['name']}" for before, after in pairs)
    assert len(pairs) == len(hosts)


@given(HOSTS, HOSTS)
def test_each_fact_is_in_one_pair(before, after):
    """Nothing is lost and nothing is paired twice, whatever both sides hold."""
    then, now = ([fact(name=host) for host in hosts] for hosts in (before, after))
    pairs = list(paired(then, now))
    assert sorted(one["name"] for one, _ in pairs if one) == sorted(before)
    assert sorted(one["name"] for _, one in pairs if one) == sorted(after)
    assert sum(bool(one and other) for one, other in pairs) == len(set(before) & set(after))


def test_a_renamed_fact_prefers_its_equal():
    """Beside a fact that is new, a reworded one is still found by what it says."""
    then = [fact(name="cutoff in hours", expected="0", found="1", holds=False)]
    added = fact(name="something new", expected="7", found="7")
    now = [added, fact(name="cutoff, hours", expected="0", found="1", holds=False)]
    assert list(paired(then, now)) == [(then[0], now[1]), (None, added)]
