"""What a window's task depends on: whether its role exists, and the state of its alarms."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from postpatch.aws.session import Connection
from postpatch.aws.task_conditions import with_conditions
from postpatch.model import TaskAlarm, WindowTask
from postpatch.simulator import Simulator

Connect = Callable[..., Connection]
ROLE = "arn:aws:iam::123456789012:role/"
LINKED = "arn:aws:iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"


def task(**changes: Any) -> WindowTask:
    """Return a task without role or alarm, but for the changes."""
    return WindowTask("task-1", "pww_task", "RUN_COMMAND", "AWS-RunPatchBaseline", (), **changes)


@pytest.fixture
def role(aws: Simulator) -> Iterator[str]:
    """Create a role under a path, and return its ARN."""
    iam = aws.client("iam")
    made = iam.create_role(RoleName="patching", Path="/ops/", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    yield str(made)
    iam.delete_role(RoleName="patching")


def test_a_role_is_the_one_of_its_arn(connection: Connection, role: str) -> None:
    """A role exists if the account has one of that ARN; one of the same name elsewhere is another."""
    assert with_conditions(connection, task(service_role=role)).role_exists is True
    for other in (f"{ROLE}gone", f"{ROLE}patching", "arn:aws:iam::999999999999:role/ops/patching"):
        assert with_conditions(connection, task(service_role=other)).role_exists is False


ALLOW = {"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("statements", "trusts"),
    [
        pytest.param([ALLOW], True, id="ssm"),
        pytest.param(ALLOW, True, id="one-statement-alone"),
        pytest.param([ALLOW | {"Principal": {"Service": ["ec2.amazonaws.com", "ssm.amazonaws.com"]}}], True, id="both"),
        pytest.param([ALLOW | {"Principal": {"Service": "ec2.amazonaws.com"}}], False, id="another-service"),
        pytest.param([ALLOW | {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}], False, id="an-account"),
        pytest.param([ALLOW | {"Action": "sts:AssumeRoleWithSAML"}], False, id="another-action"),
        pytest.param([ALLOW, ALLOW | {"Effect": "Deny"}], False, id="denied"),
    ],
)
def test_a_role_trusts_systems_manager_or_not(
    aws: Simulator, connection: Connection, role: str, statements: Any, *, trusts: bool
) -> None:
    """Its trust policy must allow ssm.amazonaws.com to assume it, in whatever way that is written."""
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    aws.client("iam").update_assume_role_policy(RoleName="patching", PolicyDocument=document)
    assert with_conditions(connection, task(service_role=role)).role_trusts is trusts


@pytest.mark.parametrize("arn", ["", LINKED])
def test_the_service_linked_role_is_not_asked_for(connect: Connect, arn: str) -> None:
    """Systems Manager creates its own role when it needs it: nobody asks for it."""
    asked = connect()
    assert with_conditions(asked, task(service_role=arn)).role_exists is None
    assert not asked.calls


def test_a_role_that_may_not_be_asked_for_is_noted(connect: Connect, refuse: Callable[..., list[str]]) -> None:
    """AccessDenied is kept in words, and is no absent role."""
    denied = connect()
    refuse(denied, "iam.GetRole", "AccessDenied", 403)
    found = with_conditions(denied, task(service_role=f"{ROLE}patching"))
    assert found.role_exists is None
    assert "Could not ask whether role arn:aws:iam::123456789012:role/patching exists" in found.role_error


def test_alarms_come_with_their_state(aws: Simulator, connection: Connection) -> None:
    """Each alarm has CloudWatch's state, and none if CloudWatch has no such alarm."""
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors", MetricName="5XX", Namespace="shop", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    for state in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName="errors", StateValue=state, StateReason="")
        found = with_conditions(connection, task(alarms=(TaskAlarm("errors"), TaskAlarm("absent"))))
        assert found.alarms == (TaskAlarm("absent"), TaskAlarm("errors", state))


def test_alarms_that_may_not_be_asked_for_are_noted(connect: Connect, refuse: Callable[..., list[str]]) -> None:
    """AccessDenied is kept in words, and the alarms stay."""
    denied = connect()
    refuse(denied, "cloudwatch.DescribeAlarms", "AccessDenied", 403)
    found = with_conditions(denied, task(alarms=(TaskAlarm("errors"),)))
    assert found.alarms == (TaskAlarm("errors"),)
    assert "Could not ask for the state of CloudWatch alarms errors" in found.alarms_error
