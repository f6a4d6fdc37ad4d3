"""FIND-1 and FIND-2: fewer than before, and none worse; what was disclosed after the round is told apart."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from postpatch.model import Finding, FindingType, Severity
from postpatch.policy import Policy
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import LateDisclosures, PatchRuns, late_disclosures
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse

A, B, C = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3))
ROUND = datetime(2026, 11, 20, 22, tzinfo=UTC)
AFTERWARDS = ROUND + timedelta(hours=3)
MORNING = datetime(2026, 11, 21, 8, tzinfo=UTC)
NOTHING_COMPARED = "no host was scanned both for the baseline and after patching: nothing can be compared"

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
NONE_LATE = LateDisclosures(PatchRuns(ROUND), MORNING)


def numbered(make: Make, first: int, number: int, **changes: object) -> list[Finding]:
    """Return so many findings, each of its own vulnerability."""
    return [make(f"CVE-2026-{first + place}", **changes) for place in range(number)]


class TestFewer:
    """FIND-1."""

    def test_fewer_is_proven_with_its_numbers(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """Fewer findings than before is green, and the sentence has every number in it."""
        delta = make_delta(numbered(make_finding, 0, 5), numbered(make_finding, 4, 1) + numbered(make_finding, 90, 2))
        judgement = fewer_than_baseline(delta, NONE_LATE)
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
        judgement = fewer_than_baseline(delta, NONE_LATE)
        assert not judgement.holds
        assert reason in judgement.reason
        assert not judgement.facts[0].holds

    def test_ten_fixed_and_nine_new_says_both(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """One fewer by exchange is told as what it is: the identities stand beside the count."""
        delta = make_delta(numbered(make_finding, 0, 10), numbered(make_finding, 50, 9))
        judgement = fewer_than_baseline(delta, NONE_LATE)
        assert "9 findings are active, the baseline had 10: 10 fixed, 0 remain, 9 new" in judgement.reason

    def test_zero_stayed_zero_is_proven_and_said(self, make_delta: MakeDelta) -> None:
        """A baseline of zero passes when the after is zero too, and the sentence says so."""
        judgement = fewer_than_baseline(make_delta([], [], others=[A]), NONE_LATE)
        assert judgement.holds
        assert judgement.reason.endswith("the baseline of zero stayed at zero")

    def test_one_after_a_baseline_of_zero_is_red(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """Where there was nothing, one finding is more."""
        judgement = fewer_than_baseline(make_delta([], [make_finding()]), NONE_LATE)
        assert not judgement.holds
        assert "1 finding is active, the baseline had 0" in judgement.reason

    @pytest.mark.parametrize(
        "seen",
        [
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
        judgement = fewer_than_baseline(make_delta(baseline, [], **seen), NONE_LATE)
        assert not judgement.holds
        assert judgement.reason == NOTHING_COMPARED

    def test_no_host_at_all_is_red(self, make_delta: MakeDelta) -> None:
        """Two empty snapshots of no host prove nothing."""
        assert not fewer_than_baseline(make_delta([], []), NONE_LATE).holds

    def test_only_hosts_seen_twice_count(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """A host that went with its findings is no progress, and the note says what was left out."""
        delta = make_delta([make_finding(), *numbered(make_finding, 10, 4, host=B)], [make_finding()], gone=[B])
        judgement = fewer_than_baseline(delta, NONE_LATE)
        assert not judgement.holds
        assert "1 finding is active, the baseline had 1" in judgement.reason
        assert "4 of the baseline's findings (4 on hosts that are gone, 0 on hosts not scanned)" in judgement.notes[0]

    def test_suppressing_counts_as_fewer_and_is_said(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """Suppression lowers the count without a fix: the sentence says so, and FIND-6 is red for it."""
        delta = make_delta(numbered(make_finding, 0, 2), numbered(make_finding, 0, 1, status="SUPPRESSED"))
        reason = fewer_than_baseline(delta, NONE_LATE).reason
        assert "1 fixed" in reason
        assert reason.endswith("1 suppressed; suppressed, and with a fix: 0 before, 1 now")

    @pytest.mark.parametrize(
        ("before", "now", "holds"),
        [
            pytest.param(3, 3, False, id="as-many"),
            pytest.param(0, 1, False, id="more"),
            pytest.param(3, 1, True, id="fewer"),
            pytest.param(3, 0, True, id="none-left"),
        ],
    )
    def test_zero_is_not_zero_where_all_is_hidden(
        self, make_finding: Make, make_delta: MakeDelta, before: int, now: int, *, holds: bool
    ) -> None:
        """Where nothing is active because rules hide it, what they hide must become less."""
        sides = (numbered(make_finding, 0, number, status="SUPPRESSED") for number in (before, now))
        judgement = fewer_than_baseline(make_delta(*sides, others=[A]), NONE_LATE)
        assert judgement.holds == holds
        assert f"suppressed, and with a fix: {before} before, {now} now" in judgement.reason
        assert judgement.reason.endswith("the baseline of zero stayed at zero") == (now == 0)


def rated(make: Make, severities: str) -> list[Finding]:
    """Return a finding for each letter: Critical, High, Medium, Low, Informational, Untriaged."""
    names = {severity[0]: severity.value for severity in Severity}
    return [make(f"CVE-2026-{place}", severity=names[letter]) for place, letter in enumerate(severities)]


class TestSeverities:
    """FIND-2."""

    @pytest.mark.parametrize(
        ("baseline", "after", "wrong"),
        [
            pytest.param("CL", "L", "", id="one-critical-fewer"),
            pytest.param("C", "H", "", id="rated-down"),
            pytest.param("CHML", "HMLI", "", id="all-rated-down"),
            pytest.param("CCHH", "CHHH", "", id="one-rated-down-among-others"),
            pytest.param("L", "C", "CRITICAL: expected at most 0, found 1", id="rated-up"),
            pytest.param("HHHHHHHHH", "HC", "CRITICAL: expected at most 0, found 1", id="one-rated-up-and-seven-fixed"),
            pytest.param("MMM", "HH", "HIGH or worse: expected at most 0, found 2", id="medium-became-high"),
            pytest.param("HH", "HM", "", id="one-rated-down-to-medium"),
            pytest.param("H", "HM", "MEDIUM or worse: expected at most 1, found 2", id="one-more-beneath"),
            pytest.param("H", "HI", "INFORMATIONAL or worse: expected at most 1, found 2", id="one-informational-more"),
            pytest.param("CCC", "L", "", id="milder-ones-instead-of-worse"),
            pytest.param("HHH", "U", "UNTRIAGED: expected at most 0, found 1", id="not-rated-any-more"),
            pytest.param("U", "L", "LOW or worse: expected at most 0, found 1", id="rated-for-the-first-time"),
            pytest.param("", "", "", id="nothing-at-all"),
        ],
    )
    def test_counted_from_each_severity_up(
        self, make_finding: Make, make_delta: MakeDelta, baseline: str, after: str, wrong: str
    ) -> None:
        """More of a severity and worse is red, although the sum went down; a finding that was rated down never is."""
        delta = make_delta(rated(make_finding, baseline), rated(make_finding, after), others=[A])
        judgement = no_severity_worse(delta, NONE_LATE)
        assert judgement.holds is not bool(wrong)
        assert wrong in judgement.reason
        if not wrong:
            assert judgement.reason == "no severity level has more findings than before, counted with all worse ones"

    def test_each_severity_is_a_fact(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """What was expected and what was found stands there for each severity, from the worst down."""
        judgement = no_severity_worse(make_delta(rated(make_finding, "CCHMU"), rated(make_finding, "HM")), NONE_LATE)
        assert [(one.name, one.expected, one.found) for one in judgement.facts] == [
            ("CRITICAL", "at most 2", "0"),
            ("HIGH or worse", "at most 3", "1"),
            ("MEDIUM or worse", "at most 4", "2"),
            ("LOW or worse", "at most 4", "2"),
            ("INFORMATIONAL or worse", "at most 4", "2"),
            ("UNTRIAGED", "at most 1", "0"),
        ]

    def test_nothing_to_compare_is_red(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """Without a host looked at both times no severity can be compared."""
        judgement = no_severity_worse(make_delta([make_finding()], [], unscanned_before=[A]), NONE_LATE)
        assert (judgement.holds, judgement.reason) == (False, NOTHING_COMPARED)


@pytest.fixture
def late(make_policy: Callable[..., Policy]) -> Callable[..., LateDisclosures]:
    """Tell what of a delta was disclosed after the hosts' rounds, which began at ROUND."""

    def found(delta: Delta, **gate: object) -> LateDisclosures:
        gates = make_policy(gate=gate).gate.disclosed_after == "fail"
        return late_disclosures(delta, PatchRuns(ROUND), MORNING, gates=gates)

    return found


class TestDisclosedAfterTheRound:
    """A fresh disclosure hides no good round, and a good round hides no fresh disclosure."""

    def test_a_fresh_disclosure_does_not_hide_a_good_round(
        self, make_finding: Make, make_delta: MakeDelta, late: Callable[..., LateDisclosures]
    ) -> None:
        """Ten fixed and twelve disclosed since: the round was good, and the twelve are told with their number."""
        fresh = numbered(make_finding, 50, 12, severity="CRITICAL", disclosed_at=AFTERWARDS)
        delta = make_delta(numbered(make_finding, 0, 10), fresh)
        for judgement in (fewer_than_baseline(delta, late(delta)), no_severity_worse(delta, late(delta))):
            assert judgement.holds
            assert judgement.notes == ("disclosed after patching, and listed separately: 12 CRITICAL, on 1 host",)
        assert fewer_than_baseline(delta, late(delta)).reason == (
            "after patching 0 findings are active, the baseline had 10: 10 fixed, 0 remain, 0 new; "
            "12 more were disclosed after patching"
        )

    def test_the_policy_may_let_them_count(
        self, make_finding: Make, make_delta: MakeDelta, late: Callable[..., LateDisclosures]
    ) -> None:
        """Where the policy says that they gate, they count like any other finding."""
        fresh = numbered(make_finding, 50, 12, severity="CRITICAL", disclosed_at=AFTERWARDS)
        delta = make_delta(numbered(make_finding, 0, 10), fresh)
        gating = late(delta, disclosed_after="fail")
        assert (gating.total, gating.left_out(), gating.notes) == (12, 0, ())
        assert not fewer_than_baseline(delta, gating).holds
        assert "CRITICAL: expected at most 0, found 12" in no_severity_worse(delta, gating).reason

    @pytest.mark.parametrize(
        ("changes", "seen"),
        [
            pytest.param({"disclosed_at": ROUND}, {}, id="as-the-round-began"),
            pytest.param({"disclosed_at": None}, {}, id="unknown-date"),
            pytest.param({"disclosed_at": MORNING + timedelta(seconds=1)}, {}, id="a-date-to-come"),
            pytest.param({"type": FindingType.NETWORK, "port_begin": 22, "port_end": 22}, {}, id="an-open-port"),
            pytest.param({"type": FindingType.RULE}, {}, id="a-rule"),
            pytest.param({}, {"launched": [A]}, id="on-a-new-host"),
            pytest.param({}, {"unscanned": [A]}, id="on-a-host-not-scanned"),
            pytest.param({}, {"unscanned_before": [A]}, id="on-a-host-not-scanned-before"),
        ],
    )
    def test_nothing_is_left_out_without_proof(
        self,
        make_finding: Make,
        make_delta: MakeDelta,
        late: Callable[..., LateDisclosures],
        changes: dict[str, object],
        seen: dict[str, list[str]],
    ) -> None:
        """Only a package's flaw with a date after the round, on a host looked at both times, is left out."""
        delta = make_delta([], [make_finding(**({"disclosed_at": AFTERWARDS} | changes))], **seen)
        assert late(delta) == NONE_LATE

    def test_what_remains_is_never_left_out(
        self, make_finding: Make, make_delta: MakeDelta, late: Callable[..., LateDisclosures]
    ) -> None:
        """A finding that the baseline had is no fresh disclosure, whatever date the vendor gives it now."""
        one = make_finding(disclosed_at=AFTERWARDS)
        delta = make_delta([one], [one])
        assert late(delta) == NONE_LATE
        assert not fewer_than_baseline(delta, late(delta)).holds

    @pytest.mark.parametrize("turned", [False, True], ids=["so", "turned"])
    def test_a_known_flaw_does_not_hide_behind_its_twin(
        self, make_finding: Make, make_delta: MakeDelta, late: Callable[..., LateDisclosures], turned: bool
    ) -> None:
        """Of two findings that share an identity both must be fresh, in either order."""
        twins = [
            make_finding(arn=f"arn:{1 + turned}", disclosed_at=AFTERWARDS),
            make_finding(arn=f"arn:{2 - turned}", disclosed_at=ROUND),
        ]
        assert late(make_delta([], twins)) == NONE_LATE

    def test_the_worst_rating_of_twins_is_left_out(
        self, make_finding: Make, make_delta: MakeDelta, late: Callable[..., LateDisclosures]
    ) -> None:
        """What is left out of the severities is what the severities count: each identity once, as the worst of it."""
        twins = [
            make_finding(arn=f"arn:{severity}", severity=severity, disclosed_at=AFTERWARDS)
            for severity in ("LOW", "CRITICAL", "UNTRIAGED")
        ]
        delta = make_delta([], twins)
        assert late(delta).by_severity == {Severity.CRITICAL: 1}
        assert all(one.found == "0" for one in no_severity_worse(delta, late(delta)).facts)

    def test_each_host_has_its_own_round(self, make_finding: Make, make_delta: MakeDelta) -> None:
        """A disclosure between the rounds of two hosts is fresh on the one that was patched earlier."""
        delta = make_delta([], [make_finding(host=host, disclosed_at=AFTERWARDS) for host in (A, B)])
        when = PatchRuns(ROUND, {B: AFTERWARDS + timedelta(hours=1)})
        found = late_disclosures(delta, when, MORNING, gates=False)
        assert (found.by_severity, found.hosts) == ({Severity.HIGH: 1}, 1)
