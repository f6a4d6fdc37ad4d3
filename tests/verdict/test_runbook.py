"""A patching task that runs an Automation runbook: what shows that it patched, and what does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from postpatch.model import (
    ExistingWindow,
    Host,
    PatchCommand,
    Patching,
    PatchState,
    TaskRun,
    WindowExecution,
    WindowHistory,
)
from postpatch.policy import Policy
from postpatch.verdict.patching import every_host_patched
from postpatch.verdict.task import document, limits
from postpatch.verdict.window_history import newest_execution

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOST = "i-0aaaaaaaaaaaaaaa1"
RUNBOOK = "AWS-PatchInstanceWithRollback"
OPEN = {"start_date": "2026-11-01T00:00:00Z", "next_execution": "2026-11-20T12:00Z"}
RUN = TaskRun(RUNBOOK, "AUTOMATION", "SUCCESS", invocations=3)


@pytest.fixture
def policy(make_policy: Callable[..., Policy]) -> Policy:
    """Return a policy whose window patches by AWS's runbook."""
    return make_policy(
        task={"type": "AUTOMATION", "document": RUNBOOK, "parameters": {}, "timeout_seconds": None},
        window={"create": "never"},
    )


@pytest.fixture
def existing(make_standing: Callable[..., ExistingWindow]) -> ExistingWindow:
    """Return the window with such a task."""
    return make_standing(
        window=OPEN,
        task={"type": "AUTOMATION", "document": RUNBOOK, "parameters": (), "timeout_seconds": None},
        next_executions=("2026-11-20T12:00Z",),
    )


@pytest.mark.parametrize(
    ("task", "holds"),
    [({}, True), ({"type": "RUN_COMMAND"}, False), ({"document": "AWS-RestartEC2Instance"}, False)],
    ids=["as-named", "a-command", "another-runbook"],
)
def test_task_1_names_the_runbook(existing: ExistingWindow, policy: Policy, task: dict[str, Any], holds: bool) -> None:
    """The type is the policy's too: a command of that name is no runbook."""
    changed = replace(existing, tasks=(replace(existing.tasks[0], **task),))
    assert document(changed, policy).holds is holds
    assert limits(changed, policy).holds


@pytest.mark.parametrize(
    ("run", "holds"),
    [
        (RUN, True),
        (replace(RUN, status="FAILED"), False),
        (replace(RUN, invocations=0), False),
        (replace(RUN, document="AWS-RestartEC2Instance"), False),
        (replace(RUN, type="RUN_COMMAND"), False),
    ],
    ids=["succeeded", "failed", "on-no-host", "another", "a-command"],
)
def test_mw_5_reads_the_runbooks_execution(existing: ExistingWindow, policy: Policy, run: TaskRun, holds: bool) -> None:
    """The newest execution must have run the runbook, on a host, successfully."""
    executions = (WindowExecution("e-1", run.status, MIDNIGHT, "", (run,)),)
    history = WindowHistory(MIDNIGHT - 24 * HOUR, MIDNIGHT + 8 * HOUR, executions)
    assert newest_execution(existing, history, policy).holds is holds


def test_patch_1_wants_the_command_that_the_runbook_sent(policy: Policy) -> None:
    """An Install of AWS-RunPatchBaseline is the proof; without one the note says how to have another way judged."""
    baseline, hosts = MIDNIGHT - HOUR, (Host(HOST),)
    state = PatchState(HOST, "Scan", MIDNIGHT, MIDNIGHT + HOUR, "pb-0123456789abcdef0")
    sent = PatchCommand(HOST, "c-1", "Install", "Success", MIDNIGHT, MIDNIGHT + HOUR / 2)
    assert policy.task.command == "AWS-RunPatchBaseline"
    assert every_host_patched(Patching((state,), (sent,)), hosts, baseline, policy).holds
    judged = every_host_patched(Patching((state,)), hosts, baseline, policy)
    assert not judged.holds
    assert 'set [patching] evidence = "installed-versions"' in judged.notes[-1]
