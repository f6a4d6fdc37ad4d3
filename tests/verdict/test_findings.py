"""FIND-1, FIND-2, FIND-3 and FIND-6: fewer, none worse, nothing let in, nothing hidden."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from postpatch.model import Finding, Package
from postpatch.policy import Policy
from postpatch.verdict.delta import Delta
from postpatch.verdict.findings import (
    fewer_than_baseline,
    no_severity_worse,
    nothing_new_that_was_fixable,
    nothing_suppressed,
)

A, B, C = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3))
ROUND = datetime(2026, 11, 20, 22, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 8, tzinfo=UTC)
NOTHING_COMPARED = "no host was scanned both for the baseline and after patching: nothing can be compared"

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
MakePolicy = Callable[..., Policy]


def numbered(make: Make, first: int, number: int, **changes: object) -> list[Finding]:
    """Return so many findings, each of its own vulnerability."""
    return [make(f"CVE-2026-{first + place}", **changes) for place in range(number)]


class TestFewer:
    """FIND-1."""

    def test_fewer_is_proven_with_its_numbers(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """Fewer findings than before is green, and the sentence has every number in it."""
        judgement = fewer_than_baseline(
            make_delta(numbered(make_finding, 0, 5), numbered(make_finding, 4, 1) + numbered(make_finding, 90, 2))
        )
        assert judgement.holds
        assert judgement.reason == (
            "after patching 3 findings are active, the baseline had 5: 4 fixed, 1 remain, 2 new"
        )
        assert [(one.name, one.expected, one.found) for one in judgement.facts] == [
            ("active findings on 1 host", "fewer than 5", "3")
        ]

    @pytest.mark.parametrize(
        ("first", "number", "reason"),
        [
            pytest.param(0, 5, "5 findings are active, the baseline had 5: 0 fixed, 5 remain, 0 new", id="as-many"),
            pytest.param(0, 7, "7 findings are active, the baseline had 5: 0 fixed, 5 remain, 2 new", id="more"),
            pytest.param(9, 5, "5 findings are active, the baseline had 5: 5 fixed, 0 remain, 5 new", id="all-others"),
        ],
    )
    def test_not_fewer_is_red(
        self, make_finding: Make, make_delta: MakeDelta, first: int, number: int, reason: str
    ) -> None:
        """As many findings as before, or more, is red, whatever became of each."""
        delta = make_delta(numbered(make_finding, 0, 5), numbered(make_finding, first, number))
        judgement = fewer_than_baseline(delta)
        assert not judgement.holds
        assert reason in judgement.reason
        assert not judgement.facts[0].holds

    def test_ten_fixed_and_nine_new_says_both(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """One fewer by exchange is told as what it is: the identities stand beside the count."""
        judgement = fewer_than_baseline(make_delta(numbered(make_finding, 0, 10), numbered(make_finding, 50, 9)))
        assert "9 findings are active, the baseline had 10: 10 fixed, 0 remain, 9 new" in judgement.reason

    def test_zero_stayed_zero_is_proven_and_said(self, make_delta: MakeDelta) -> None:
        """A baseline of zero passes when the after is zero too, and the sentence says so."""
        judgement = fewer_than_baseline(make_delta([], [], others=[A]))
        assert judgement.holds
        assert judgement.reason.endswith("the baseline of zero stayed at zero")

    def test_one_after_a_baseline_of_zero_is_red(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """Where there was nothing, one finding is more."""
        judgement = fewer_than_baseline(make_delta([], [make_finding()]))
        assert not judgement.holds
        assert "1 finding is active, the baseline had 0" in judgement.reason

    @pytest.mark.parametrize(
        "seen",
        [
            pytest.param({"unscanned": [A]}, id="not-scanned-after"),
            pytest.param({"gone": [A]}, id="gone"),
            pytest.param({"unscanned_before": [A]}, id="not-scanned-before"),
            pytest.param({"launched": [A]}, id="launched-since"),
            pytest.param({"gone": [A], "launched": [B]}, id="replaced"),
        ],
    )
    def test_nothing_to_compare_is_red(
        self, make_finding: Make, make_delta: MakeDelta, seen: dict[str, list[str]]
    ) -> None:
        """Without a host that was looked at both times the disappearance of every finding proves nothing."""
        baseline = [] if seen.get("launched") == [A] else [make_finding()]
        judgement = fewer_than_baseline(make_delta(baseline, [], **seen))
        assert not judgement.holds
        assert judgement.reason == NOTHING_COMPARED

    def test_no_host_at_all_is_red(self, make_delta: MakeDelta) -> None:
        """Two empty snapshots of no host prove nothing."""
        assert not fewer_than_baseline(make_delta([], [])).holds

    def test_only_hosts_seen_twice_count(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """A host that went with its findings is no progress, and the note says what was left out."""
        delta = make_delta([make_finding(), *numbered(make_finding, 10, 4, host=B)], [make_finding()], gone=[B])
        judgement = fewer_than_baseline(delta)
        assert not judgement.holds
        assert "1 finding is active, the baseline had 1" in judgement.reason
        assert "4 of the baseline's findings (4 on hosts that are gone, 0 on hosts not scanned)" in judgement.notes[0]

    def test_suppressing_counts_as_fewer_only_beside_find_6(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """Suppression lowers the count without a fix, and FIND-6 is red for it."""
        delta = make_delta(numbered(make_finding, 0, 2), numbered(make_finding, 0, 1, status="SUPPRESSED"))
        assert "1 fixed" in fewer_than_baseline(delta).reason
        assert not nothing_suppressed(delta).holds


class TestSeverities:
    """FIND-2."""

    def test_fewer_of_each_is_proven(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """No severity with more findings than before is green."""
        baseline = [make_finding("CVE-1", severity="CRITICAL"), make_finding("CVE-2", severity="LOW")]
        judgement = no_severity_worse(make_delta(baseline, baseline[1:]))
        assert judgement.holds
        assert judgement.reason == "no severity has more findings than before"
        assert {one.name: (one.expected, one.found) for one in judgement.facts}["CRITICAL"] == ("at most 1", "0")

    @pytest.mark.parametrize("severity", ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED"])
    def test_more_of_one_is_red(self, make_finding: Make, make_delta: MakeDelta, severity: str) -> None:
        """One more of any severity is red, although the sum went down."""
        baseline = numbered(make_finding, 0, 9, severity="LOW" if severity != "LOW" else "HIGH")
        judgement = no_severity_worse(make_delta(baseline, [make_finding("CVE-9", severity=severity)]))
        assert not judgement.holds
        assert f"{severity} is 1, must be at most 0" in judgement.reason

    def test_a_finding_rated_up_is_red(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """A remaining finding that became CRITICAL makes CRITICAL worse."""
        delta = make_delta([make_finding(severity="LOW")], [make_finding(severity="CRITICAL")])
        assert "CRITICAL is 1, must be at most 0" in no_severity_worse(delta).reason

    def test_nothing_to_compare_is_red(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """Without a host looked at both times no severity can be compared."""
        judgement = no_severity_worse(make_delta([make_finding()], [], unscanned=[A]))
        assert (judgement.holds, judgement.reason) == (False, NOTHING_COMPARED)


class TestLetIn:
    """FIND-3."""

    @pytest.fixture
    def judged(self, make_policy: MakePolicy, make_delta: MakeDelta) -> Callable[..., tuple[bool, str]]:
        """Judge FIND-3 of these new findings, on hosts whose patch round began at ROUND."""

        def judge(*new: Finding, **policy: object) -> tuple[bool, str]:
            delta = make_delta([], new, others=[A])
            judgement = nothing_new_that_was_fixable(delta, make_policy(**policy), lambda _: ROUND, MORNING)
            return judgement.holds, judgement.reason

        return judge

    def test_nothing_new_is_proven(self, judged: Callable[..., tuple[bool, str]]) -> None:
        """Without a new finding nothing was let in, and the sentence says of how many."""
        assert judged() == (True, "of 0 new findings none was fixable before the patch round")

    @pytest.mark.parametrize(
        ("disclosed", "holds"),
        [
            pytest.param(ROUND - timedelta(days=30), False, id="long-before"),
            pytest.param(ROUND, False, id="as-the-round-began"),
            pytest.param(ROUND + timedelta(seconds=1), True, id="just-after"),
            pytest.param(None, False, id="unknown"),
        ],
    )
    def test_a_fix_known_before_the_round_is_red(
        self,
        judged: Callable[..., tuple[bool, str]],
        make_finding: Make,
        disclosed: datetime | None,
        holds: bool,
    ) -> None:
        """A new finding whose fix was out before the round, or whose date is unknown, should not be there."""
        found = judged(make_finding(disclosed_at=disclosed))
        assert found[0] is holds
        if not holds:
            assert found[1].startswith("1 of 1 new findings were fixable before the patch round")
            assert f"CVE-2026-1 on {A}" in found[1]

    def test_when_it_was_first_observed_does_not_matter(
        self, judged: Callable[..., tuple[bool, str]], make_finding: Make
    ) -> None:
        """A finding first observed after the round is no excuse: its fix may be years old."""
        late = make_finding(disclosed_at=ROUND - timedelta(days=900), first_observed_at=MORNING)
        assert not judged(late)[0]

    def test_each_host_has_its_own_round(
        self, make_finding: Make, make_policy: MakePolicy, make_delta: MakeDelta
    ) -> None:
        """A disclosure between the rounds of two hosts counts on the one that was patched later."""
        between = ROUND + timedelta(hours=1)
        delta = make_delta([], [make_finding(host=host, disclosed_at=between) for host in (A, B)])
        rounds = {A: ROUND, B: ROUND + timedelta(hours=2)}
        judgement = nothing_new_that_was_fixable(delta, make_policy(), rounds.__getitem__, MORNING)
        assert judgement.reason == f"1 of 2 new findings were fixable before the patch round: CVE-2026-1 on {B}"

    def test_what_has_no_fix_is_no_fault_of_the_round(
        self, judged: Callable[..., tuple[bool, str]], unfixable: Make
    ) -> None:
        """A new finding that nobody can fix yet does not turn the check red."""
        assert judged(unfixable())[0]

    def test_two_findings_of_one_identity_count_once(
        self,
        judged: Callable[..., tuple[bool, str]],
        make_finding: Make,
        unfixable: Make,
        make_package: Callable[..., Package],
    ) -> None:
        """However many findings share an identity, it is one new finding, red if any of them was fixable."""
        other = make_finding(arn="arn:3", packages=(make_package(name="openssl-libs"),))
        found = judged(unfixable(arn="arn:1"), make_finding(arn="arn:2"), other)
        assert found == (False, f"1 of 1 new findings were fixable before the patch round: CVE-2026-1 on {A}")

    @pytest.mark.parametrize(
        ("gate", "severity", "holds"),
        [
            ("HIGH", "MEDIUM", True),
            ("HIGH", "HIGH", False),
            ("CRITICAL", "UNTRIAGED", False),
            ("LOW", "INFORMATIONAL", True),
            ("INFORMATIONAL", "INFORMATIONAL", False),
        ],
    )
    def test_the_gate_counts(
        self, judged: Callable[..., tuple[bool, str]], make_finding: Make, gate: str, severity: str, holds: bool
    ) -> None:
        """Only what is as severe as the policy's gate, or not rated at all, turns the check red."""
        assert judged(make_finding(severity=severity), gate={"severity": gate})[0] is holds

    def test_more_than_five_are_named_as_a_number(
        self, judged: Callable[..., tuple[bool, str]], make_finding: Make
    ) -> None:
        """A long list stays a sentence: five by name, the rest counted."""
        assert judged(*numbered(make_finding, 0, 8))[1].endswith(f"CVE-2026-4 on {A} and 3 more")


class TestSuppressed:
    """FIND-6."""

    def test_nothing_suppressed_is_proven(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """What was suppressed before the baseline already is no matter of this round."""
        hidden = make_finding("CVE-2", status="SUPPRESSED")
        judgement = nothing_suppressed(make_delta([make_finding(), hidden], [hidden]))
        assert (judgement.holds, judgement.reason) == (True, "nothing was suppressed since the baseline")

    def test_a_finding_suppressed_since_is_red(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """An active finding of the baseline that is suppressed now was hidden, not fixed, and is named."""
        after = [make_finding("CVE-1", status="SUPPRESSED"), make_finding("CVE-2", C, status="SUPPRESSED")]
        judgement = nothing_suppressed(make_delta([make_finding("CVE-1"), make_finding("CVE-2", C)], after))
        assert not judgement.holds
        assert judgement.reason == f"2 findings suppressed since the baseline, not fixed: CVE-1 on {A}, CVE-2 on {C}"
