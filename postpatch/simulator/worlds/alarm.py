"""As `workshop`, and the recurring window stands, but its task watches an alarm that is in ALARM: it would not run."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator

ALARM = "pww-orders-failing"


def deploy(aws: "Simulator") -> None:
    """Build the workshop and its window, whose task is not to run while orders fail."""
    workshop.deploy(aws)
    alarms = aws.client("cloudwatch")
    alarms.put_metric_alarm(
        AlarmName=ALARM,
        Namespace="pww",
        MetricName="FailedOrders",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    state = "OK" if aws.world.fixed else "ALARM"
    alarms.set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason="orders of the last five minutes")
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window), AlarmConfiguration={"Alarms": [{"Name": ALARM}]})


WORLD = World(
    name="alarm",
    story="The window's task watches a CloudWatch alarm, which is in ALARM: at its time it would not run.",
    red=frozenset({"TASK-4"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
