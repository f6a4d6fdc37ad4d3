"""`[gate]`: what counts from which severity on, how much may be active, and what is only reported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postpatch.model import Severity
from postpatch.policy import GatePolicy, Policy, load_policy

SHIPPED = Path(__file__).resolve().parents[2] / "verify.toml"
PROBLEMS = [
    ({"severity": "SEVERE"}, "gate.severity: Input should be 'CRITICAL'"),
    ({"severity": "UNTRIAGED"}, "gate.severity: UNTRIAGED cannot be the limit"),
    ({"max": {"SEVERE": 0}}, "gate.max.SEVERE.[key]: Input should be 'CRITICAL'"),
    ({"max": {"HIGH": -1}}, "gate.max.HIGH: Input should be greater than or equal to 0"),
    ({"max": {"HIGH": "5"}}, "gate.max.HIGH: Input should be a valid integer"),
    ({"max": 5}, "gate.max: Input should be a valid dictionary"),
    ({"max": {"CRITICAL": 3, "LOW": 2}}, "gate.max: CRITICAL = 3 can never be reached: LOW = 2 also counts"),
    ({"exploited_max": -1}, "gate.exploited_max: Input should be greater than or equal to 0"),
    ({"exploited_max": 0, "epss_from": 1.5}, "gate.epss_from: Input should be less than or equal to 1"),
    ({"exploited_max": 0, "epss_from": 0}, "gate.epss_from: Input should be greater than 0"),
    ({"epss_from": 0.5}, "gate: epss_from needs exploited_max"),
    ({"fixable_only": "yes"}, "gate.fixable_only: Input should be a valid boolean"),
    ({"disclosed_after": "ignore"}, "gate.disclosed_after: Input should be 'report' or 'fail'"),
    ({"configuration": True}, "gate.configuration: Input should be 'report' or 'fail'"),
]


@pytest.mark.parametrize(("changes", "words"), PROBLEMS, ids=[words for _, words in PROBLEMS])
def test_a_wrong_limit_is_refused_by_its_key(
    refused: Callable[..., list[str]], changes: dict[str, Any], words: str
) -> None:
    """Each value that cannot be is refused alone, by the path of its key and with what is wrong."""
    (problem,) = refused(gate=changes)
    assert problem.startswith(words)


@pytest.mark.parametrize(
    ("gate", "counted"),
    [
        ("CRITICAL", {"CRITICAL", "UNTRIAGED"}),
        ("MEDIUM", {"CRITICAL", "HIGH", "MEDIUM", "UNTRIAGED"}),
        ("INFORMATIONAL", {"CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED"}),
    ],
)
def test_what_counts_against_the_gate(gate: str, counted: set[str]) -> None:
    """The gate's severity and worse count, and what is not rated, or rated as nobody knows, always does."""
    policy = GatePolicy(severity=gate)  # type: ignore[arg-type]
    assert {severity.value for severity in Severity if policy.counts(severity)} == counted
    assert policy.counts("SOMETHING_NEW")


RATED_LIMITS = {"CRITICAL": 0, "HIGH": 0, "MEDIUM": 0, "LOW": 0, "INFORMATIONAL": 0}


@pytest.mark.parametrize(
    ("severity", "limits", "beside_a_limit_of_its_own"),
    [
        ("CRITICAL", {"CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"}, None),
        ("MEDIUM", {"MEDIUM", "LOW", "INFORMATIONAL"}, None),
        ("INFORMATIONAL", {"INFORMATIONAL"}, None),
        ("UNTRIAGED", set(RATED_LIMITS), {"UNTRIAGED"}),
        ("SOMETHING_NEW", set(RATED_LIMITS), {"UNTRIAGED"}),
    ],
)
def test_what_counts_against_a_limit(
    severity: str, limits: set[str], beside_a_limit_of_its_own: set[str] | None
) -> None:
    """A limit counts its severity and worse; what is not rated counts against each, but not beside its own."""
    for limited, expected in (
        (RATED_LIMITS, limits),
        (RATED_LIMITS | {"UNTRIAGED": 0}, beside_a_limit_of_its_own or limits),
    ):
        policy = GatePolicy.model_validate({"max": limited})
        assert {one.value for one in policy.max if policy.counts_against(severity, one)} == expected


def test_the_gate_without_a_word(shipped: Policy) -> None:
    """The shipped policy sets no limit, reports late disclosures, and fails if anything was opened."""
    gate = shipped.gate
    assert not gate.limits
    assert not gate.fixable_only
    assert (gate.disclosed_after, gate.configuration) == ("report", "fail")


@pytest.mark.parametrize("key", ["disclosed_after", "configuration"])
def test_the_old_word_for_report_is_still_accepted(key: str) -> None:
    """A policy of version 0.1.0 says `tell`; it means the same as `report`."""
    assert GatePolicy.model_validate({key: "tell"}) == GatePolicy.model_validate({key: "report"})


def test_every_commented_example_is_a_policy(tmp_path: Path) -> None:
    """What the shipped file shows in comments is understood once it is uncommented."""
    text = SHIPPED.read_text(encoding="utf-8")
    gate = text.index("[gate]")
    shown = text[:gate] + text[gate:].replace("\n# ", "\n")
    path = tmp_path / "verify.toml"
    path.write_text(shown, encoding="utf-8")
    policy = load_policy(path)
    assert policy.gate.limits
    assert (policy.gate.max[Severity.HIGH], policy.gate.epss_from, policy.gate.fixable_only) == (5, 0.5, True)
    assert [str(one) for one in policy.waiver] == ["CVE-2024-0001 on i-0123456789abcdef0"]
