"""The one verdict of a run, and the table of checks."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from postpatch.model import Mode, Scope
from postpatch.verdict.run import CheckOutcome, Outcome, Run, Verdict

MOMENT = datetime(2026, 11, 21, 8, tzinfo=UTC)
LEFT_OUT = {"outcome": Outcome.NOT_ASSESSED, "declared": False}
DECLARED = {"outcome": Outcome.NOT_ASSESSED, "declared": True}
PASSED, FAILED, ERROR = ({"outcome": one} for one in (Outcome.PASSED, Outcome.FAILED, Outcome.ERROR))


def run(*outcomes: dict[str, object], mode: Mode = Mode.LIVE) -> Run:
    """Return a run whose checks came out so."""
    checks = tuple(CheckOutcome(f"C-{place}", "", reason="the reason", **one) for place, one in enumerate(outcomes))  # type: ignore[arg-type]
    return Run(
        mode=mode, world="", engine="inspector2", tool="test", read_only=False, policy="", policy_sha256="",
        scope=Scope("stack", ("pww",)), time_zone="Etc/UTC", started_at=MOMENT, finished_at=MOMENT, checks=checks,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcomes", "verdict", "words"),
    [
        pytest.param([PASSED, PASSED], Verdict.PASS, "All 2 checks passed", id="all-passed"),
        pytest.param([PASSED, DECLARED], Verdict.PASS, "1 of 2 checks were not", id="a-declared-smaller-scope"),
        pytest.param([PASSED, LEFT_OUT], Verdict.PARTIAL, "others were left out", id="deselected"),
        pytest.param([PASSED, FAILED], Verdict.FAIL, "The reason.", id="failed"),
        pytest.param([PASSED, ERROR], Verdict.ERROR, "1 of 2 checks could not be evaluated", id="could-not-look"),
        pytest.param([FAILED, ERROR], Verdict.FAIL, "1 check could not be evaluated", id="failed-and-could-not-look"),
        pytest.param([FAILED, LEFT_OUT], Verdict.FAIL, "The reason.", id="failed-and-deselected"),
        pytest.param(
            [ERROR, LEFT_OUT], Verdict.ERROR, "1 of 1 checks could not be evaluated", id="error-and-deselected"
        ),
        pytest.param([], Verdict.PARTIAL, "others were left out", id="nothing"),
        pytest.param([DECLARED, DECLARED], Verdict.PARTIAL, "2 of 2 checks were not assessed", id="nothing-assessed"),
        pytest.param([LEFT_OUT], Verdict.PARTIAL, "others were left out", id="everything-deselected"),
    ],
)
def test_the_verdict(outcomes: list[dict[str, object]], verdict: Verdict, words: str) -> None:
    """Red goes before could-not-look, that before left out; only a proven check makes green."""
    judged = run(*outcomes)
    assert judged.verdict is verdict
    assert words in judged.sentence


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [([PASSED], Verdict.PARTIAL), ([PASSED, FAILED], Verdict.FAIL), ([PASSED, ERROR], Verdict.ERROR)],
)
def test_an_interrupted_run_says_so_and_is_never_green(outcomes: list[dict[str, object]], verdict: Verdict) -> None:
    """What came out before the interruption stands; that nothing was red by then proves nothing."""
    judged = replace(run(*outcomes), interrupted=True)
    assert judged.verdict is verdict
    assert judged.sentence.startswith("The run was interrupted. ")


def test_a_window_alone_is_told_apart_from_the_round() -> None:
    """Where every check of the hosts is proven, the words of the window or of a limit are not those of patching."""
    drifted = replace(run(), checks=(_check("FIND-1", Outcome.PASSED), _check("MW-2", Outcome.FAILED)))
    assert drifted.sentence == "Patching worked, but the schedule differs."
    limits = replace(drifted, checks=(_check("FIND-1", Outcome.PASSED), _check("FIND-8", Outcome.FAILED)))
    assert limits.sentence == "Patching worked, but the policy's limits do not hold: too many findings."
    both = replace(drifted, checks=(_check("FIND-1", Outcome.FAILED), _check("MW-2", Outcome.FAILED)))
    assert both.sentence == "No fewer findings are active than before patching; the schedule differs."


def _check(check: str, outcome: Outcome) -> CheckOutcome:
    reasons = {"MW-2": "the schedule differs", "FIND-8": "too many findings"}
    return CheckOutcome(check, "", outcome, reasons.get(check, "as many as before"))


def test_two_files_that_pass_say_what_they_cannot_prove() -> None:
    """A pass of two files is no proof of patching, and its sentence says so."""
    said = run(PASSED, DECLARED, mode=Mode.RECORDED).sentence
    assert "the later file shows what successful patching leaves" in said
    assert "cannot prove that the hosts were patched and scanned again" in said


@pytest.mark.parametrize(("mode", "simulated"), [(Mode.SIMULATED, True), (Mode.LIVE, False), (Mode.RECORDED, False)])
def test_only_a_simulated_run_is_simulated(mode: Mode, simulated: bool) -> None:
    """A run on the embedded AWS says of itself that it proves nothing about any real host."""
    assert run(PASSED, mode=mode).simulated is simulated
