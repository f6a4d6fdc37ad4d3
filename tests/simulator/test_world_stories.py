"""Each world is its story: what it says happened is what the calls of a person find."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds import hybrid_alone, warm_pools
from postpatch.simulator.worlds.workshop import nodes, red_team_host
from tests.simulator.asking import (
    Make,
    equals,
    findings,
    launch_inventory,
    named,
    of_stack,
    package_rows,
    patch_state,
    stack_hosts,
)

# Nothing was installed, or nothing that is left, or the findings that nobody looks at any more stay as they were.
NO_FEWER = {
    *("unpatched", "empty-page", "approves-nothing", "suppress-everything"),
    *("steady-state", "steady-unpatched", "steady-missed", "steady-excluded", "scale-in-missed", "fleet-rolled-back"),
    *(
        "patch-policy-holds-back",
        "patch-policy-unreadable",
        "golden-image-rolled-back",
        "stale-fleet",
        "windows-timed-out",
    ),
    # Scanned once a day, and not again yet.
    *("agentless", "agentless-awaited", "agentless-unpatched", "agentless-overdue"),
    # Patched by a tag that the hosts have from the policy of a run, which these plays do without.
    *("hybrid-nodes", "hybrid-failed", "hybrid-missing", "window-failed-hybrid"),
    *(world.name for world in hybrid_alone.WORLDS),
}
# A host that was detached still carries the stack's tag; an estate has hosts of more systems.
HOSTS = {"detached-host": 4, "mixed-estate": 12, "mixed-estate-missed": 12}
# One more waits in a warm pool.
HOSTS |= dict.fromkeys((world.name for world in warm_pools.WORLDS), 4)
HOSTS |= dict.fromkeys((world.name for world in hybrid_alone.WORLDS), 0)  # which no stack has


def morning(make: Make, name: str) -> Simulator:
    """Live through a world's night, and have the hosts scanned again."""
    aws = make(name)
    aws.remediate()
    launch_inventory(aws)
    aws.clock.advance(timedelta(minutes=10))
    return aws


def window_parts(aws: Simulator) -> list[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]]:
    """Read every window of the tutorial's name, with its targets and its tasks' parameters."""
    ssm, parts = aws.client("ssm"), []
    for row in ssm.describe_maintenance_windows(Filters=[{"Key": "Name", "Values": ["pww_mw"]}])["WindowIdentities"]:
        window = row["WindowId"]
        targets = ssm.describe_maintenance_window_targets(WindowId=window)["Targets"]
        tasks = [
            ssm.get_maintenance_window_task(WindowId=window, WindowTaskId=task["WindowTaskId"])
            for task in ssm.describe_maintenance_window_tasks(WindowId=window)["Tasks"]
        ]
        parts.append((ssm.get_maintenance_window(WindowId=window), targets, tasks))
    return parts


@pytest.mark.parametrize("name", worlds())
def test_a_count_alone_would_pass(make: Make, name: str) -> None:
    """Each world deploys and lives through its night; few have no fewer findings then: no count shows what is wrong."""
    aws = make(name)
    assert len(stack_hosts(aws)) == HOSTS.get(name, 3)
    evening = len(findings(aws, resourceTags=of_stack()))
    aws.remediate()
    if name != "scanning-off":  # where Inspector's association and all findings are gone
        launch_inventory(aws)
        aws.clock.advance(timedelta(minutes=10))
        # In one of them a rule hides every finding.
        assert findings(aws, "SUPPRESSED" if name == "suppress-everything" else "ACTIVE")
    fewer = len(findings(aws, resourceTags=of_stack())) < evening
    assert fewer == (name not in NO_FEWER)


def test_no_two_worlds_have_one_name_or_story() -> None:
    """Names and stories are each world's own, and the stories fit on a line."""
    assert len({world.story for world in worlds().values()}) == len(worlds())
    assert all(len(world.story) <= 110 for world in worlds().values())


def test_replaced_host(make: Make) -> None:
    """The group has two nodes again; the new one is from the old image, with the stack's tag and nothing installed."""
    aws = make("replaced-host")
    before = {host.instance_id for host in nodes(aws)}
    aws.remediate()
    after = {host.instance_id for host in nodes(aws)}
    assert (len(before), len(after), len(before & after)) == (2, 2, 1)
    (new,) = after - before
    assert new in stack_hosts(aws)
    assert aws.client("ssm").describe_instance_patch_states(InstanceIds=[new])["InstancePatchStates"] == []


def test_detached_host(make: Make) -> None:
    """Four hosts carry the stack's tag, of which the group owns two and the template one."""
    aws = make("detached-host")
    (group,) = aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    owned = {member["InstanceId"] for member in group["Instances"]} | set(named(aws, "pww-RedTeamHost"))
    assert owned < set(stack_hosts(aws))
    assert (len(owned), len(stack_hosts(aws))) == (3, 4)


@pytest.mark.parametrize(
    ("name", "states"),
    [("terminated-host", ["running", "running", "terminated"]), ("stopped-host", ["running", "running", "stopped"])],
)
def test_hosts_that_went(make: Make, name: str, states: list[str]) -> None:
    """The red team's host is gone, or stands still; the nodes run."""
    aws = morning(make, name)
    found = aws.client("ec2").describe_instances(InstanceIds=stack_hosts(aws))["Reservations"]
    assert sorted(i["State"]["Name"] for reservation in found for i in reservation["Instances"]) == states


def test_no_reboot(make: Make) -> None:
    """Patches are installed everywhere and wait for a reboot; the old kernel runs."""
    aws = morning(make, "no-reboot")
    for host in stack_hosts(aws):
        state = patch_state(aws, host)
        assert (state["Operation"], state["RebootOption"], state["FailedCount"]) == ("Install", "NoReboot", 0)
        assert state["InstalledPendingRebootCount"] > 0


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("failed-install", {"Failed": 1, "Success": 2}),
        ("stopped-early", {"Failed": 1, "Cancelled": 2}),
        ("slept-through", {"TimedOut": 1, "Success": 2}),
        ("rejected-package", {"Success": 3}),
        ("frozen-group", {"Success": 3}),
        ("old-kernel", {"Success": 3}),
    ],
)
def test_how_the_round_ended(make: Make, name: str, statuses: dict[str, int]) -> None:
    """Run Command tells of each host how the installation ended; some defects it does not see at all."""
    aws = morning(make, name)
    rows = aws.client("ssm").list_command_invocations()["CommandInvocations"]
    assert Counter(row["Status"] for row in rows) == statuses


@pytest.mark.parametrize(
    ("name", "operation", "installed_in_the_night"),
    [("nightly-scan", "Scan", True), ("late-baseline", "Install", False), ("unpatched", "Scan", False)],
)
def test_what_the_patch_state_hides(make: Make, name: str, operation: str, installed_in_the_night: bool) -> None:
    """A patch state tells of the last operation only: a Scan hides an Install, an Install does not tell the night."""
    aws = make(name)
    evening = aws.now()
    aws.remediate()
    assert {patch_state(aws, host)["Operation"] for host in stack_hosts(aws)} == {operation}
    commands = aws.client("ssm").list_commands()["Commands"]
    installs = [row for row in commands if row["Parameters"]["Operation"] == ["Install"]]
    assert any(row["RequestedDateTime"] > evening for row in installs) is installed_in_the_night


def test_nothing_to_install(make: Make) -> None:
    """The Install on the red team's host changed nothing, and Inspector's time of its last scan does not move."""
    aws = make("nothing-to-install")
    launch_inventory(aws)
    aws.clock.advance(timedelta(minutes=10))
    host, evening = red_team_host(aws).instance_id, aws.now()
    aws.remediate()
    launch_inventory(aws)
    aws.clock.advance(timedelta(minutes=10))
    assert patch_state(aws, host)["OperationStartTime"] > evening
    stale = {row["resourceId"] for row in package_rows(aws) if row["lastScannedAt"] < evening}
    assert stale == {host, *named(aws, "billing-batch")}
    entries = aws.client("ssm").list_inventory_entries(InstanceId=host, TypeName="AWS:Application")
    assert entries["CaptureTime"] > evening.isoformat()


def test_suppressed(make: Make) -> None:
    """Nothing that has a fix is active any more, and all of it is still there."""
    aws = morning(make, "suppressed")
    assert findings(aws, fixAvailable=equals("YES")) == []
    assert len(findings(aws, "SUPPRESSED", fixAvailable=equals("YES"))) > 100


@pytest.mark.parametrize(("name", "published"), [("new-disclosure", "after"), ("late-install", "before")])
def test_new_findings(make: Make, name: str, published: str) -> None:
    """Findings that were not there in the evening: of a flaw that is news, or of a package that came late."""
    aws = make(name)
    evening, before = aws.now(), {finding["findingArn"] for finding in findings(aws)}
    aws.remediate()
    launch_inventory(aws)
    aws.clock.advance(timedelta(minutes=10))
    new = [finding for finding in findings(aws, resourceTags=of_stack()) if finding["findingArn"] not in before]
    assert new
    disclosed = [finding["packageVulnerabilityDetails"]["vendorCreatedAt"] > evening for finding in new]
    assert all(disclosed) if published == "after" else not any(disclosed)
    assert {finding["fixAvailable"] for finding in new} == {"YES"}


def test_two_windows(make: Make) -> None:
    """Both windows are whole, and alike but for their ids."""
    first, second = window_parts(make("two-windows"))
    assert first[0]["WindowId"] != second[0]["WindowId"]
    for part in (first, second):
        assert part[0]["Enabled"]
        assert (len(part[1]), len(part[2])) == (1, 1)
    assert first[0]["Schedule"] == second[0]["Schedule"]


@pytest.mark.parametrize(
    ("name", "part", "member", "value"),
    [
        ("disabled-window", "window", "Enabled", False),
        ("fires-once", "window", "Schedule", "at(2099-12-01T00:00:00)"),
        ("early-cutoff", "window", "Cutoff", 3),
        ("running-window", "window", "StartDate", "2019-12-01T00:00:00Z"),
        ("one-percent", "task", "MaxErrors", "1%"),
        ("other-role", "task", "ServiceRoleArn", "arn:aws:iam::123456789012:role/pww-operator"),
        ("console-window", "window", "Schedule", "cron(0 30 6/12 ? * * *)"),
        ("console-window", "task", "TaskArn", "arn:aws:ssm:us-east-1::document/AWS-RunPatchBaseline"),
    ],
)
def test_one_value_of_the_window(make: Make, name: str, part: str, member: str, value: object) -> None:
    """The window that stands differs from the tutorial's in this value."""
    ((window, _, tasks),) = window_parts(make(name))
    assert (window if part == "window" else tasks[0])[member] == value


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("scanning-window", {"Operation": ["Scan"]}),
        (
            "override-list",
            {"Operation": ["Install"], "InstallOverrideList": ["s3://pww-emergency/only-openssl.yaml"]},
        ),
    ],
)
def test_parameters_of_the_task(make: Make, name: str, parameters: dict[str, list[str]]) -> None:
    """What the task does stands in its parameters, which only GetMaintenanceWindowTask shows."""
    ((_, _, (task,)),) = window_parts(make(name))
    assert task["TaskInvocationParameters"]["RunCommand"]["Parameters"] == parameters


def test_targets_of_window_and_task(make: Make) -> None:
    """A target of ids names the three hosts; a task may leave the registered target aside; a window may have two."""
    aws = make("named-hosts")
    ((_, (target,), _),) = window_parts(aws)
    assert [sorted(entry["Values"]) for entry in target["Targets"]] == [sorted(stack_hosts(aws))]
    ((_, (target,), (task,)),) = window_parts(make("task-on-ids"))
    assert target["Targets"][0]["Key"] == "tag:aws:cloudformation:stack-name"
    assert [entry["Key"] for entry in task["Targets"]] == ["InstanceIds"]
    ((_, _, tasks),) = window_parts(make("second-task"))
    assert sorted(task["TaskArn"] for task in tasks) == ["AWS-RunPatchBaseline", "AWS-RunShellScript"]
