"""What the patch baseline holds back: which of it the policy accepts, and which fails whatever the policy says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from postpatch.model import AvailablePatch, Exploits
from postpatch.policy import PatchingPolicy
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.holding import Holding
from postpatch.verdict.remaining import Explained
from tests.verdict.cause_cases import A_WEEK, CURL, CVE, FIX, HOST, MORNING, NIGHT, PWW, finding

DELAYING = replace(PWW, rules=(A_WEEK,))
NAMED = PatchingPolicy(baseline="pww")


def why(
    policy=NAMED, *, baseline=DELAYING, available=(), exploits=None, kind=Kind.NOT_APPROVED, severity="HIGH", **fields
):
    """Return why a finding that is held back fails, as of the morning after the patching."""
    released = {"curl": tuple(available)}
    story = HostStory(baseline=baseline, available=released)
    fields = {"disclosed_at": NIGHT - timedelta(days=3), "exploit_available": "NO", "severity": severity} | fields
    one = Explained(replace(finding(CURL), **fields), kind, ())
    return Holding(policy, {HOST: story}, lambda: exploits or Exploits(), MORNING).why(one)


def test_what_the_named_baseline_holds_back_is_accepted():
    """A young fix that nobody is known to exploit is reported, and fails nothing."""
    assert why() == ""


@pytest.mark.parametrize(
    ("policy", "fails"),
    [
        pytest.param({"baseline": "pww"}, False, id="named"),
        pytest.param({}, True, id="not-named"),
        pytest.param({"held_back": "report"}, False, id="not-named-and-reported"),
        pytest.param({"baseline": "pww", "held_back": "fail"}, True, id="named-and-failing"),
    ],
)
def test_the_policy_decides(policy, fails):
    """By default it is reported if the policy names the baseline, and fails if not."""
    assert bool(why(PatchingPolicy(**policy))) is fails


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"exploit_available": "YES"}, "known to be exploited", id="exploit-available"),
        pytest.param({"exploits": Exploits({CVE: True})}, "known to be exploited", id="in-the-catalog"),
        pytest.param({"exploits": Exploits({CVE: False})}, "", id="not-in-the-catalog"),
        pytest.param({"baseline": replace(PWW, rules=())}, "approves nothing", id="no-rules"),
        pytest.param({"baseline": replace(DELAYING, rejected=("*",))}, "approves nothing", id="rejects-everything"),
        pytest.param({"baseline": replace(PWW, rules=(), approved=("bash*",))}, "", id="a-list-instead-of-rules"),
    ],
)
@pytest.mark.parametrize("severity", ["LOW", "CRITICAL"])
def test_some_of_it_fails_whatever_the_policy_says(fields, words, severity):
    """What is exploited, and what a baseline holds back that approves nothing, at every severity."""
    found = why(severity=severity, **fields)
    assert words in found
    assert bool(found) is bool(words)


@pytest.mark.parametrize("severity", ["CRITICAL", "HIGH", "UNTRIAGED", "MEDIUM", "LOW"])
@pytest.mark.parametrize(
    ("days", "policy", "old"),
    [
        pytest.param(29, {}, False, id="young"),
        pytest.param(31, {}, True, id="old"),
        pytest.param(31, {"held_back_max_days": 40}, False, id="within-the-policys-days"),
        pytest.param(None, {}, True, id="of-an-unknown-age"),
    ],
)
def test_grave_findings_fail_once_their_fix_is_old(severity, days, policy, old):
    """CRITICAL and HIGH ones, and those without a rating, which may be either."""
    disclosed = MORNING - timedelta(days=days) if days else None
    found = why(PatchingPolicy(baseline="pww", **policy), severity=severity, disclosed_at=disclosed)
    assert bool(found) is (old and severity not in ("MEDIUM", "LOW"))


def test_the_worse_of_both_ratings_counts():
    """A finding that was rated down since the baseline is as grave as it was."""
    one = Explained(replace(finding(CURL), severity="LOW"), Kind.REJECTED, (), rated="CRITICAL")
    assert Holding(NAMED, {HOST: HostStory(baseline=DELAYING)}, Exploits, MORNING).why(one)


@pytest.mark.parametrize(
    ("released", "old"), [(timedelta(days=3), False), (timedelta(days=60), True), (None, True)], ids=str
)
def test_a_release_date_counts_before_a_disclosure(released, old):
    """An old vulnerability whose fix came out this week is young; without a date it may be as old as its disclosure."""
    patch: AvailablePatch = replace(FIX, released_at=MORNING - released if released else None)
    assert bool(why(available=[patch], disclosed_at=MORNING - timedelta(days=900))) is old


def test_other_kinds_are_not_its_matter():
    """What is not held back fails or passes by its kind."""
    assert why(PatchingPolicy(held_back="fail"), kind=Kind.NO_FIX) == ""
