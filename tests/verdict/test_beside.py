"""TASK-1 to TASK-4 with tasks that the policy allows beside the patching task."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from postpatch.model import ExistingWindow, Judgement, TaskRun, WindowExecution, WindowHistory, WindowTask
from postpatch.policy import Policy
from postpatch.verdict.task import document, limits, parameters, target_group
from postpatch.verdict.window_history import newest_execution

Make = Callable[..., ExistingWindow]
MakePolicy = Callable[..., Policy]
Judge = Callable[[ExistingWindow, Policy], Judgement]

DRAIN_ID = "01234567-89ab-cdef-0123-456789abcdef"
LISTED = {"name": "drain", "runs": "AWS-RunShellScript", "priority": 0, "parameters": {"commands": ["stop"]}}
LAMBDA = {"name": "notify", "type": "LAMBDA", "runs": "arn:aws:lambda:us-east-1:1:function:n", "priority": 2}
SCAN = {"name": "scan", "runs": "AWS-RunPatchBaseline", "priority": 2, "parameters": {"Operation": ["Scan"]}}


def drain(right: WindowTask, **changes: Any) -> WindowTask:
    """Return the listed task as the policy says, with changes."""
    usual = replace(
        right, id=DRAIN_ID, name="drain", document="AWS-RunShellScript", priority=0,
        parameters=(("commands", ("stop",)),),
    )  # fmt: skip
    return replace(usual, **changes)


@pytest.fixture
def judged(make_standing: Make, make_policy: MakePolicy) -> Callable[..., Judgement]:
    """Judge a window with the right task and others, by a policy that lists `beside`."""

    def judge(by: Judge, *others: WindowTask, beside: list[dict[str, Any]] | None = None, **task: Any) -> Judgement:
        (right,) = make_standing().tasks
        policy = make_policy(task={"beside": [LISTED] if beside is None else beside} | task)
        return by(make_standing(tasks=(*others, right)), policy)

    return judge


@pytest.fixture
def right(make_standing: Make) -> WindowTask:
    """Return the tutorial's task."""
    return make_standing().tasks[0]


@pytest.mark.parametrize("by", [document, parameters, target_group, limits])
def test_a_listed_task_is_allowed_and_need_not_be_there(
    judged: Callable[..., Judgement], right: WindowTask, by: Judge
) -> None:
    """The listed task, which runs first, does not take the place of the patching task."""
    for others in ((drain(right),), ()):
        judgement = judged(by, *others)
        assert judgement.holds, judgement.reason
        assert judgement.reason == "task pww_task matches the policy"


@pytest.mark.parametrize(
    ("by", "changes", "words"),
    [
        (document, {"name": "rollback"}, "expected 1, found 2 (rollback, pww_task)"),
        (document, {"type": "AUTOMATION"}, "type of drain: expected RUN_COMMAND, found AUTOMATION"),
        (document, {"document": "AWS-RunRemoteScript"}, "what drain runs: expected AWS-RunShellScript"),
        (parameters, {"parameters": (("commands", ("rm",)),)}, "parameter commands of drain: expected stop, found rm"),
        (parameters, {"parameters": ()}, "parameter commands of drain: expected stop, found none"),
        (target_group, {"targets": (("InstanceIds", ("i-1",)),)}, "targets of drain: expected WindowTargetIds"),
        (limits, {"priority": 3}, "priority of drain: expected 0, found 3"),
    ],
)
def test_a_task_that_is_not_as_listed_is_red(
    judged: Callable[..., Judgement], right: WindowTask, by: Judge, changes: dict[str, Any], words: str
) -> None:
    """Its name alone does not allow a task: what it runs, where, when and with what is judged."""
    judgement = judged(by, drain(right, **changes))
    assert not judgement.holds
    assert words in judgement.reason


def test_a_second_task_of_a_listed_name_is_not_listed(judged: Callable[..., Judgement], right: WindowTask) -> None:
    """Names are not unique in AWS: one task of a listed name is allowed, and another is not."""
    assert not judged(document, drain(right), drain(right, id="task-3", priority=4)).holds


def test_a_listed_id_is_the_tasks_own(judged: Callable[..., Judgement], right: WindowTask) -> None:
    """A task may be listed by its id, whatever its name."""
    listed = {name: value for name, value in LISTED.items() if name != "name"} | {"id": DRAIN_ID}
    assert judged(document, drain(right, name="any"), beside=[listed]).holds
    assert not judged(document, drain(right, id="task-3"), beside=[listed]).holds


def test_a_function_needs_no_target(judged: Callable[..., Judgement], right: WindowTask) -> None:
    """Targets are optional for a task that is no Run Command; other hosts than the window's are not allowed."""
    notify = drain(right, name="notify", type="LAMBDA", document=LAMBDA["runs"], targets=(), parameters=())
    assert judged(target_group, notify, beside=[LAMBDA]).holds
    assert judged(document, notify, beside=[LAMBDA]).holds
    assert not judged(target_group, replace(notify, targets=(("InstanceIds", ("i-1",)),)), beside=[LAMBDA]).holds


def test_the_patching_task_by_its_id(judged: Callable[..., Judgement], right: WindowTask) -> None:
    """The id picks the patching task; a window without it is red in every check."""
    task_id = "fedcba98-7654-3210-fedc-ba9876543210"
    named = {"name": None, "id": task_id, "beside": [LISTED]}
    assert judged(document, drain(right, id=task_id, name="other"), **named).reason.startswith("task other: ")
    missing = judged(parameters, **named)
    assert (missing.holds, missing.reason.partition(" has ")[2]) == (False, f"no task with the id {task_id}")


def test_mw_5_a_listed_scan_is_not_the_patching_task(make_standing: Make, make_policy: MakePolicy) -> None:
    """A Scan that the policy allows after patching is not taken for patching, and alone it is no patching."""
    moment = datetime(2026, 11, 20, 2, tzinfo=UTC)

    def of(*runs: TaskRun) -> Judgement:
        history = WindowHistory(moment, moment, (WindowExecution("e", "SUCCESS", moment, tasks=runs),))
        policy = make_policy(task={"beside": [SCAN]})
        return newest_execution(make_standing(window={"start_date": ""}), history, policy)

    install, scan = (
        TaskRun("AWS-RunPatchBaseline", "RUN_COMMAND", "SUCCESS", invocations=1, operations=(operation,))
        for operation in ("Install", "Scan")
    )
    assert of(install, scan).holds
    assert not of(scan).holds
