"""FIND-3: nothing new that the patch round should have fixed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from postpatch.model import Finding, Judgement, Package
from postpatch.policy import Policy
from postpatch.verdict import settled
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import PatchRuns, late_disclosures
from postpatch.verdict.holding import Holding
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.waivers import Waivers

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
ROUND = datetime(2026, 11, 20, 22, tzinfo=UTC)
LATER = ROUND + timedelta(hours=3)
MORNING = datetime(2026, 11, 21, 8, tzinfo=UTC)

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
MakePolicy = Callable[..., Policy]


def judged_new(delta: Delta, policy: Policy, when: PatchRuns) -> Judgement:
    """Judge FIND-3 as of the morning."""
    late = late_disclosures(delta, when, MORNING, gates=policy.gate.disclosed_after == "fail")
    return nothing_new_that_was_fixable(delta, Waivers(policy.waiver, delta, MORNING), policy, late)


class TestLetIn:
    """FIND-3."""

    @pytest.fixture
    def judged(self, make_policy: MakePolicy, make_delta: MakeDelta) -> Callable[..., tuple[bool, str]]:
        """Judge FIND-3 of these new findings, on hosts whose patch round began at ROUND."""

        def judge(*new: Finding, **policy: object) -> tuple[bool, str]:
            judgement = judged_new(make_delta([], new, others=[A]), make_policy(**policy), PatchRuns(ROUND))
            return judgement.holds, judgement.reason

        return judge

    def test_nothing_new_is_proven(self, judged: Callable[..., tuple[bool, str]]) -> None:
        """Without a new finding nothing was let in, and the sentence says of how many."""
        assert judged() == (True, "none of 0 new findings was fixable before patching")

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
            assert found[1].startswith("1 of 1 new finding was fixable before patching")
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
        judgement = judged_new(delta, make_policy(), PatchRuns(ROUND, {B: ROUND + timedelta(hours=2)}))
        assert judgement.reason == f"1 of 2 new findings was fixable before patching: CVE-2026-1 on {B}"

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
        assert found == (False, f"1 of 1 new finding was fixable before patching: CVE-2026-1 on {A}")

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
        assert judged(*(make_finding(f"CVE-2026-{place}") for place in range(8)))[1].endswith(
            f"CVE-2026-4 on {A} and 3 more"
        )


class TestDisclosedAfterTheRound:
    """FIND-3 where the policy lets fresh disclosures gate, and where it does not."""

    @pytest.fixture
    def judged(self, make_policy: MakePolicy, make_delta: MakeDelta) -> Callable[..., Judgement]:
        """Judge FIND-3 of these new findings under `disclosed_after`."""
        return lambda disclosed_after, *new, **policy: judged_new(
            make_delta([], new, others=[A]),
            make_policy(gate={"disclosed_after": disclosed_after} | policy.pop("gate", {}), **policy),
            PatchRuns(ROUND),
        )

    def test_told_they_are_a_note(self, judged: Callable[..., Judgement], make_finding: Make) -> None:
        """By default a fresh disclosure turns nothing red, and is told beside the verdict."""
        judgement = judged("report", make_finding(disclosed_at=LATER))
        assert (judgement.holds, judgement.reason) == (
            True,
            "none of 1 new finding was fixable before patching",
        )
        assert judgement.notes == ("disclosed after patching, and listed separately: 1 HIGH, on 1 host",)

    def test_gating_they_are_red_in_their_own_words(
        self, judged: Callable[..., Judgement], make_finding: Make, unfixable: Make
    ) -> None:
        """Where they gate they are red, fix or none, and the sentence does not blame the patch round."""
        judgement = judged("fail", make_finding(disclosed_at=LATER), unfixable("CVE-2026-2", disclosed_at=LATER))
        assert not judgement.holds
        assert judgement.reason == (
            f"2 were disclosed after patching, which fails by policy: CVE-2026-1 on {A}, CVE-2026-2 on {A}"
        )
        assert [one.found for one in judgement.facts] == ["0", "2"]
        assert judgement.notes == ()

    def test_both_faults_are_told(self, judged: Callable[..., Judgement], make_finding: Make) -> None:
        """What was let in and what came late are told one after the other, each counted for itself."""
        judgement = judged("fail", make_finding("CVE-1", disclosed_at=ROUND), make_finding("CVE-2", disclosed_at=LATER))
        assert judgement.reason == (
            f"1 of 2 new findings was fixable before patching: CVE-1 on {A}; "
            f"1 were disclosed after patching, which fails by policy: CVE-2 on {A}"
        )

    @pytest.mark.parametrize(
        "policy",
        [
            pytest.param({"gate": {"severity": "CRITICAL"}}, id="below-the-gate"),
            pytest.param(
                {
                    "waiver": [
                        {"vulnerability": "CVE-2026-1", "reason": "r", "approver": "a", "expires": MORNING.date()}
                    ]
                },
                id="waived",
            ),
        ],
    )
    def test_severity_and_waivers_count_here_too(
        self, judged: Callable[..., Judgement], make_finding: Make, policy: dict[str, object]
    ) -> None:
        """Below the gate's severity, or accepted, a fresh disclosure does not gate either."""
        assert judged("fail", make_finding(disclosed_at=LATER), **policy).holds

    def test_on_a_new_host_they_gate_as_well(
        self, make_finding: Make, make_policy: MakePolicy, make_delta: MakeDelta
    ) -> None:
        """A host that came since is not compared, and what is open on it gates all the same."""
        delta = make_delta([make_finding(host=B)], [make_finding(disclosed_at=LATER)], launched=[A])
        policy = make_policy(gate={"disclosed_after": "fail"})
        assert not judged_new(delta, policy, PatchRuns(ROUND)).holds


class TestHeldBack:
    """FIND-3 of new findings whose fix the patch baseline held back, or that came out after the run."""

    @pytest.fixture
    def judged(
        self, make_policy: MakePolicy, make_delta: MakeDelta, make_finding: Make, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[..., Judgement]:
        """Judge FIND-3 of one new finding with a cause that its host's story proves."""

        def judge(kind: Kind, why: str = "", known: bool = True) -> Judgement:
            delta, policy = make_delta([], [make_finding(disclosed_at=ROUND)], others=[A]), make_policy()
            monkeypatch.setattr(settled, "cause_of", lambda *_: (kind, (("a", "proof"),)))
            late = late_disclosures(delta, PatchRuns(ROUND), MORNING, gates=False)
            holding = Holding(policy.patching, {})
            monkeypatch.setattr(Holding, "why", lambda *_: why)
            waivers, found = Waivers((), delta, MORNING), RemainingFindings(delta, {A: HostStory()})
            return nothing_new_that_was_fixable(delta, waivers, policy, late, found, holding if known else None)

        return judge

    @pytest.mark.parametrize(
        "kind", [Kind.NOT_APPROVED, Kind.NOT_YET_APPROVED, Kind.FIX_NEWER, Kind.NEEDS_SUBSCRIPTION]
    )
    def test_what_patching_could_not_install_is_no_fault(self, judged: Callable[..., Judgement], kind: Kind) -> None:
        """A proven cause outside patching's reach, or in the named baseline, clears a new finding."""
        assert judged(kind).holds

    def test_what_must_not_be_held_back_fails_here_too(self, judged: Callable[..., Judgement]) -> None:
        """An exploited or old one fails, and so does any where nobody says what the policy accepts."""
        assert not judged(Kind.NOT_APPROVED, "known to be exploited").holds
        assert not judged(Kind.NOT_APPROVED, known=False).holds

    @pytest.mark.parametrize("kind", [Kind.ONLY_SCANNED, Kind.OTHER_REPOSITORY, Kind.OLD_VERSION_KEPT, Kind.PATCHABLE])
    def test_any_other_cause_clears_nothing_new(self, judged: Callable[..., Judgement], kind: Kind) -> None:
        """What came with something that was installed since is judged by the finding's own fields."""
        assert not judged(kind).holds
