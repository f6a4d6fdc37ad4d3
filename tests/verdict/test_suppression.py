"""FIND-6: nothing that patching could remove is hidden, whoever hid it and whenever."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from postpatch.model import (
    Finding,
    FindingType,
    HostInventory,
    InstalledPackage,
    InstancePatch,
    Judgement,
    ManagedHost,
    Package,
    PatchBaseline,
    PatchCommand,
    PatchState,
    SuppressionRule,
)
from postpatch.policy import Policy
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import LateDisclosures, PatchRuns
from postpatch.verdict.holding import Holding
from postpatch.verdict.removable import Removable
from postpatch.verdict.suppression import (
    nothing_suppressed,
    suppressed_groups,
    suppression_of,
    unsettled_by_lists,
    with_hidden,
)
from postpatch.verdict.waivers import Waivers

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
BASELINE = datetime(2026, 11, 20, 21, tzinfo=UTC)
PATCHED = BASELINE + timedelta(hours=1)
MORNING = BASELINE + timedelta(hours=11)
HOUR = timedelta(hours=1)

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
Judge = Callable[..., Judgement]


def rule(created: datetime, updated: datetime | None = None, name: str = "quarter-end", **said: Any) -> SuppressionRule:
    """Return a suppression rule."""
    return SuppressionRule(f"arn:aws:inspector2:::filter/{name}", name, created, updated or created, **said)


OLD = rule(BASELINE - timedelta(days=40), name="noise", hits=1)
NEW = rule(BASELINE + 3 * HOUR, reason="until after the quarter", hits=1)
CHANGED = rule(BASELINE - HOUR, BASELINE + HOUR, hits=1)
RULES = [
    pytest.param((), id="no-rule-visible"),
    pytest.param((OLD,), id="an-old-rule"),
    pytest.param((OLD, NEW), id="a-new-rule"),
    pytest.param(None, id="files"),
]


@pytest.fixture(scope="session")
def judge(make_policy: Callable[..., Policy]) -> Judge:
    """Judge what is suppressed; the keyword arguments are what else is known."""

    def judged(
        delta: Delta, rules: tuple[SuppressionRule, ...] | None = (), *, gate: dict[str, Any] | None = None,
        waiver: dict[str, Any] | None = None, stories: dict[str, HostStory] | None = None, gates_late: bool = False,
    ) -> Judgement:  # fmt: skip
        accepted = {"reason": "accepted", "approver": "anna", "expires": date(2099, 12, 31)}
        policy = make_policy(gate=gate or {}, waiver=[waiver | accepted] if waiver else [])
        late = LateDisclosures(PatchRuns(PATCHED), MORNING, gates=gates_late)
        found = suppression_of(delta, rules, BASELINE, suppressed_groups(delta, stories or {}), late)
        return nothing_suppressed(delta, found, Waivers(policy.waiver, delta, MORNING), policy)

    return judged


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize(
    "before",
    [
        pytest.param(["ACTIVE"], id="active-before"),
        pytest.param(["SUPPRESSED"], id="suppressed-before"),
        pytest.param(["CLOSED"], id="closed-before"),
        pytest.param([], id="new"),
    ],
)
def test_what_patching_could_remove_is_red(
    make_finding: Make, make_delta: MakeDelta, judge: Judge, rules: Any, before: list[str]
) -> None:
    """Whenever the rule was made, whoever owns it, and whatever the finding was before."""
    baseline = [make_finding(status=status) for status in before]
    delta = make_delta(baseline, [make_finding(status="SUPPRESSED")], others=[A])
    judgement = judge(delta, rules)
    assert not judgement.holds
    assert judgement.reason == f"1 suppressed finding that patching could remove: CVE-2026-1 on {A}"
    assert judgement.facts[0].found == "1"


@pytest.mark.parametrize("rules", RULES)
def test_what_patching_cannot_remove_is_reported(
    unfixable: Make, make_delta: MakeDelta, judge: Judge, rules: Any
) -> None:
    """A finding without a fix may be hidden; the note says how many there are, and why they are none of patching's."""
    hidden = unfixable(status="SUPPRESSED")
    judgement = judge(make_delta([unfixable()], [hidden]), rules)
    assert judgement.holds
    assert judgement.reason == "patching could remove none of 1 suppressed"
    assert judgement.notes[-1] == "suppressed, and reported only: No fix from the vendor yet (1)"


def test_nothing_suppressed_says_so(make_finding: Make, make_delta: MakeDelta, judge: Judge) -> None:
    """Where nothing is hidden now, what was hidden before is no matter."""
    judgement = judge(make_delta([make_finding(status="SUPPRESSED")], [make_finding(status="CLOSED")]))
    assert (judgement.holds, judgement.reason, judgement.notes) == (True, "nothing is suppressed", ())


def test_a_finding_of_which_a_row_is_active_is_not_hidden(
    make_finding: Make, make_delta: MakeDelta, judge: Judge
) -> None:
    """The active row is judged by the other checks."""
    assert judge(make_delta([], [make_finding(), make_finding(status="SUPPRESSED")])).holds


def test_the_part_of_a_language_does_not_show_that_of_the_system(
    make_finding: Make, make_delta: MakeDelta, judge: Judge
) -> None:
    """Of one CVE the system's package is hidden, though that of a language is active."""
    jar = make_finding(packages=(Package("log4j", "2.14", manager="JAR", fixed_in="2.17"),))
    assert not judge(make_delta([], [jar, make_finding(status="SUPPRESSED")])).holds


@pytest.mark.parametrize(("severity", "holds"), [("LOW", True), ("MEDIUM", False), ("UNTRIAGED", False)])
def test_the_gates_severity_decides(
    make_finding: Make, make_delta: MakeDelta, judge: Judge, severity: str, *, holds: bool
) -> None:
    """What is milder than the gate is reported; what is not rated always counts."""
    hidden = make_finding(status="SUPPRESSED", severity=severity)
    assert judge(make_delta([], [hidden], others=[A]), gate={"severity": "MEDIUM"}).holds == holds


def test_the_stricter_rating_counts(make_finding: Make, make_delta: MakeDelta, judge: Judge) -> None:
    """A finding that was rated worse in the baseline is judged by that rating."""
    hidden = make_finding(status="SUPPRESSED", severity="LOW")
    delta = make_delta([make_finding(status="SUPPRESSED", severity="HIGH")], [hidden])
    assert not judge(delta, gate={"severity": "HIGH"}).holds


def test_a_fix_that_disappeared_explains_nothing(
    make_finding: Make, unfixable: Make, make_delta: MakeDelta, judge: Judge
) -> None:
    """What had a fix in the baseline, and has none now, contradicts itself."""
    assert not judge(make_delta([make_finding()], [unfixable(status="SUPPRESSED")])).holds


@pytest.mark.parametrize(("gates_late", "holds"), [(False, True), (True, False)])
def test_what_was_disclosed_after_patching_is_excused(
    make_finding: Make, make_delta: MakeDelta, judge: Judge, *, gates_late: bool, holds: bool
) -> None:
    """Patching could not remove it, unless the policy counts it like any other."""
    late = make_finding(status="SUPPRESSED", disclosed_at=PATCHED + HOUR)
    assert judge(make_delta([], [late], others=[A]), gates_late=gates_late).holds == holds


def test_a_waiver_accepts_what_is_hidden(make_finding: Make, make_delta: MakeDelta, judge: Judge) -> None:
    """A risk accepted by name may be hidden, and another may not."""
    delta = make_delta([], [make_finding(status="SUPPRESSED")], others=[A])
    accepted = judge(delta, waiver={"vulnerability": "CVE-2026-1"})
    assert accepted.holds
    assert "1 suppressed finding that patching could remove, accepted by a waiver" in accepted.notes
    assert not judge(delta, waiver={"vulnerability": "CVE-2026-2"}).holds


def story(package: Package) -> HostStory:
    """Return the story of a host that Patch Manager patched, and on which the package is of another repository."""
    bash = InstancePatch(A, "bash.x86_64", "bash.x86_64:0:5.2-1", "installed")
    long_ago = InstalledPackage(package.name, "1:3.0.8-1.amzn2023.0.19", "x86_64", BASELINE - timedelta(days=90))
    return HostStory(
        managed=ManagedHost(A, "Online", "Amazon Linux 2023"),
        state=PatchState(A, "Install", PATCHED, PATCHED, "pb-1", installed=1, installed_other=0),
        commands=(PatchCommand(A, "c-1", "Install", "Success", PATCHED, PATCHED),),
        installed=True,
        patches={"bash": (bash,)},
        baseline=PatchBaseline("pb-1", "pww"),
        inventory=HostInventory(A, MORNING, (package.name,), (long_ago,)),
    )


def test_a_cause_that_clears_patching_clears_what_is_hidden(
    make_finding: Make, make_package: Callable[..., Package], make_delta: MakeDelta, judge: Judge
) -> None:
    """A package of another repository could not be removed by patching; without AWS's data nothing clears it."""
    hidden = make_finding(status="SUPPRESSED")
    known = make_delta([make_finding()], [hidden])
    assert judge(known, stories={A: story(make_package())}).holds
    assert not judge(known).holds
    new = make_delta([], [hidden], others=[A])
    assert not judge(new, stories={A: story(make_package())}).holds


@pytest.mark.parametrize(("held_back", "holds"), [("report", True), ("fail", False)])
def test_what_the_baseline_holds_back_is_judged_as_an_active_one(
    make_finding: Make, make_package: Callable[..., Package], make_delta: MakeDelta, make_policy: Callable[..., Policy],
    held_back: str, *, holds: bool,
) -> None:  # fmt: skip
    """A rejected package may be hidden where the policy accepts what is held back, and counts nowhere then."""
    rejects = PatchBaseline("pb-1", "pww", rejected=("openssl",), approved=("bash",))
    stories = {A: replace(story(make_package()), baseline=rejects)}
    policy = make_policy(patching={"baseline": "pww", "held_back": held_back, "held_back_max_days": 3650})
    hidden = make_finding(status="SUPPRESSED", severity="MEDIUM")
    delta = make_delta([hidden], [hidden])
    groups, late = tuple(suppressed_groups(delta, stories)), LateDisclosures(PatchRuns(PATCHED), MORNING, gates=False)
    waivers, holding = Waivers([], delta, MORNING), Holding(policy.patching, stories, at=MORNING)
    found = suppression_of(delta, (), BASELINE, groups, late)
    assert nothing_suppressed(delta, found, waivers, policy, holding).holds == holds
    counted = with_hidden(Removable(), delta, groups, waivers)
    assert (counted.hidden_before, counted.hidden) == (0, 0)
    by_own_fields = with_hidden(Removable(), delta, tuple(suppressed_groups(delta, {})), waivers)
    assert (by_own_fields.hidden_before, by_own_fields.hidden) == (1, 1)


def test_a_fresh_list_is_asked_for_about_what_is_hidden(make_finding: Make, make_delta: MakeDelta) -> None:
    """A suppressed finding that an older list leaves open is asked about as an active one is."""
    hidden = make_finding(status="SUPPRESSED")
    delta, bare = make_delta([hidden], [hidden]), {A: replace(story(Package("curl")), inventory=None)}
    assert unsettled_by_lists(delta, bare) == {A}
    assert unsettled_by_lists(make_delta([hidden], [], others=[A]), bare) == frozenset()


@pytest.mark.parametrize(("configuration", "holds"), [("fail", False), ("report", True)])
def test_a_port_that_was_opened_and_hidden_is_red(
    make_finding: Make, make_delta: MakeDelta, judge: Judge, configuration: str, *, holds: bool
) -> None:
    """As FIND-8 has it: on a host scanned both times, not within a range that was open, if the policy wants it."""
    port = {"type": FindingType.NETWORK, "packages": (), "protocol": "TCP", "vulnerability": ""}
    hidden = make_finding(status="SUPPRESSED", port_begin=22, port_end=22, **port)
    assert judge(make_delta([], [hidden], others=[A]), gate={"configuration": configuration}).holds == holds
    assert judge(make_delta([], [hidden], launched=[A])).holds
    before = make_finding(status="SUPPRESSED", port_begin=0, port_end=1024, **port)
    assert judge(make_delta([before], [hidden])).holds
