"""What must be done: of each cause what to do, by whom, and commands with the real ids."""

import json
import shlex
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from postpatch.model import (
    ExistingWindow,
    ExpectedWindow,
    Fact,
    Finding,
    PatchCommand,
    Patching,
    Severity,
    WindowTarget,
    WindowTask,
)
from postpatch.policy import DeadlinePolicy
from postpatch.report.todo import Item, todo
from postpatch.report.window_commands import window_commands
from postpatch.verdict.deadlines import Deadlines, Known
from postpatch.verdict.gates import Gate, Limit
from postpatch.verdict.outcomes import CheckOutcome, Outcome
from postpatch.verdict.run import Run
from tests.report.runs import HOSTS, PATCHED, finding, make_delta, with_delta


def with_failed(run: Run, id_: str, *hosts: str) -> Run:
    """Return the run with one failed check, of whose hosts these are wrong."""
    facts = tuple(Fact(host, "", "pending reboot: 1", host not in hosts) for host in HOSTS)
    checks = (
        CheckOutcome(id_, "", Outcome.FAILED, "the reason", facts) if one.id == id_ else one for one in run.checks
    )
    return replace(run, checks=tuple(checks))


def only(run: Run) -> Item:
    """Return the one thing to do."""
    [item] = todo(run)
    return item


def test_what_passed_leaves_nothing_to_do(passing: Run) -> None:
    """A run that passed has no cause and nothing to do."""
    assert todo(passing) == ()


def test_an_installation_is_run_on_the_hosts_that_lack_it(passing: Run) -> None:
    """The command names the hosts that are wrong and no other, and each is linked with its name."""
    item = only(with_failed(passing, "PATCH-1", HOSTS[0], HOSTS[2]))
    words = shlex.split(item.commands[0])
    assert words[:3] == ["aws", "ssm", "send-command"]
    assert [word for word in words if word.startswith("i-")] == [HOSTS[0], HOSTS[2]]
    assert json.loads(words[words.index("--parameters") + 1]) == {"Operation": ["Install"]}
    assert [link.text for link in item.links] == [f"{HOSTS[0]} (pww-node-0)", f"{HOSTS[2]} (pww-node-2)"]
    assert (item.owner, item.due) == ("patch owner", "")


def test_a_reboot_is_the_host_owners(passing: Run) -> None:
    """A pending reboot is one command on the hosts that wait."""
    item = only(with_failed(passing, "PATCH-2", HOSTS[1]))
    assert item.sentence == "1 of 3 hosts waits for a reboot"
    assert item.commands == (f"aws ec2 reboot-instances --region us-east-1 --instance-ids {HOSTS[1]}",)
    assert item.owner == "host owner"


def test_without_a_region_there_is_no_command(passing: Run) -> None:
    """Of whom nobody knows where they are, nothing is to be copied and nothing linked."""
    item = only(replace(with_failed(passing, "PATCH-1", HOSTS[0]), caller=None))
    assert (item.commands, item.links) == ((), ())


@pytest.fixture
def expected(passing: Run) -> ExpectedWindow:
    """Return a policy's window, target and task that are those that exist."""
    assert passing.window
    assert passing.window.window
    task = replace(passing.window.tasks[0], id="", targets=())
    return ExpectedWindow(passing.window.window, replace(passing.window.targets[0], id=""), task)


def changed(existing: ExistingWindow, expected: ExpectedWindow) -> list[list[str]]:
    """Return the words of each command."""
    return [shlex.split(command) for command in window_commands("us-east-1", existing, expected)]


def test_a_window_that_matches_needs_no_command(passing: Run, expected: ExpectedWindow) -> None:
    """Nothing that is as it must be is changed."""
    assert passing.window
    assert changed(passing.window, expected) == []


def test_only_what_differs_is_changed(passing: Run, expected: ExpectedWindow) -> None:
    """Window, target and task are each one command, with the values of the policy and the ids of AWS."""
    existing = passing.window
    assert existing
    assert existing.window
    drifted = replace(
        existing,
        window=replace(existing.window, duration=4, allow_unassociated_targets=False),
        targets=(replace(existing.targets[0], selectors=(("tag:Name", ("x",)),)),),
        tasks=(replace(existing.tasks[0], max_concurrency="100%", parameters=(("Operation", ("Scan",)),)),),
    )
    window, target, task = changed(drifted, expected)
    assert window[5:] == ["--window-id", existing.window.id, "--duration", "1", "--allow-unassociated-targets"]
    assert json.loads(target[target.index("--targets") + 1]) == [
        {"Key": "tag:aws:cloudformation:stack-name", "Values": ["pww"]}
    ]
    sent = json.loads(task[task.index("--task-invocation-parameters") + 1])
    assert sent == {"RunCommand": {"Parameters": {"Operation": ["Install"]}, "TimeoutSeconds": 600}}
    assert "--priority" not in task


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_a_task_goes_back_to_the_service_linked_role(passing: Run, expected: ExpectedWindow, partition: str) -> None:
    """An update without a role leaves the task's own: the service-linked one is named, in its account and partition."""
    existing = passing.window
    assert existing
    account = f"arn:{partition}:iam::123456789012"
    linked = f"{account}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"

    def with_role(role: str) -> ExistingWindow:
        return replace(existing, tasks=(replace(existing.tasks[0], service_role=role),))

    [task] = changed(with_role(f"{account}:role/patching/own"), expected)
    assert task[task.index("--service-role-arn") + 1] == linked
    assert "--replace" not in task
    assert changed(with_role(linked), expected) == changed(with_role(""), expected) == []


@pytest.mark.parametrize("what", ["windows", "targets", "tasks", "type"])
def test_what_a_person_must_settle_has_no_command(passing: Run, expected: ExpectedWindow, what: str) -> None:
    """Of several windows, targets or tasks no command says which is right; a task's type cannot be changed."""
    existing = passing.window
    assert existing
    assert existing.window
    one, other = existing.tasks[0], WindowTask("9", "x", "LAMBDA", "d", ())
    drifted = replace(
        existing,
        window=replace(existing.window, duration=4) if what == "windows" else existing.window,
        named=("mw-1", "mw-2") if what == "windows" else existing.named,
        targets=(*existing.targets, WindowTarget("9", "x", "INSTANCE", ())) if what == "targets" else existing.targets,
        tasks=(one, other)
        if what == "tasks"
        else (replace(one, type="LAMBDA", priority=9),)
        if what == "type"
        else (one,),
    )
    assert changed(drifted, expected) == []


@pytest.mark.parametrize(
    ("status", "step"), [("Failed", "Read the output of the newest patch run"), ("", "Install the")]
)
def test_output_is_read_only_where_a_command_ran(passing: Run, status: str, step: str) -> None:
    """Where no Install began on the hosts, there is no output to read."""
    command = PatchCommand(HOSTS[0], "command", "Install", status, PATCHED, started_at=PATCHED)
    patching = Patching((), (command,) if status else ())
    item = only(with_failed(replace(passing, patching=patching), "PATCH-1", HOSTS[0]))
    assert item.next_step.startswith(step)
    read = "aws ssm list-command-invocations --region us-east-1 --command-id command --details"
    assert [read in item.commands, "send-command" in item.commands[-1]] == [bool(status), True]


def beyond(run: Run, *first: Finding, found: int = 1) -> Run:
    """Return the run with a limit that does not hold; the `first` of the findings beyond it."""
    limit = Limit("active findings, HIGH or worse", 0, found, False, tuple(str(one) for one in first), first)
    return with_failed(replace(run, gate=Gate((limit,))), "FIND-8")


def test_a_limit_is_whoever_can_remove_the_findings(passing: Run) -> None:
    """What is beyond a limit says who acts, and how if it has one cause; a waiver may settle it too."""
    in_an_application = finding("CVE-1", packages=(replace(finding("").packages[0], manager="NODEPKG"),))
    item = only(beyond(passing, in_an_application))
    assert item.owner == "application owner"
    assert item.next_step.startswith("Update the application's dependencies and deploy it again. Or accept the risk ")
    port = finding("", type="NETWORK_REACHABILITY", protocol="TCP", port_begin=22, port_end=22, packages=())
    assert (
        only(beyond(passing, finding("CVE-2", fix_available="NO", packages=()), port, found=2)).owner == "network owner"
    )
    both = only(beyond(passing, in_an_application, port, found=2))
    assert both.owner == "application owner and network owner"
    assert both.next_step.startswith(
        "Do what section What is open of the report says of each finding. Or accept the risk "
    )


def test_of_many_findings_no_cause_is_said_to_be_that_of_all(passing: Run) -> None:
    """A limit keeps the first few findings alone: the others may have other causes."""
    item = only(beyond(passing, finding("CVE-1", fix_available="NO", packages=()), found=9))
    assert item.next_step.startswith("Do what section What is open of the report says of each finding. ")


def test_a_date_that_has_passed_is_said_to_have(passing: Run, tmp_path: Path) -> None:
    """Of what is beyond its deadline the date is not one by which to act, but one since when it is overdue."""
    one = finding("CVE-1", first_observed_at=PATCHED - timedelta(days=10))
    run = with_delta(passing, make_delta(tmp_path, [one], [one]))
    assert run.delta
    late = Deadlines(run.delta, DeadlinePolicy(days={Severity.HIGH: 3}), Known(), PATCHED)
    item = only(beyond(replace(run, deadlines=late), one))
    assert (item.due, item.overdue) == (f"{PATCHED - timedelta(days=7):%Y-%m-%d}", True)


@pytest.mark.parametrize(("reason", "owner"), [("Allow a:B to the caller", "account owner"), ("x", "patch owner")])
def test_a_permission_is_the_account_owners(passing: Run, reason: str, owner: str) -> None:
    """What AWS denied is not for those who patch."""
    checks = (
        replace(one, outcome=Outcome.ERROR, reason=reason) if one.id == "SCAN-3" else one for one in passing.checks
    )
    assert only(replace(passing, checks=tuple(checks))).owner == owner
