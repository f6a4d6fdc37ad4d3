"""What keeps a task of a simulated maintenance window from running: its role, an alarm."""

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import (
    code_of,
)
from tests.simulator.test_ssm_window_runs import ANY_ROLE, executions, pass_days, tasks, window


def make_role(aws: Simulator, name: str) -> str:
    """Create a role for Systems Manager and return its ARN."""
    role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]
    return str(role["Arn"])


def test_the_tasks_role_must_exist(aws: Simulator) -> None:
    """With a role that exists the task runs; with one that does not it fails, and IAM says NoSuchEntity."""
    ssm, iam = aws.client("ssm"), aws.client("iam")
    good = window(aws, "Scan", {"ServiceRoleArn": make_role(aws, "patching")})
    bad = window(aws, "Scan", {"ServiceRoleArn": ANY_ROLE + "gone"})
    pass_days(aws, 0.5)
    assert [executions(aws, one)[0]["Status"] for one in (good, bad)] == ["SUCCESS", "FAILED"]
    assert iam.get_role(RoleName="patching")["Role"]["Arn"] == ANY_ROLE + "patching"
    assert code_of(iam.get_role, RoleName="gone") == "NoSuchEntity"
    assert len(ssm.list_commands()["Commands"]) == 1


def test_without_a_role_the_service_linked_one_is_made(aws: Simulator) -> None:
    """A task that names no role has Systems Manager's own, which IAM then knows."""
    iam = aws.client("iam")
    assert code_of(iam.get_role, RoleName="AWSServiceRoleForAmazonSSM") == "NoSuchEntity"
    window(aws)
    window(aws)
    role = iam.get_role(RoleName="AWSServiceRoleForAmazonSSM")["Role"]
    assert role["Path"] == "/aws-service-role/ssm.amazonaws.com/"


@pytest.mark.parametrize(
    ("state", "ignored", "status", "triggered"),
    [
        ("ALARM", False, "CANCELLED", "ALARM"),
        ("OK", False, "SUCCESS", None),
        ("INSUFFICIENT_DATA", False, "SUCCESS", None),
        (None, False, "CANCELLED", "UNKNOWN"),
        (None, True, "SUCCESS", None),
    ],
)
def test_an_alarm_stops_the_task(
    aws: Simulator, state: str | None, ignored: bool, status: str, triggered: str | None
) -> None:
    """An alarm in ALARM keeps the task from running, and so does one whose state cannot be had."""
    alarms = aws.client("cloudwatch")
    if state:
        alarms.put_metric_alarm(
            AlarmName="orders-failing",
            MetricName="Errors",
            Namespace="shop",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        alarms.set_alarm_state(AlarmName="orders-failing", StateValue=state, StateReason="a test")
        (row,) = alarms.describe_alarms(AlarmNames=["orders-failing"])["MetricAlarms"]
        assert row["StateValue"] == state
    watched = {"Alarms": [{"Name": "orders-failing"}], "IgnorePollAlarmFailure": ignored}
    created = window(aws, "Scan", {"AlarmConfiguration": watched})
    pass_days(aws, 0.5)
    (execution,) = executions(aws, created)
    (task,) = tasks(aws, execution)
    assert (execution["Status"], task["Status"], task["AlarmConfiguration"]) == (status, status, watched)
    assert [alarm["State"] for alarm in task.get("TriggeredAlarms", [])] == ([triggered] if triggered else [])
    assert len(aws.client("ssm").list_commands()["Commands"]) == (0 if triggered else 1)
