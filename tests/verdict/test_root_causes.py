"""Root causes: which check fails because of which other, and that none is ever lost or hidden."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import Fact
from postpatch.verdict.cause_words import Known, cause_in_words
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.outcomes import CheckOutcome, Outcome
from postpatch.verdict.root_causes import Circumstances, RootCause, root_causes

A, B = "i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2"
IDS = [check.id for check in CHECKS]


def failed(id_: str, *wrong: str, right: tuple[str, ...] = (), reason: str = "") -> CheckOutcome:
    """Return a failed check with a fact for each thing that is wrong, and for each that is right."""
    facts = [Fact(name, "", "found", False) for name in wrong] + [Fact(name, "", "", True) for name in right]
    return CheckOutcome(id_, "", Outcome.FAILED, reason or f"the reason of {id_}", tuple(facts))


def error(id_: str, reason: str) -> CheckOutcome:
    """Return a check that could not be evaluated."""
    return CheckOutcome(id_, "", Outcome.ERROR, reason)


def left(**kinds: set[str]) -> Circumstances:
    """Return circumstances in which findings are left, by kind, on hosts."""
    return Circumstances(left={Kind[name]: frozenset(hosts) for name, hosts in kinds.items()})


def told(causes: tuple[RootCause, ...]) -> list[tuple[str, str]]:
    """Return each cause's own checks and those that follow."""
    return [(cause.ids, ", ".join(check.id for check in cause.follow)) for cause in causes]


PATCH_1, FIND_1, FIND_4 = failed("PATCH-1", A, right=(B,)), failed("FIND-1"), failed("FIND-4")


@pytest.mark.parametrize(
    ("checks", "circumstances", "expected"),
    [
        pytest.param(
            [PATCH_1, FIND_1, FIND_4], left(ONLY_SCANNED={A}), [("PATCH-1", "FIND-1, FIND-4")], id="nothing-installed"
        ),
        pytest.param(
            [PATCH_1, FIND_4], left(ONLY_SCANNED={A}, PATCHABLE={B}), [("PATCH-1", ""), ("FIND-4", "")],
            id="and-a-finding-with-another-cause",
        ),
        pytest.param(
            [PATCH_1, FIND_4], left(INSTALL_FAILED={A, B}), [("PATCH-1", ""), ("FIND-4", "")],
            id="on-a-host-that-was-patched",
        ),
        pytest.param(
            [PATCH_1, failed("PATCH-2", A), FIND_4], left(ONLY_SCANNED={A}), [("PATCH-1", "PATCH-2, FIND-4")],
            id="a-host-without-a-patch-state",
        ),
        pytest.param(
            [failed("PATCH-2", A), FIND_4], left(PENDING_REBOOT={A}), [("PATCH-2", "FIND-4")], id="not-rebooted"
        ),
        pytest.param(
            [PATCH_1, failed("PATCH-2", B), FIND_4], left(ONLY_SCANNED={A}, PENDING_REBOOT={B}),
            [("PATCH-1", "FIND-4"), ("PATCH-2", "")], id="one-of-each",
        ),
        pytest.param([FIND_4, failed("FIND-5")], left(PATCHABLE={A}), [("FIND-4, FIND-5", "")], id="left"),
        pytest.param(
            [
                failed("SCAN-1", "wait timed out"), failed("SCAN-2", A, right=(B,)),
                failed("TGT-2", "hosts selected but not online"),
            ],
            Circumstances(unreached=frozenset({A})), [("TGT-2", "SCAN-1, SCAN-2")], id="not-reached",
        ),
        pytest.param(
            [
                failed("SCAN-1", "CIS scan"), failed("SCAN-2", A, B),
                failed("TGT-2", "hosts selected but not online"),
            ],
            Circumstances(unreached=frozenset({A})), [("TGT-2", ""), ("SCAN-1, SCAN-2", "")],
            id="another-host-too",
        ),
        pytest.param(
            [failed("SCAN-2", A), error("FIND-1", "not scanned"), error("FIND-4", "not scanned")],
            Circumstances(none_scanned=True), [("SCAN-2", "FIND-1, FIND-4")], id="no-host-scanned",
        ),
        pytest.param(
            [failed("SCAN-2", A), error("FIND-1", "AccessDenied"), error("FIND-4", "AccessDenied")],
            Circumstances(), [("SCAN-2", ""), ("FIND-1, FIND-4", "")], id="another-error",
        ),
        pytest.param(
            [failed("MW-2", "schedule"), failed("TGT-1", "tags"), failed("TASK-4", "limit"), failed("MW-5")],
            Circumstances(), [("MW-5", ""), ("MW-2, TGT-1, TASK-4", "")], id="a-window-that-differs",
        ),
        pytest.param([failed("FIND-2"), failed("FIND-3")], Circumstances(), [("FIND-3", "FIND-2")], id="new-ones"),
        pytest.param([failed("FIND-2"), PATCH_1], Circumstances(), [("PATCH-1", ""), ("FIND-2", "")], id="rated-up"),
        pytest.param(
            [failed("FIND-8"), PATCH_1], Circumstances(), [("PATCH-1", ""), ("FIND-8", "")], id="a-limit-is-its-own"
        ),
    ],
)  # fmt: skip
def test_what_follows_from_what(
    checks: list[CheckOutcome], circumstances: Circumstances, expected: list[tuple[str, str]]
) -> None:
    """A check is a consequence only where the evidence shows it, host by host and finding by finding."""
    assert told(root_causes(checks, circumstances)) == expected


HOSTS = st.frozensets(st.sampled_from([A, B]))
OUTCOMES = st.dictionaries(
    st.sampled_from(IDS), st.tuples(st.sampled_from([*Outcome]), HOSTS, st.sampled_from(["one", "two"]))
)
CIRCUMSTANCES = st.builds(
    Circumstances,
    unreached=HOSTS,
    never_installed=HOSTS,
    left=st.dictionaries(st.sampled_from([*Kind]), st.frozensets(st.sampled_from([A, B]), min_size=1), max_size=3),
    none_scanned=st.booleans(),
)


@given(OUTCOMES, CIRCUMSTANCES)
def test_each_unproven_check_is_told_once(
    outcomes: Mapping[str, tuple[Outcome, frozenset[str], str]], circumstances: Circumstances
) -> None:
    """Nothing that failed is lost or told twice, nothing that passed is told, and each cause has words of its own."""
    checks = [
        CheckOutcome(id_, "", outcome, reason, tuple(Fact(host, "", "found", False) for host in sorted(hosts)))
        for id_, (outcome, hosts, reason) in outcomes.items()
    ]
    causes = root_causes(checks, circumstances)
    unproven = sorted(check.id for check in checks if check.outcome in (Outcome.FAILED, Outcome.ERROR))
    assert sorted(check.id for cause in causes for check in cause.every) == unproven
    assert all(cause.checks for cause in causes)
    ranks = [cause.outcome is Outcome.ERROR for cause in causes]
    assert ranks == sorted(ranks)
    assert all(cause_in_words(cause, Known(circumstances)) for cause in causes)


@pytest.mark.parametrize(
    ("never", "words"),
    [
        ({A, B}, "nothing was installed on 2 of 3 hosts"),
        ({A}, "nothing was installed on 1, and no installation is proven on 1, of 3 hosts"),
        (set(), "no successful installation since the baseline on 2 of 3 hosts"),
    ],
)
def test_an_installation_that_failed_is_not_one_that_never_was(never: set[str], words: str) -> None:
    """The words say on how many hosts nothing was installed, and on how many something went wrong."""
    [cause] = root_causes([failed("PATCH-1", A, B, right=("i-0aaaaaaaaaaaaaaa3",))])
    assert cause_in_words(cause, Known(Circumstances(never_installed=frozenset(never)))) == words


def test_a_limit_is_said_in_numbers() -> None:
    """Its findings are named by the check and in the list of what is open, and not in the head of every output."""
    wrong = Fact("active findings, HIGH or worse", "at most 2", f"7 (CVE-2026-1 on {A} and 6 more), at most 2", False)
    [cause] = root_causes([CheckOutcome("FIND-8", "", Outcome.FAILED, "a long reason", (wrong,))])
    assert cause_in_words(cause, Known(Circumstances())) == "active findings, HIGH or worse: 7, at most 2"
