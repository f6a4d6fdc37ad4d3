"""FIND-4 and FIND-5: nothing remains that could have gone, and what remains is explained."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest

from postpatch.model import Finding, FindingType, Judgement, Package
from postpatch.policy import Policy
from postpatch.verdict.delta import Delta
from postpatch.verdict.findings import everything_explained, nothing_remains_patchable
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.waivers import Waivers

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
MORNING = datetime(2026, 11, 21, 8, tzinfo=UTC)
WAIVER = {"reason": "not reachable", "approver": "CISO", "expires": MORNING.date()}

Make = Callable[..., Finding]
MakePackage = Callable[..., Package]
Judge = Callable[..., tuple[Judgement, Judgement]]


@pytest.fixture
def judged(make_policy: Callable[..., Policy], make_delta: Callable[..., Delta]) -> Judge:
    """Judge FIND-4 and FIND-5 where exactly these findings remain."""

    def judge(remaining: Iterable[Finding], **policy: object) -> tuple[Judgement, Judgement]:
        findings = list(remaining)
        delta, wanted = make_delta(findings, findings, others=[A]), make_policy(**policy)
        found, waivers = RemainingFindings(delta, {}), Waivers(wanted.waiver, delta, MORNING)
        return nothing_remains_patchable(found, waivers, wanted), everything_explained(found, waivers, wanted)

    return judge


def test_nothing_remaining_is_proven(judged: Judge) -> None:
    """Where nothing remains both checks are green and say so."""
    patchable, explained = judged([])
    assert (patchable.holds, patchable.reason) == (True, "patching should have removed none of 0 remaining findings")
    assert (explained.holds, explained.reason) == (True, "no finding remains")


def test_honest_leftovers_are_proven(
    judged: Judge, unfixable: Make, root_login: Make, make_finding: Make, make_package: MakePackage
) -> None:
    """No fix, a language package, an open port and a root login are explained, and none is a patching fault."""
    express = make_package(name="express", manager="NODEPKG", fixed_in="4.19.2")
    port = make_finding("", type=FindingType.NETWORK, protocol="TCP", port_begin=22, port_end=22, packages=())
    patchable, explained = judged([unfixable(), make_finding("CVE-2", packages=(express,)), port, root_login()])
    assert (patchable.holds, patchable.reason) == (True, "patching should have removed none of 3 remaining findings")
    assert (explained.holds, explained.reason) == (
        True,
        "each of 3 remaining findings and 1 failed CIS check is explained",
    )


def test_a_fixable_package_turns_both_red(judged: Judge, make_finding: Make, unfixable: Make) -> None:
    """A fix that was there and not installed is named by FIND-4, and is no explanation for FIND-5."""
    patchable, explained = judged([make_finding("CVE-1", B), unfixable("CVE-2")])
    assert not patchable.holds
    assert patchable.reason == f"patching should have removed 1 finding: CVE-1 on {B}"
    assert not explained.holds
    assert explained.reason == f"1 of 2 remaining findings is not explained: CVE-1 on {B}"


def test_what_says_nothing_of_a_fix_is_not_explained(judged: Judge, make_finding: Make) -> None:
    """A finding without a word on fixes is unexplained: red in FIND-5, but no proof against the patch round."""
    patchable, explained = judged([make_finding(fix_available=None, packages=())])
    assert patchable.holds
    assert (explained.holds, explained.facts[0].found) == (False, "1")


@pytest.mark.parametrize(
    ("gate", "severity", "patchable"),
    [("HIGH", "HIGH", False), ("HIGH", "MEDIUM", True), ("HIGH", "UNTRIAGED", False), ("LOW", "INFORMATIONAL", True)],
)
def test_the_gate_is_for_both(judged: Judge, make_finding: Make, gate: str, severity: str, patchable: bool) -> None:
    """Below the gate a fixable finding that nobody explains fails neither FIND-4 nor FIND-5, which says so."""
    found = judged([make_finding(severity=severity)], gate={"severity": gate})
    assert [judgement.holds for judgement in found] == [patchable, patchable]
    assert ("beneath the severity that counts (1)" in found[1].reason) is patchable
    assert f"{gate} or worse" in found[0].facts[0].name


def test_what_is_new_does_not_remain(
    make_finding: Make, make_policy: Callable[..., Policy], make_delta: Callable[..., Delta]
) -> None:
    """New findings are FIND-3's matter: neither FIND-4 nor FIND-5 speaks of them."""
    delta = make_delta([], [make_finding()])
    found, waivers = RemainingFindings(delta, {}), Waivers((), delta, MORNING)
    assert nothing_remains_patchable(found, waivers, make_policy()).holds
    assert everything_explained(found, waivers).holds


def test_a_waived_finding_turns_neither_red(judged: Judge, make_finding: Make) -> None:
    """An accepted risk is out of the gates as long as its waiver holds."""
    found = judged([make_finding("CVE-1")], waiver=[WAIVER | {"vulnerability": "CVE-1"}])
    assert [judgement.holds for judgement in found] == [True, True]


@pytest.mark.parametrize("turned", [False, True], ids=["so", "turned"])
@pytest.mark.parametrize(
    ("harmless", "policy"),
    [
        pytest.param({"fix_available": "NO", "packages": "no fix"}, {}, id="no-fix"),
        pytest.param({"fix_available": None, "packages": "none"}, {}, id="says-nothing"),
        pytest.param({"severity": "INFORMATIONAL"}, {}, id="below-the-gate"),
        pytest.param({"packages": "waived"}, {"waiver": [WAIVER | {"package": "vim"}]}, id="waived"),
        pytest.param({"packages": "language"}, {}, id="not-an-os-package"),
    ],
)
def test_a_fixable_finding_does_not_hide_behind_its_twin(
    judged: Judge,
    make_finding: Make,
    make_package: MakePackage,
    harmless: dict[str, object],
    policy: dict[str, object],
    turned: bool,
) -> None:
    """Of two findings that share an identity the one that patching should have removed decides, in either order."""
    packages = {
        "usual": (make_package(),),
        "none": (),
        "no fix": (make_package(fixed_in="NotAvailable"),),
        "waived": (make_package(name="vim"),),
        "language": (make_package(manager="NODEPKG"),),
    }
    harmless = harmless | {"packages": packages[str(harmless.get("packages", "usual"))]}
    twins = [make_finding(arn=f"arn:{2 - turned}"), make_finding(arn=f"arn:{1 + turned}", **harmless)]
    patchable, explained = judged(twins, **policy)
    assert patchable.reason == f"patching should have removed 1 finding: CVE-2026-1 on {A}"
    # A language's package beside one of the operating system is a finding of its own.
    total = "2 remaining findings is" if harmless["packages"] == packages["language"] else "1 remaining finding is"
    assert explained.reason == f"1 of {total} not explained: CVE-2026-1 on {A}"


def test_each_identity_has_one_kind_for_the_report(
    make_finding: Make, unfixable: Make, make_delta: Callable[..., Delta]
) -> None:
    """The report tells each identity once, as the finding of it that explains least."""
    both = [unfixable(arn="arn:1"), make_finding(arn="arn:2")]
    (one,) = RemainingFindings(make_delta(both, both), {})
    finding, kind = one.finding, one.kind
    assert (finding.arn, kind) == ("arn:2", "patchable")
