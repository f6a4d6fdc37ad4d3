"""FIND-6: nothing was hidden instead of fixed, whoever hid it and whenever."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from postpatch.model import Finding, SuppressionRule
from postpatch.verdict.delta import Delta
from postpatch.verdict.suppression import nothing_suppressed

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
BASELINE = datetime(2026, 11, 20, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]


def rule(created: datetime, updated: datetime | None = None, name: str = "quarter-end", **told: str) -> SuppressionRule:
    """Return a suppression rule."""
    return SuppressionRule(f"arn:aws:inspector2:::filter/{name}", name, created, updated or created, **told)


OLD, NEW = rule(BASELINE - HOUR), rule(BASELINE + 3 * HOUR, reason="until after the quarter")
CHANGED = rule(BASELINE - HOUR, BASELINE + HOUR)
NEW_IN_WORDS = "rule quarter-end, created 2026-11-21 00:00:00 UTC (reason: until after the quarter)"


@pytest.mark.parametrize("rules", [(), (OLD,), None], ids=["no-rules", "an-old-rule", "files"])
def test_nothing_suppressed_is_proven(
    make_finding: Make, make_delta: MakeDelta, rules: tuple[SuppressionRule, ...] | None
) -> None:
    """What was suppressed before the baseline already is no matter of this round, and nothing is told of it."""
    hidden = make_finding("CVE-2", status="SUPPRESSED")
    judgement = nothing_suppressed(make_delta([make_finding(), hidden], [hidden]), rules, BASELINE)
    assert (judgement.holds, judgement.reason) == (True, "nothing was suppressed since the baseline")
    assert judgement.notes == ()


@pytest.mark.parametrize("rules", [(), (OLD,), (NEW,), None], ids=["no-rules", "an-old-rule", "a-new-rule", "files"])
def test_an_active_finding_suppressed_since_is_red(
    make_finding: Make, make_delta: MakeDelta, rules: tuple[SuppressionRule, ...] | None
) -> None:
    """An active finding of the baseline that is suppressed now was hidden, not fixed, whatever the age of the rules."""
    after = [make_finding("CVE-1", status="SUPPRESSED"), make_finding("CVE-2", B, status="SUPPRESSED")]
    delta = make_delta([make_finding("CVE-1"), make_finding("CVE-2", B)], after)
    judgement = nothing_suppressed(delta, rules, BASELINE)
    assert not judgement.holds
    assert judgement.reason == f"2 findings suppressed since the baseline, not fixed: CVE-1 on {A}, CVE-2 on {B}"
    assert judgement.facts[0].found == "2"


# What the baseline has of a finding that is suppressed now.
BEFORE = [pytest.param([], id="absent"), pytest.param(["CLOSED"], id="closed"), pytest.param(["SKIPPED"], id="skipped")]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize(
    ("young", "words"),
    [
        pytest.param(NEW, NEW_IN_WORDS, id="made-since"),
        pytest.param(CHANGED, "changed 2026-11-20 22:00:00 UTC (reason: none given)", id="changed-since"),
    ],
)
def test_a_new_finding_under_a_new_rule_is_red(
    make_finding: Make, make_delta: MakeDelta, before: list[str], young: SuppressionRule, words: str
) -> None:
    """What the round let in and a rule made or changed since may hide is red, and the rule is named."""
    baseline = [make_finding(status=status) for status in before]
    delta = make_delta(baseline, [make_finding(status="SUPPRESSED")], others=[A])
    judgement = nothing_suppressed(delta, (OLD, young), BASELINE)
    assert not judgement.holds
    assert judgement.reason.startswith("1 new finding suppressed, possibly by rule quarter-end, ")
    assert words in judgement.reason
    assert judgement.reason.endswith(f": CVE-2026-1 on {A}")
    assert words in judgement.notes[0]


def test_a_new_rule_on_a_new_host_is_red(make_finding: Make, make_delta: MakeDelta) -> None:
    """A host that replaced another brings findings; hiding them by a rule of that night is seen too."""
    delta = make_delta([make_finding()], [make_finding(host=B, status="SUPPRESSED")], launched=[B], gone=[A])
    assert not nothing_suppressed(delta, (NEW,), BASELINE).holds


def test_what_an_old_rule_hides_of_the_new_is_told(make_finding: Make, make_delta: MakeDelta) -> None:
    """A rule that is older than the baseline is accepted practice: what it hides since is told, and nothing is red."""
    delta = make_delta([], [make_finding(status="SUPPRESSED")], others=[A])
    judgement = nothing_suppressed(delta, (OLD,), BASELINE)
    assert judgement.holds
    assert judgement.notes == (f"1 new finding suppressed, by rules older than the baseline: CVE-2026-1 on {A}",)


def test_a_new_finding_under_rules_that_nobody_shows_is_red(make_finding: Make, make_delta: MakeDelta) -> None:
    """Where the caller sees no rule the rules are somebody else's, and their age is not proven."""
    delta = make_delta([], [make_finding(status="SUPPRESSED")], others=[A])
    judgement = nothing_suppressed(delta, (), BASELINE)
    assert not judgement.holds
    assert "1 new finding suppressed, by rules that this caller cannot see" in judgement.reason


def test_two_files_tell_what_is_new_and_suppressed(make_finding: Make, make_delta: MakeDelta) -> None:
    """Files hold no rules: what is new and suppressed is told, and not judged."""
    delta = make_delta([], [make_finding(status="SUPPRESSED")], others=[A])
    judgement = nothing_suppressed(delta, None, BASELINE)
    assert judgement.holds
    assert "by rules that the files do not name" in judgement.notes[0]


def test_a_new_rule_that_hides_nothing_is_told(make_finding: Make, make_delta: MakeDelta) -> None:
    """A rule made since the baseline under which nothing is suppressed turns nothing red, and is told."""
    judgement = nothing_suppressed(make_delta([make_finding()], []), (OLD, NEW), BASELINE)
    assert (judgement.holds, judgement.notes) == (True, (NEW_IN_WORDS,))


@pytest.mark.parametrize("status", ["ACTIVE", "CLOSED"])
def test_what_is_not_suppressed_is_not_hidden(make_finding: Make, make_delta: MakeDelta, status: str) -> None:
    """A finding that another row has as active is not hidden, and one that closed is not either."""
    after = [make_finding(status=status), *([make_finding(status="SUPPRESSED")] if status == "ACTIVE" else [])]
    judgement = nothing_suppressed(make_delta([], after, others=[A]), (NEW,), BASELINE)
    assert judgement.holds


def test_a_rule_of_the_very_moment_is_old(make_finding: Make, make_delta: MakeDelta) -> None:
    """A rule that stood when the baseline was taken was not made since."""
    delta = make_delta([], [make_finding(status="SUPPRESSED")], others=[A])
    assert nothing_suppressed(delta, (rule(BASELINE),), BASELINE).holds
    assert not nothing_suppressed(delta, (rule(BASELINE + timedelta(milliseconds=1)),), BASELINE).holds
