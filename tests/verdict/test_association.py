"""MW, TGT and TASK checks of an association and of a patch policy."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from postpatch.model import (
    Association,
    ExistingWindow,
    Host,
    Judgement,
    ManagedHost,
    PatchPolicy,
    SelectedBaseline,
    TaskAlarm,
    TaskRun,
    WindowExecution,
    WindowHistory,
    WindowTarget,
    WindowTask,
)
from postpatch.policy import Policy
from postpatch.verdict import association as judge
from postpatch.verdict.association_history import newest_run
from postpatch.verdict.target import selected_hosts

MOMENT = datetime(2026, 11, 21, 8, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
A, B = "i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2"
ID = "12f10d1a-4404-47f2-a909-324578357dcd"
BASELINE = "pb-0123456789abcdef0"
OVERRIDE = "s3://aws-quicksetup-patchpolicy-123456789012-20ppj/baseline_overrides.json"
RUN = TaskRun("AWS-RunPatchBaseline", "RUN_COMMAND", "Success", invocations=2)
Judge = Callable[[ExistingWindow, Policy], Judgement]
EACH: list[Judge] = [
    judge.one_association, judge.schedule, judge.duration, judge.only_on_schedule, judge.target, judge.document,
    judge.parameters, judge.nowhere_else, judge.limits, judge.role,
]  # fmt: skip


def existing(
    *, association: dict[str, Any] | None = None, task: dict[str, Any] | None = None, **changes: Any
) -> ExistingWindow:
    """Return an association that is as the policy says, with changes to it and to what it runs."""
    usual = Association(ID, "pww_install", "cron(0 22 * * ? *)", only_at_schedule=True)
    runs = WindowTask(
        ID, "pww_install", "RUN_COMMAND", "AWS-RunPatchBaseline", (), "1", "1",
        parameters=(("Operation", ("Install",)),), document_version="$DEFAULT",
    )  # fmt: skip
    found = ExistingWindow(
        named=(ID,),
        targets=(WindowTarget(ID, "", "", (("tag:aws:cloudformation:stack-name", ("pww",)),)),),
        tasks=(replace(runs, **(task or {})),),
        selected=(A, B),
        managed=(ManagedHost(A, "Online"), ManagedHost(B, "Online")),
        association=replace(usual, **(association or {})),
    )
    return replace(found, **changes)


def governed(task: dict[str, Any] | None = None, **changes: Any) -> ExistingWindow:
    """Return the same of a patch policy, with changes to it."""
    usual = PatchPolicy(
        "arn", "pww", "ScanAndInstall", ("SUCCEEDED",),
        (SelectedBaseline("AMAZON_LINUX_2023", BASELINE, "pww"),), ("AWS-QuickSetup-PatchPolicy-InstallPatches-LA-x",),
    )  # fmt: skip
    parameters = (("BaselineOverride", (OVERRIDE,)), ("Operation", ("Install",)))
    found = existing(task={"parameters": parameters} | (task or {}), patch_policy=replace(usual, **changes))
    return replace(found, named=("arn",))


@pytest.fixture
def policy(make_policy: Callable[..., Policy]) -> Callable[..., Policy]:
    """Make a policy that an association or a patch policy fulfils."""

    def make(by: str = "association", baseline: str | None = None, **recurring: Any) -> Policy:
        name = "pww" if by == "patch-policy" else "pww_install"
        given = {"by": by, "name": name, "schedule": "cron(0 22 * * ? *)"} | recurring
        task = {"priority": None, "timeout_seconds": None, "cutoff_behavior": None, "name": None, "service_role": None}
        return make_policy(
            recurring=given, window=None, target={"name": None}, task=task,
            patching={"baseline": baseline},
        )  # fmt: skip

    return make


@pytest.mark.parametrize("by", EACH)
class TestEach:
    """What holds of all of them."""

    def test_what_is_as_the_policy_says_is_proven(self, policy: Callable[..., Policy], by: Judge) -> None:
        """An association and a patch policy of the policy's values pass, in every fact."""
        for found, wanted in ((existing(), policy()), (governed(), policy("patch-policy", baseline="pww"))):
            judgement = by(found, wanted)
            assert judgement.holds, judgement.reason
            assert judgement.reason.endswith((" matches the policy", " match the policy"))

    def test_what_does_not_exist_is_red(self, policy: Callable[..., Policy], by: Judge) -> None:
        """Where there is none, or a patch policy left no association here, nothing is proven."""
        assert not by(ExistingWindow(()), policy()).holds
        left_none = ExistingWindow(("arn",), patch_policy=governed(installs=()).patch_policy)
        judgement = by(left_none, policy("patch-policy"))
        assert (judgement.holds, "patch policy pww" in judgement.reason) == (False, True)


@pytest.mark.parametrize(
    ("by", "changes", "words"),
    [
        (judge.one_association, {"named": (ID, "other")}, "associations named pww_install: expected 1, found 2"),
        (judge.one_association, {"association": {"calendars": ("freeze",)}}, "change calendars: expected none"),
        (judge.schedule, {"association": {"schedule": "cron(0 22 ? * SUN *)"}}, "found cron(0 22 ? * SUN *)"),
        (judge.schedule, {"association": {"schedule": ""}}, "schedule: expected cron(0 22 * * ? *), found none"),
        (judge.schedule, {"association": {"schedule_offset": 2}}, "schedule offset in days: expected 0, found 2"),
        (judge.duration, {"association": {"duration": 1}}, "duration in hours: expected no limit, found 1"),
        (judge.only_on_schedule, {"association": {"only_at_schedule": False}}, "only at its schedule: expected yes"),
        (judge.target, {"targets": (WindowTarget(ID, "", "", (("InstanceIds", ("*",)),)),)}, "found InstanceIds = *"),
        (judge.document, {"task": {"document": "AWS-RunShellScript"}}, "document: expected AWS-RunPatchBaseline"),
        (judge.document, {"task": {"document_version": "1"}}, "document version: expected $DEFAULT, found 1"),
        (judge.parameters, {"task": {"parameters": (("Operation", ("Scan",)),)}}, "expected Install, found Scan"),
        (
            judge.parameters,
            {"task": {"parameters": (("BaselineOverride", (OVERRIDE,)), ("Operation", ("Install",)))}},
            "parameter BaselineOverride: expected none",
        ),
        (judge.nowhere_else, {"association": {"elsewhere": ("TargetLocations",)}}, "other targets: expected none"),
        (judge.limits, {"task": {"max_concurrency": ""}}, "concurrency: expected 1, found 100%"),
        (judge.limits, {"task": {"max_errors": ""}}, "error threshold: expected 1, found none"),
        (judge.limits, {"task": {"alarms": (TaskAlarm("stop", "ALARM"),)}}, "alarm stop: expected not in ALARM"),
        (judge.role, {"task": {"service_role": "arn:aws:iam::1:role/x"}}, "role: expected none, found arn"),
    ],
)  # fmt: skip
def test_an_association_is_red(policy: Callable[..., Policy], by: Judge, changes: dict[str, Any], words: str) -> None:
    """Each value that differs is named, with what was found."""
    judgement = by(existing(**changes), policy())
    assert not judgement.holds
    assert words in judgement.reason


@pytest.mark.parametrize(
    ("by", "found", "words"),
    [
        (judge.one_association, governed(statuses=("FAILED",)), "deployment: expected SUCCEEDED, found FAILED"),
        (judge.one_association, governed(statuses=()), "deployment: expected SUCCEEDED, found none"),
        (judge.one_association, governed(operation="Scan"), "patch operation: expected ScanAndInstall, found Scan"),
        (judge.parameters, governed(baselines=()), "patch baseline: expected pww, found none"),
        (
            judge.parameters,
            governed(baselines=(SelectedBaseline("UBUNTU", "pb-1", "default"),)),
            "patch baseline for UBUNTU: expected pww, found pb-1 (default)",
        ),
        (
            judge.parameters,
            governed({"parameters": (("Operation", ("Install",)),)}),
            "baseline override of Quick Setup: expected yes, found no",
        ),
        (
            judge.parameters,
            governed({"parameters": (("BaselineOverride", ("s3://mine/x.json",)), ("Operation", ("Install",)))}),
            "parameter BaselineOverride: expected none, found s3://mine/x.json",
        ),
        (judge.nowhere_else, governed(installs=("one", "two")), "associations that install: expected 1, found 2"),
    ],
)
def test_a_patch_policy_is_red(policy: Callable[..., Policy], by: Judge, found: ExistingWindow, words: str) -> None:
    """Each value that differs is named, with what was found."""
    judgement = by(found, policy("patch-policy", baseline="pww"))
    assert not judgement.holds
    assert words in judgement.reason


def test_tgt_2_the_hosts_of_an_association() -> None:
    """The association must select every host in scope, and no other."""
    assert selected_hosts(existing(), [Host(A), Host(B)]).holds
    missed = selected_hosts(existing(selected=(A,)), [Host(A), Host(B)])
    assert (missed.holds, f"hosts in scope but not selected: {B}" in missed.reason) == (False, True)


class TestNewestRun:
    """MW-5."""

    @staticmethod
    def judged(policy: Policy, *executions: WindowExecution, since: datetime = NIGHT - timedelta(days=3)) -> Judgement:
        """Judge the executions, newest first."""
        return newest_run(existing(), WindowHistory(since, MOMENT, executions), policy)

    def test_last_nights_run_succeeded(self, policy: Callable[..., Policy]) -> None:
        """What ran last night on every host is proven; one that goes on gives way to it."""
        done = WindowExecution("e", "Success", NIGHT, tasks=(RUN,))
        assert self.judged(policy(), done).holds
        going_on = WindowExecution("f", "InProgress", MOMENT - timedelta(minutes=1))
        judgement = self.judged(policy(), going_on, done)
        assert (judgement.holds, len(judgement.notes)) == (True, 1)

    @pytest.mark.parametrize(
        ("run", "words"),
        [
            ({"status": "Failed", "failed": ((A, "Failed"),)}, f"Failed, not on 1 host: {A} (Failed)"),
            ({"status": "Pending", "failed": ((A, "Pending"),)}, f"Pending, not on 1 host: {A} (Pending)"),
            ({"status": "Failed", "failed": ((A, "Failed"), (B, "Failed")), "gone": (B,)}, "not on 1 host"),
            ({"invocations": 0}, "Success, but on no host"),
            ({"status": "Failed"}, "did not succeed: Failed"),
            ({"alarms": ("stop: ALARM",)}, "stopped by alarm stop: ALARM"),
        ],
    )
    def test_it_did_not_succeed(self, policy: Callable[..., Policy], run: dict[str, Any], words: str) -> None:
        """A run that failed on a host that still exists, or ran nowhere, is red."""
        judgement = self.judged(policy(), WindowExecution("e", "Failed", NIGHT, tasks=(replace(RUN, **run),)))
        assert not judgement.holds
        assert words in judgement.reason

    def test_a_failure_on_hosts_that_are_gone_is_noted(self, policy: Callable[..., Policy]) -> None:
        """Nobody patches a host that no longer exists."""
        run = replace(RUN, status="Failed", failed=((A, "Failed"),), gone=(A,))
        judgement = self.judged(policy(), WindowExecution("e", "Failed", NIGHT, tasks=(run,)))
        assert (judgement.holds, len(judgement.notes)) == (True, 1)

    def test_it_was_due_and_did_not_run(self, policy: Callable[..., Policy]) -> None:
        """An older success proves nothing of the nights since; without any run, none of the nights is proven."""
        older = WindowExecution("e", "Success", NIGHT - timedelta(days=1), tasks=(RUN,))
        for executions in ((older,), ()):
            judgement = self.judged(policy(), *executions)
            assert (judgement.holds, "was due 2026-11-20 22:00:00 UTC" in judgement.reason) == (False, True)

    def test_nothing_was_due_yet(self, policy: Callable[..., Policy]) -> None:
        """What was created this morning has not been due."""
        assert self.judged(policy(), since=MOMENT - timedelta(hours=1)).holds
