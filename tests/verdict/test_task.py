"""TASK-1 to TASK-5: what the window will do to the hosts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from postpatch.model import ExistingWindow, Judgement, WindowTarget
from postpatch.policy import Policy
from postpatch.verdict.task import document, limits, parameters, service_role, target_group

Make = Callable[..., ExistingWindow]
MakePolicy = Callable[..., Policy]
Judge = Callable[[ExistingWindow, Policy], Judgement]

OPERATION = ("Operation", ("Install",))


@pytest.mark.parametrize("judge", [document, parameters, target_group, limits, service_role])
class TestEach:
    """What holds of all five."""

    def test_the_tutorials_task_is_proven(self, make_standing: Make, make_policy: MakePolicy, judge: Judge) -> None:
        """A task of the tutorial's values is as the policy wants it."""
        judgement = judge(make_standing(), make_policy())
        assert judgement.holds
        assert judgement.reason == "task pww_task matches the policy"

    def test_no_task_is_red(self, make_standing: Make, make_policy: MakePolicy, judge: Judge) -> None:
        """A window without a task patches nothing, and the reason why none was registered is told."""
        standing = make_standing(tasks=(), withheld=("task pww_task: not created, for this run only reads",))
        judgement = judge(standing, make_policy())
        assert not judgement.holds
        assert judgement.reason == "maintenance window pww_mw (mw-0123456789abcdef0) has no task"
        assert judgement.notes == standing.withheld

    def test_no_window_is_red(self, make_policy: MakePolicy, judge: Judge) -> None:
        """Without a window there is no task that could be right."""
        judgement = judge(ExistingWindow(()), make_policy())
        assert (judgement.holds, judgement.reason) == (False, "there is no window, so there is no task to check")

    def test_of_several_the_one_that_runs_first_is_judged(
        self, make_standing: Make, make_policy: MakePolicy, judge: Judge
    ) -> None:
        """Of several tasks the one of the lowest priority number is judged, however they are listed."""
        (right,) = make_standing().tasks
        later = replace(right, id="task-0", name="later", priority=2)
        facts = judge(make_standing(tasks=(later, right)), make_policy()).facts
        assert "later" not in [one.found for one in facts]


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"name": "other"}, "task other: task name: expected pww_task, found other"),
        ({"name": ""}, "task task-1: task name: expected pww_task, found none"),
        ({"type": "AUTOMATION"}, "task type: expected RUN_COMMAND, found AUTOMATION"),
        ({"document": "AWS-RunShellScript"}, "document: expected AWS-RunPatchBaseline, found AWS-RunShellScript"),
        (
            {"document": "My-AWS-RunPatchBaseline"},
            "document: expected AWS-RunPatchBaseline, found My-AWS-RunPatchBaseline",
        ),
    ],
)
def test_task_1_is_red(make_standing: Make, make_policy: MakePolicy, task: dict[str, str], words: str) -> None:
    """A task of another name, type or document is red with both sides told."""
    judgement = document(make_standing(task=task), make_policy())
    assert not judgement.holds
    assert words in judgement.reason


def test_task_1_a_second_task_is_red(make_standing: Make, make_policy: MakePolicy) -> None:
    """A second task beside the right one may undo it: the number is told."""
    (task,) = make_standing().tasks
    judgement = document(make_standing(tasks=(task, replace(task, id="task-2"))), make_policy())
    assert not judgement.holds
    assert "number of tasks: expected 1, found 2" in judgement.reason


@pytest.mark.parametrize(
    ("wanted", "found", "holds"),
    [
        ("AWS-RunPatchBaseline", "arn:aws:ssm:us-east-1::document/AWS-RunPatchBaseline", True),
        ("AWS-RunPatchBaseline", "arn:aws:ssm:us-east-1:123456789012:document/AWS-RunPatchBaseline", True),
        ("Patch", "arn:aws:ssm:us-east-1:123456789012:document/Patch", True),
        ("Patch", "arn:aws:ssm:us-east-1:999999999999:document/Patch", False),
        ("Patch", "arn:aws:ssm:us-east-1::document/Patch", False),
        ("Patch", "arn:aws:ssm:eu-west-1:123456789012:document/Patch", False),
        ("AWS-RunPatchBaseline", "arn:aws:ssm:eu-west-1::document/AWS-RunPatchBaseline", False),
        ("AWS-RunPatchBaseline", "arn:aws:ssm:us-east-1:999999999999:document/AWS-RunPatchBaseline", False),
        ("AWS-RunPatchBaseline", "arn:aws:ssm:us-east-1:123456789012:automation/AWS-RunPatchBaseline", False),
        (
            "arn:aws:ssm:us-east-1:999999999999:document/Patch",
            "arn:aws:ssm:us-east-1:999999999999:document/Patch",
            True,
        ),
        ("arn:aws:ssm:us-east-1:999999999999:document/Patch", "Patch", False),
    ],
)
def test_task_1_one_document_by_its_arn(
    make_standing: Make, make_policy: MakePolicy, wanted: str, found: str, holds: bool
) -> None:
    """A document may be named by its ARN; one that another account shares under the same name is another."""
    policy = make_policy(task={"document": wanted})
    assert document(make_standing(task={"document": found}), policy).holds is holds


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param((("Operation", ("Scan",)),), "parameter Operation: expected Install, found Scan", id="scan"),
        pytest.param(
            (("Operation", ("Install", "Scan")),), "Operation: expected Install, found Install, Scan", id="both"
        ),
        pytest.param((), "parameter Operation: expected Install, found none", id="no-operation"),
        pytest.param(
            (("Operation", ("",)),), "parameter Operation: expected Install, found none", id="blank-operation"
        ),
        pytest.param(
            (OPERATION, ("RebootOption", ("NoReboot",))),
            "parameter RebootOption: expected none, found NoReboot",
            id="no-reboot",
        ),
        pytest.param(
            (("InstallOverrideList", ("s3://bucket/list.yaml",)), OPERATION),
            "parameter InstallOverrideList: expected none, found s3://bucket/list.yaml",
            id="override-list",
        ),
        pytest.param(
            (("BaselineOverride", ("s3://bucket/baseline.json",)), OPERATION),
            "parameter BaselineOverride: expected none, found s3://bucket/baseline.json",
            id="baseline-override",
        ),
        pytest.param(
            (OPERATION, ("SnapshotId", ("5f8f-11",))),
            "parameter SnapshotId: expected none, found 5f8f-11",
            id="snapshot",
        ),
        pytest.param(
            (("operation", ("Install",)),), "parameter Operation: expected Install, found none", id="another-case"
        ),
    ],
)
def test_task_2_is_red(
    make_standing: Make, make_policy: MakePolicy, found: tuple[tuple[str, tuple[str, ...]], ...], words: str
) -> None:
    """A task that scans, or has any parameter that the policy does not name, is red with the parameter's value."""
    judgement = parameters(make_standing(task={"parameters": found}), make_policy())
    assert not judgement.holds
    assert words in judgement.reason


@pytest.mark.parametrize(
    "more",
    [
        ("RebootOption", ("RebootIfNeeded",)),
        ("RebootOption", ("",)),
        ("SnapshotId", ("",)),
        ("InstallOverrideList", ("",)),
        ("BaselineOverride", ()),
    ],
)
def test_task_2_what_says_nothing_is_fine(
    make_standing: Make, make_policy: MakePolicy, more: tuple[str, tuple[str, ...]]
) -> None:
    """A blank parameter, or one that writes the default down, changes nothing."""
    judgement = parameters(make_standing(task={"parameters": (OPERATION, more)}), make_policy())
    assert judgement.holds
    assert [one.name for one in judgement.facts] == ["parameter Operation"]


def test_task_2_what_the_policy_names_is_wanted(make_standing: Make, make_policy: MakePolicy) -> None:
    """NoReboot in the policy makes NoReboot right and its absence red; the written default wants nothing."""
    wanted = make_policy(task={"parameters": {"Operation": ["Install"], "RebootOption": ["NoReboot"]}})
    both = (OPERATION, ("RebootOption", ("NoReboot",)))
    assert parameters(make_standing(task={"parameters": both}), wanted).holds
    assert "RebootOption: expected NoReboot, found none" in parameters(make_standing(), wanted).reason
    default = make_policy(task={"parameters": {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]}})
    assert parameters(make_standing(), default).holds
    assert not parameters(make_standing(task={"parameters": both}), default).holds


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ((), "targets: expected WindowTargetIds = target-1, found none"),
        ((("WindowTargetIds", ("target-9",)),), "found WindowTargetIds = target-9"),
        (
            (("InstanceIds", ("i-1", "i-2")),),
            "targets: expected WindowTargetIds = target-1, found InstanceIds = i-1, i-2",
        ),
        ((("WindowTargetIds", ("target-1", "target-9")),), "found WindowTargetIds = target-1, target-9"),
        ((("InstanceIds", ("i-1",)), ("WindowTargetIds", ("target-1",))), "expected WindowTargetIds = target-1"),
    ],
    ids=["none", "another", "ids", "one-more", "ids-too"],
)
def test_task_3_is_red(make_standing: Make, make_policy: MakePolicy, targets: tuple[Any, ...], words: str) -> None:
    """A task that runs on anything but the registered target is red with both sides told."""
    judgement = target_group(make_standing(task={"targets": targets}), make_policy())
    assert not judgement.holds
    assert words in judgement.reason


@pytest.mark.parametrize("targets", [(), (WindowTarget("target-1", "others", "INSTANCE", ()),)], ids=["none", "other"])
def test_task_3_without_its_target_is_red(
    make_standing: Make, make_policy: MakePolicy, targets: tuple[WindowTarget, ...]
) -> None:
    """Where the policy's target is not registered the task cannot run on it, even if it names some target."""
    judgement = target_group(make_standing(targets=targets), make_policy())
    assert not judgement.holds
    assert "the registered target pww_targets, which does not exist" in judgement.reason


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"max_concurrency": "1%"}, "concurrency: expected 1, found 1%"),
        ({"max_concurrency": "100%"}, "concurrency: expected 1, found 100%"),
        ({"max_concurrency": ""}, "concurrency: expected 1, found none"),
        ({"max_errors": "1%"}, "error threshold: expected 1, found 1%"),
        ({"max_errors": "0"}, "error threshold: expected 1, found 0"),
        ({"priority": 0}, "priority: expected 1, found 0"),
        ({"timeout_seconds": 3600}, "timeout in seconds: expected 600, found 3600"),
        ({"timeout_seconds": None}, "timeout in seconds: expected 600, found none"),
        ({"cutoff_behavior": "CANCEL_TASK"}, "cutoff behavior: expected CONTINUE_TASK, found CANCEL_TASK"),
    ],
)
def test_task_4_is_red(make_standing: Make, make_policy: MakePolicy, task: dict[str, Any], words: str) -> None:
    """Another limit is red with both values; one host is not one percent of them."""
    judgement = limits(make_standing(task=task), make_policy())
    assert not judgement.holds
    assert words in judgement.reason


def test_task_4_silence_is_awss_default(make_standing: Make, make_policy: MakePolicy) -> None:
    """Where nothing is said of the cutoff AWS continues the task, which may not be what the policy wants."""
    silent = make_standing(task={"cutoff_behavior": ""})
    assert limits(silent, make_policy()).holds
    assert not limits(silent, make_policy(task={"cutoff_behavior": "CANCEL_TASK"})).holds


@pytest.mark.parametrize(
    ("wanted", "found", "holds"),
    [
        (None, "", True),
        (None, "$DEFAULT", True),
        (None, None, True),
        ("$DEFAULT", "", True),
        (None, "$LATEST", False),
        (None, "1", False),
        ("$LATEST", "$LATEST", True),
        ("$LATEST", "", False),
        ("3", "3", True),
        ("3", "", False),
    ],
)
def test_task_1_the_documents_version(
    make_standing: Make, make_policy: MakePolicy, wanted: str | None, found: str | None, holds: bool
) -> None:
    """A task runs the policy's version; none is the default one, and packs of 0.1.0 do not have it."""
    policy = make_policy(task={"document_version": wanted} if wanted else {})
    judgement = document(make_standing(task={"document_version": found}), policy)
    assert judgement.holds is holds
    told = [one.found for one in judgement.facts if one.name == "document version"]
    assert told == ([] if found is None else [found or "$DEFAULT"])


@pytest.mark.parametrize(
    ("deprecated", "words"),
    [
        ((("Operation", ("Scan",)),), "deprecated parameter Operation: expected Install, found Scan"),
        ((("RebootOption", ("NoReboot",)),), "deprecated parameter RebootOption: expected none, found NoReboot"),
        ((OPERATION,), ""),
        ((OPERATION, ("RebootOption", ("RebootIfNeeded",))), ""),
        ((("Operation", ("",)),), ""),
    ],
)
def test_task_2_deprecated_parameters_must_not_contradict(
    make_standing: Make, make_policy: MakePolicy, deprecated: tuple[tuple[str, tuple[str, ...]], ...], words: str
) -> None:
    """What the deprecated parameters say must be what the others say, or a default."""
    judgement = parameters(make_standing(task={"deprecated": deprecated}), make_policy())
    assert judgement.holds is not bool(words)
    assert words in judgement.reason
