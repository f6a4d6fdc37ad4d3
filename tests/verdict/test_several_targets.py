"""A window with several targets: each must be the policy's, and each must be patched by one task."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from postpatch.model import ExistingWindow, WindowTarget, WindowTask
from postpatch.policy import Policy
from postpatch.verdict.target import target_tags
from postpatch.verdict.task import document, limits, parameters, service_role, target_group
from postpatch.verdict.window import is_sound

Make = Callable[..., ExistingWindow]
MakePolicy = Callable[..., Policy]

WEB = WindowTarget("t-web", "web", "INSTANCE", (("tag:Patching", ("web",)),))
DATABASE = WindowTarget("t-db", "database", "INSTANCE", (("tag:Patching", ("database",)),))
BY_IDS = WindowTarget("t-ids", "", "INSTANCE", (("InstanceIds", ("i-0123456789abcdef0",)),))
TARGETS = (WEB, DATABASE, BY_IDS)
TASKS = (document, parameters, target_group, limits, service_role)


@pytest.fixture
def policy(make_policy: MakePolicy) -> Policy:
    """Return a policy of three targets, of which one needs no name."""
    also = [
        {"name": "database", "tags": {"Patching": ["database"]}},
        {"instances": ["i-0123456789abcdef0"]},
    ]
    return make_policy(target={"name": "web", "tags": {"Patching": ["web"]}, "also": also}, task={"name": None})


@pytest.fixture
def existing(make_standing: Make) -> Make:
    """Make a window with targets, and a task on each group of targets."""

    def make(targets: tuple[WindowTarget, ...] = TARGETS, *on: tuple[str, ...], **changes: Any) -> ExistingWindow:
        (task,) = make_standing().tasks
        groups = on or (tuple(sorted(one.id for one in TARGETS)),)
        tasks = tuple(
            replace(task, id=f"task-{number}", targets=(("WindowTargetIds", group),))
            for number, group in enumerate(groups)
        )
        return make_standing(targets=targets, tasks=tasks, **changes)

    return make


@pytest.mark.parametrize("targets", list(permutations(TARGETS)))
def test_all_in_any_order(existing: Make, policy: Policy, targets: tuple[WindowTarget, ...]) -> None:
    """The order in which AWS lists targets, and their ids in a task, says nothing."""
    window = existing(targets, tuple(one.id for one in targets))
    assert target_tags(window, policy).holds
    assert [judge(window, policy).holds for judge in TASKS] == [True] * len(TASKS)


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        pytest.param(TARGETS[:2], "number of registered targets: expected 3, found 2", id="one-missing"),
        pytest.param((*TARGETS, replace(WEB, id="t-4", name="more")), "expected 3, found 4", id="one-more"),
        pytest.param((WEB, WEB, BY_IDS), "target name of database: expected database, found web", id="one-twice"),
        pytest.param(
            (WEB, replace(DATABASE, selectors=(("tag:Patching", ("db",)),)), BY_IDS),
            "target tags of database: expected tag:Patching = database, found tag:Patching = db",
            id="another-tag",
        ),
        pytest.param((WEB, DATABASE, replace(BY_IDS, selectors=())), "target tags of target 3", id="without-a-name"),
    ],
)
def test_tgt_1_is_red(existing: Make, policy: Policy, targets: tuple[WindowTarget, ...], words: str) -> None:
    """A target that is missing, too many or different is red, and the reason says which."""
    judgement = target_tags(existing(targets), policy)
    assert not judgement.holds
    assert words in judgement.reason


def test_a_task_for_each_target(existing: Make, policy: Policy) -> None:
    """As AWS advises where they are to be patched at the same time."""
    window = existing(TARGETS, ("t-db",), ("t-ids",), ("t-web",))
    judged = [judge(window, policy) for judge in TASKS]
    assert [one.holds for one in judged] == [True] * len(TASKS)
    assert judged[0].facts[0].expected == "1, or 3, one for each target"


@pytest.mark.parametrize(
    ("on", "red"),
    [
        pytest.param([("t-db", "t-web")], {"TASK-3"}, id="one-target-left-out"),
        pytest.param([("t-db",), ("t-web",)], {"TASK-1", "TASK-3"}, id="a-task-missing"),
        pytest.param([("t-db",), ("t-db",), ("t-web",)], {"TASK-3"}, id="two-on-one"),
        pytest.param([("t-db",), ("t-ids",), ("t-other",)], {"TASK-3"}, id="on-another"),
        pytest.param([("t-db", "t-ids", "t-web"), ("t-db",)], {"TASK-1", "TASK-3"}, id="one-more"),
    ],
)
def test_a_target_without_its_task(existing: Make, policy: Policy, on: list[tuple[str, ...]], red: set[str]) -> None:
    """A target that no task patches, or two do, is red."""
    window = existing(TARGETS, *on)
    failed = {f"TASK-{number}" for number, judge in enumerate(TASKS, start=1) if not judge(window, policy).holds}
    assert failed == red


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"document": "AWS-RunShellScript"}, 0),
        ({"parameters": (("Operation", ("Scan",)),)}, 1),
        ({"targets": (("WindowTargetIds", ("t-web",)), ("InstanceIds", ("i-1",)))}, 2),
        ({"max_errors": "100%"}, 3),
        ({"service_role": "arn:aws:iam::123456789012:role/other"}, 4),
    ],
)
def test_each_of_the_tasks_is_judged(existing: Make, policy: Policy, changes: dict[str, Any], check: int) -> None:
    """One task of three that differs is red, also if it runs last."""
    window = existing(TARGETS, ("t-db",), ("t-ids",), ("t-web",))
    tasks: tuple[WindowTask, ...] = (*window.tasks[:2], replace(window.tasks[2], **changes))
    window = replace(window, tasks=tasks)
    assert [number for number, judge in enumerate(TASKS) if not judge(window, policy).holds] == [check]


def test_what_is_missing_may_be_added(existing: Make, policy: Policy) -> None:
    """A window with some of the targets is sound, and one with another target is not."""
    window = existing().window
    assert window is not None
    assert [is_sound(window, targets, policy) for targets in ((), TARGETS[1:], TARGETS)] == [True] * 3
    other = replace(WEB, name="other", selectors=(("tag:Patching", ("other",)),))
    assert not is_sound(window, (other, *TARGETS[1:]), policy)
    assert not is_sound(window, (*TARGETS, other), policy)


@pytest.mark.parametrize(
    "also", [{"name": "other", "tags": {"Patching": ["web"]}}, {"name": "none"}, {"tags": {"a": ["b"]}, "also": []}]
)
def test_targets_that_are_one(make_policy: MakePolicy, also: dict[str, Any]) -> None:
    """Two targets of one selection, one that selects nothing, and one with targets of its own are no policy."""
    with pytest.raises(ValidationError):
        make_policy(target={"name": "web", "tags": {"Patching": ["web"]}, "also": [also]})


@pytest.mark.parametrize(
    ("target", "shared"),
    [
        ({"tags": {"a": ["1"], "b": ["2"]}}, {"a": ["1"], "b": ["2"]}),
        ({"tags": {"a": ["1"]}, "also": [{"tags": {"a": ["3", "2"]}}]}, {"a": ["1", "2", "3"]}),
        ({"tags": {"a": ["1"]}, "also": [{"tags": {"b": ["2"]}}]}, {}),
        ({"tags": {"a": ["1"]}, "also": [{"tag_key": "a"}]}, {}),
        ({"tag_key": "a", "tags": None}, {}),
    ],
)
def test_tags_that_all_share(make_policy: MakePolicy, target: dict[str, Any], shared: dict[str, list[str]]) -> None:
    """A scan by tags may name only what every selected host carries."""
    assert make_policy(target=target).target.shared_tags == shared
