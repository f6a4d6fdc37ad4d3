"""MW-5: what the window's newest execution did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.errors import CouldNotCheck
from postpatch.model import ExistingWindow, Judgement, TaskRun, WindowExecution, WindowHistory
from postpatch.policy import Policy
from postpatch.verdict.window_history import newest_execution

Make = Callable[..., ExistingWindow]
MakePolicy = Callable[..., Policy]
Judge = Callable[..., Judgement]

CREATED = datetime(2026, 11, 1, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
SUCCESS = TaskRun("AWS-RunPatchBaseline", "RUN_COMMAND", "SUCCESS", invocations=1, operations=("Install",))
FAILED = replace(SUCCESS, status="FAILED", failed=((A, "Failed"),))
OPEN = {"start_date": "2026-11-01T00:00:00Z", "next_execution": "2026-11-20T12:00Z"}
NEXT = ("2026-11-20T12:00Z",)


def execution(*tasks: TaskRun, status: str = "SUCCESS", at: datetime = MIDNIGHT, details: str = "") -> WindowExecution:
    """Return an execution that has ended, at midnight unless said otherwise."""
    return WindowExecution("e-1", status, at, details, tasks)


def undecided(status: str, at: datetime = MIDNIGHT) -> WindowExecution:
    """Return an execution that goes on, or was skipped."""
    return WindowExecution("e-2", status, at)


@pytest.fixture(scope="module")
def judge(make_standing: Make, make_policy: MakePolicy) -> Judge:
    """Judge executions of a window that opens every twelve hours, and has since the first of the month."""

    def judging(*executions: WindowExecution, window: dict[str, Any] | None = None, **changes: Any) -> Judgement:
        standing = make_standing(window=OPEN | (window or {}), **{"next_executions": NEXT, **changes})
        return newest_execution(standing, WindowHistory(CREATED, NOW, executions), make_policy())

    return judging


def test_no_window_is_red(make_policy: MakePolicy) -> None:
    """Without a window nothing has run."""
    judgement = newest_execution(ExistingWindow(()), WindowHistory(NOW, NOW), make_policy())
    assert (judgement.holds, judgement.reason) == (False, "there is no window, so there is no execution to check")


def test_a_task_that_ran_well_is_proven(judge: Judge) -> None:
    """The newest execution ran the patching task successfully, whatever other tasks did."""
    other = TaskRun("AWS-RunShellScript", "RUN_COMMAND", "FAILED", invocations=1)
    judgement = judge(execution(SUCCESS, other, status="FAILED"))
    assert judgement.holds
    assert judgement.reason.endswith("that has ended, of 2026-11-20 00:00:00 UTC, ran the task successfully")
    ((fact,),) = (judgement.facts,)
    assert (fact.expected, fact.found) == ("ran the task successfully", "SUCCESS")


@pytest.mark.parametrize(
    ("task", "words"),
    [
        pytest.param(FAILED, f"FAILED, failed on 1 host: {A} (Failed)", id="failed"),
        pytest.param(replace(SUCCESS, status="TIMED_OUT", details="late"), "TIMED_OUT (late)", id="timed-out"),
        pytest.param(replace(FAILED, gone=(B,)), f"{A} (Failed)", id="another-host-is-gone"),
        pytest.param(
            replace(SUCCESS, failed=((A, "Undeliverable"),)),
            f"SUCCESS, failed on 1 host: {A} (Undeliverable)",
            id="a-host-was-missed",
        ),
        pytest.param(
            replace(FAILED, failed=((A, "Failed"), (B, "Terminated")), gone=(A,)), "failed on 2 hosts", id="one-is-gone"
        ),
        pytest.param(
            replace(SUCCESS, status="CANCELLED", invocations=0, alarms=("errors: ALARM",)),
            "CANCELLED, stopped by alarm errors: ALARM",
            id="alarm",
        ),
        pytest.param(replace(SUCCESS, invocations=0, operations=()), "SUCCESS, but on no host", id="no-host"),
        pytest.param(replace(SUCCESS, operations=("Scan",)), "SUCCESS, with Operation Scan", id="scan"),
        pytest.param(
            replace(SUCCESS, document="AWS-RunShellScript"), "without the task AWS-RunPatchBaseline", id="document"
        ),
        pytest.param(replace(SUCCESS, type="AUTOMATION"), "without the task AWS-RunPatchBaseline", id="type"),
    ],
)
def test_a_task_that_did_not_run_well_is_red(judge: Judge, task: TaskRun, words: str) -> None:
    """A patching task that failed, was stopped, scanned, ran nowhere or did not run is red, in AWS's words."""
    judgement = judge(execution(task, details="One or more tasks failed."))
    assert not judgement.holds
    assert words in judgement.reason
    assert judgement.reason.endswith("AWS says: One or more tasks failed.")


def test_a_second_task_must_not_fail_either(judge: Judge) -> None:
    """Where the patching document ran twice in one execution, both must have succeeded."""
    assert not judge(execution(SUCCESS, FAILED)).holds


def test_a_failure_on_hosts_that_are_gone_is_listed(judge: Judge) -> None:
    """A task that failed only on hosts that no longer exist passes, and a note names them."""
    for status in ("FAILED", "SUCCESS"):
        judgement = judge(execution(replace(FAILED, status=status, gone=(A,)), status=status))
        assert judgement.holds
        assert judgement.notes == (f"failed on hosts that no longer exist: {A} (Failed)",)


def test_unreadable_parameters_prove_no_other_operation(judge: Judge) -> None:
    """What AWS does not tell of the operation does not make an execution red; TASK-2 judges what the task is set to."""
    assert judge(execution(replace(SUCCESS, operations=()))).holds


@pytest.mark.parametrize("status", ["SKIPPED_OVERLAPPING", "IN_PROGRESS", "PENDING", "CANCELLING"])
@pytest.mark.parametrize(("before", "holds"), [(SUCCESS, True), (FAILED, False)], ids=["success", "failed"])
def test_an_undecided_execution_gives_way(judge: Judge, status: str, before: TaskRun, holds: bool) -> None:
    """An execution that goes on or was skipped is stepped over; the one before it decides."""
    judgement = judge(undecided(status), execution(before, at=MIDNIGHT - timedelta(hours=12)))
    assert judgement.holds is holds
    assert judgement.notes == (f"stepped over: {status}, started 2026-11-20 00:00:00 UTC",)


def test_where_only_one_goes_on_that_is_said(judge: Judge) -> None:
    """A window that is open for the first time is no failure."""
    judgement = judge(undecided("IN_PROGRESS"))
    assert judgement.holds
    assert "has been open since 2026-11-20 00:00:00 UTC; no execution has ended yet" in judgement.reason


@pytest.mark.parametrize("status", ["IN_PROGRESS", "PENDING", "CANCELLING"])
def test_an_execution_that_never_ends_is_red(judge: Judge, status: str) -> None:
    """What goes on long after the window closed has every later one skipped: the success before it proves nothing."""
    stuck = undecided(status, at=MIDNIGHT - timedelta(days=12))
    skipped = (undecided("SKIPPED_OVERLAPPING", at=MIDNIGHT - timedelta(hours=12) * number) for number in range(24))
    judgement = judge(*skipped, stuck, execution(SUCCESS, at=MIDNIGHT - timedelta(days=13)))
    assert not judgement.holds
    assert "opened 2026-11-08 00:00:00 UTC, and that execution has not ended since" in judgement.reason
    assert not judge(stuck).holds


def test_where_all_were_skipped_it_is_red(judge: Judge) -> None:
    """A window whose every execution was skipped has patched nothing."""
    judgement = judge(undecided("SKIPPED_OVERLAPPING"))
    assert not judgement.holds
    assert judgement.reason.startswith("each execution of maintenance window pww_mw")


def test_a_window_that_was_due_and_did_not_open_is_red(judge: Judge) -> None:
    """An enabled window that was due has an execution; one without is red, and says when it was due."""
    judgement = judge()
    assert not judgement.holds
    assert judgement.reason.endswith("was due 2026-11-20 00:00:00 UTC and did not open")


@pytest.mark.parametrize("days", [1, 5])
def test_an_old_success_does_not_prove_a_missed_night(judge: Judge, days: int) -> None:
    """A success before the newest moment at which the window was due proves nothing of that."""
    judgement = judge(execution(SUCCESS, at=MIDNIGHT - timedelta(days=days)))
    assert not judgement.holds
    assert "was due 2026-11-20 00:00:00 UTC and did not open" in judgement.reason


@pytest.mark.parametrize(
    ("window", "due"),
    [
        pytest.param({"schedule": "rate(12 hours)"}, True, id="rate"),
        pytest.param({"schedule": "rate(30 days)"}, False, id="long-rate"),
        pytest.param({"schedule": "cron(0 2 1 * ? *)"}, False, id="not-this-month"),
        pytest.param({"schedule": "cron(0 2 ? * TUE#2 *)"}, True, id="second-tuesday"),
        pytest.param({"schedule": "cron(0 2 ? * TUE#3 *)", "schedule_offset": 6}, False, id="offset"),
        pytest.param({"schedule": "at(2026-11-10T00:00:00)"}, True, id="once"),
        pytest.param({"schedule": "cron(0 7 20 11 ? *)", "time_zone": "Europe/Berlin"}, True, id="at-six-utc"),
        pytest.param({"schedule": "cron(55 8 20 11 ? *)", "time_zone": "Europe/Berlin"}, False, id="just-now"),
        pytest.param({"start_date": "2099-12-01T00:00:00Z"}, False, id="not-started"),
        pytest.param({"start_date": "2026-11-20T00:00:00Z"}, True, id="started-at-that-moment"),
        pytest.param({"end_date": "2026-11-01T11:00:00Z"}, False, id="ended"),
        pytest.param({"enabled": False}, False, id="disabled"),
    ],
)
def test_when_a_window_was_due(judge: Judge, window: dict[str, Any], due: bool) -> None:
    """A window was due if its schedule fired since it was created and started, before it ended, in its zone."""
    judgement = judge(window=window)
    assert judgement.holds is not due
    assert ("did not open" in judgement.reason) is due


@pytest.mark.parametrize(
    ("coming", "words"),
    [
        ("2099-12-01T00:00Z", "in 73 years, 2099-12-01 00:00:00 UTC"),
        ("2027-03-01T00:00Z", "in 3 months"),
        ("2026-11-21T08:00Z", "in 1 day"),
        ("2026-11-20T13:00+01:00", "in 4 hours, 2026-11-20 12:00:00 UTC"),
        ("2026-11-20T08:00:30Z", "within a minute"),
    ],
)
def test_a_window_that_has_not_opened_says_when_it_will(judge: Judge, coming: str, words: str) -> None:
    """A window that was not due yet passes, and the sentence says in words when it opens."""
    window = {"start_date": "2099-12-01T00:00:00Z", "next_execution": coming}
    judgement = judge(window=window, next_executions=(coming,))
    assert judgement.holds
    assert "no execution was due since 2026-11-01 12:00:00 UTC; it first opens" in judgement.reason
    assert words in judgement.reason


def test_a_window_that_never_opens_again_is_red(judge: Judge) -> None:
    """Where AWS names no next execution and there was none, nothing will ever be patched."""
    judgement = judge(window={"end_date": "2026-11-01T11:00:00Z", "next_execution": ""}, next_executions=())
    assert not judgement.holds
    assert "AWS names no next execution" in judgement.reason


def test_a_disabled_window_is_not_due(judge: Judge) -> None:
    """MW-1 is red where the window is disabled; that it did not open is no second defect."""
    judgement = judge(window={"enabled": False, "next_execution": ""}, next_executions=())
    assert judgement.holds
    assert judgement.reason.endswith("is disabled, so no execution is due")


def test_what_this_run_created_has_not_run(judge: Judge) -> None:
    """Executions from before the run created a task prove nothing of it, good or bad."""
    judgement = judge(execution(FAILED), created=("task pww_task in mw-1",))
    assert judgement.holds
    assert (
        judgement.reason == "this run created task pww_task in mw-1; it first opens in 4 hours, 2026-11-20 12:00:00 UTC"
    )


def test_a_schedule_that_nobody_can_read_is_an_error(judge: Judge) -> None:
    """Without a schedule nobody knows when the window was due."""
    with pytest.raises(CouldNotCheck, match="Correct the schedule"):
        judge(window={"schedule": "sometimes"})
    with pytest.raises(CouldNotCheck, match="Correct the schedule"):
        judge(window={"time_zone": "Mars/Olympus"})


STATUSES = st.sampled_from(
    ["SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED", "CANCELLING", "PENDING", "IN_PROGRESS", "STRANGE"]
)


@settings(deadline=None)
@given(
    status=STATUSES,
    failed=st.lists(st.sampled_from([A, B]), unique=True),
    gone=st.lists(st.sampled_from([A, B]), unique=True),
    stepped_over=st.lists(st.sampled_from(["SKIPPED_OVERLAPPING", "IN_PROGRESS"]), max_size=3),
)
def test_no_failure_on_a_host_that_exists_passes(
    judge: Judge, status: str, failed: list[str], gone: list[str], stepped_over: list[str]
) -> None:
    """Whatever is stepped over, a task passes only if it succeeded, or failed on hosts, and all of these are gone."""
    run = replace(SUCCESS, status=status, failed=tuple((host, "Failed") for host in failed), gone=tuple(gone))
    judgement = judge(*(undecided(one) for one in stepped_over), execution(run, status="FAILED"))
    if judgement.holds:
        assert failed or status == "SUCCESS"
        assert set(failed) <= set(gone)
