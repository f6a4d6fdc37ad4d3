"""The worlds in which a fleet is patched, scaled or watched in another way than the tutorial's: each is its story."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator, worlds
from tests.simulator.asking import (
    Make,
    code_of,
    findings,
    launch_inventory,
    of_stack,
    patch_state,
    patches,
    rescan,
    stack_hosts,
)


def executions(aws: Simulator) -> list[dict[str, Any]]:
    """List the executions of the only window, newest first."""
    ssm = aws.client("ssm")
    (window,) = ssm.describe_maintenance_windows()["WindowIdentities"]
    found: list[dict[str, Any]] = ssm.describe_maintenance_window_executions(WindowId=window["WindowId"])[
        "WindowExecutions"
    ]
    return found


def fixable(aws: Simulator) -> list[dict[str, Any]]:
    """List the stack's active findings of the operating system that have a fix."""
    return [
        finding
        for finding in findings(aws, resourceTags=of_stack())
        if finding.get("fixAvailable") == "YES"
        and finding["packageVulnerabilityDetails"]["vulnerablePackages"][0]["packageManager"] == "OS"
    ]


@pytest.mark.parametrize("name", ["state-manager", "quick-setup", "hooks"])
def test_nothing_that_patching_can_remove_is_left(make: Make, name: str) -> None:
    """In each of these worlds the work was done: no finding of the system that has a fix is left."""
    aws = make(name)
    aws.remediate()
    launch_inventory(aws)
    aws.clock.advance(timedelta(minutes=10))
    assert fixable(aws) == []
    assert findings(aws, resourceTags=of_stack())


@pytest.mark.parametrize("name", ["state-manager", "quick-setup"])
def test_associations_patched(make: Make, name: str) -> None:
    """The command history is empty, the state is a Scan's; an execution of the installing association tells."""
    aws = make(name)
    aws.remediate()
    ssm = aws.client("ssm")
    assert ssm.list_commands()["Commands"] == []
    assert {patch_state(aws, host)["Operation"] for host in stack_hosts(aws)} == {"Scan"}
    assert patches(aws, stack_hosts(aws)[0], "Missing") == []
    rows = [row for row in ssm.list_associations()["Associations"] if row["Name"] == "AWS-RunPatchBaseline"]
    for row in rows:
        (execution,) = ssm.describe_association_executions(AssociationId=row["AssociationId"])["AssociationExecutions"]
        assert (execution["Status"], execution["ResourceCountByStatus"]) == ("Success", "{Success=3}")
    assert len(rows) == 2


def test_stale_round(make: Make) -> None:
    """The newest installation is 200 days old, and thirty critical findings a host have come since."""
    aws = make("stale-round")
    aws.remediate()
    launch_inventory(aws)
    aws.clock.advance(timedelta(minutes=10))
    for host in stack_hosts(aws):
        assert aws.now() - patch_state(aws, host)["OperationEndTime"] > timedelta(days=199)
    new = [finding for finding in fixable(aws) if finding["severity"] == "CRITICAL"]
    assert len(new) == 3 * 30


def test_newest_install_failed(make: Make) -> None:
    """Two installations: the older one succeeded on every host, the newer one failed on one."""
    aws = make("newest-install-failed")
    aws.remediate()
    ssm = aws.client("ssm")
    newer, older = ssm.list_commands()["Commands"]
    for command, statuses in ((newer, {"Failed": 1, "Success": 2}), (older, {"Success": 3})):
        rows = ssm.list_command_invocations(CommandId=command["CommandId"])["CommandInvocations"]
        assert Counter(row["Status"] for row in rows) == statuses


def test_baseline_override(make: Make) -> None:
    """Everything is installed, and each patch state is older than the installation."""
    aws = make("baseline-override")
    evening = aws.now()
    aws.remediate()
    rescan(aws)
    assert fixable(aws) == []
    assert all(patch_state(aws, host)["OperationEndTime"] < evening for host in stack_hosts(aws))


def test_nodegroup(make: Make) -> None:
    """The node group has two hosts without the stack's tag, which are not patched."""
    aws = make("nodegroup")
    group = aws.client("eks").describe_nodegroup(clusterName="pww-cluster", nodegroupName="pww-workers")["nodegroup"]
    names = [entry["name"] for entry in group["resources"]["autoScalingGroups"]]
    ask = aws.client("autoscaling").describe_auto_scaling_groups
    (found,) = ask(AutoScalingGroupNames=names)["AutoScalingGroups"]
    owned = {member["InstanceId"] for member in found["Instances"]}
    assert len(owned) == 2
    assert not owned & set(stack_hosts(aws))
    aws.remediate()
    states = aws.client("ssm").describe_instance_patch_states(InstanceIds=sorted(owned))["InstancePatchStates"]
    assert states == []
    assert len(make("nodegroup:fixed").fleet.hosts()) == 4


def test_alarm_and_role(make: Make) -> None:
    """The task's alarm is in ALARM; the task's role is not there."""
    aws = make("alarm")
    (alarm,) = aws.client("cloudwatch").describe_alarms(AlarmNames=["pww-orders-failing"])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"
    assert code_of(make("role-gone").client("iam").get_role, RoleName="pww-patching") == "NoSuchEntity"


@pytest.mark.parametrize(("name", "status"), [("", "FAILED"), (":fixed", "SUCCESS")])
def test_window_failed_every_night(make: Make, name: str, status: str) -> None:
    """Every due execution failed, though in the morning the role is there."""
    aws = make(f"window-failed-every-night{name}")
    aws.remediate()
    assert {row["Status"] for row in executions(aws)} == {status}
    assert len(executions(aws)) >= 3
    assert aws.client("iam").get_role(RoleName="pww-patching")["Role"]


def test_a_policy_names_tables_and_keys() -> None:
    """What a world's policy says otherwise is tables, lists of them, or none; without its defect it says the same."""
    for world in worlds().values():
        tables = [one for value in world.policy.values() for one in (value if isinstance(value, list) else [value])]
        assert all(table is None or isinstance(table, dict) for table in tables)
        assert world.without_its_defect().policy == world.policy
