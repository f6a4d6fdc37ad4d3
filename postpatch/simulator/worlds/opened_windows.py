"""As `workshop`, but years later: the recurring window opens every twelve hours, and its last execution went wrong.

The policy's window begins on 2099-12-01, so these worlds are in that December.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..world import Happening, World
from . import hybrid_nodes, workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator

EVENING = datetime(2099, 12, 3, 21, tzinfo=UTC)
_ALARM = "checkout-errors"
_UNTIL_IT_HAS_RUN = timedelta(hours=5)  # it opens at midnight
BROKEN = "vim-minimal"


def deploy(aws: "Simulator") -> None:
    """Build the workshop and its window, whose task stops while an alarm is raised."""
    workshop.deploy(aws)
    raise_alarm(aws, "OK")
    window = set_up_window(aws)
    alarms = {"IgnorePollAlarmFailure": False, "Alarms": [{"Name": _ALARM}]}
    register_task(aws, window, register_target(aws, window), AlarmConfiguration=alarms)


def deploy_hybrid(aws: "Simulator") -> None:
    """Build the workshop, two hybrid nodes, and a window for all of them."""
    hybrid_nodes.deploy(aws)
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window, Targets=hybrid_nodes.TARGETS))


def raise_alarm(aws: "Simulator", state: str) -> None:
    """Set the state of the alarm, which is created if there is none."""
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=_ALARM, MetricName="5XX", Namespace="shop", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=10, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName=_ALARM, StateValue=state, StateReason="")


def fail_then_patch(aws: "Simulator") -> None:
    """Let the window open while a package cannot be installed on one host, then patch by hand."""
    workshop.approve_everything(aws)
    broken = workshop.nodes(aws)[0]
    broken.breaks_on = frozenset(aws.world.defect(package=BROKEN).values())
    aws.clock.advance(_UNTIL_IT_HAS_RUN)
    broken.breaks_on = frozenset()
    workshop.run_patch_baseline(aws, "Install")


def fail_on_a_node_then_patch(aws: "Simulator") -> None:
    """Let the window open while a package cannot be installed on a hybrid node, then patch by hand."""
    workshop.approve_everything(aws)
    broken = hybrid_nodes.branch(aws)
    broken.breaks_on = frozenset(aws.world.defect(package=BROKEN).values())
    aws.clock.advance(_UNTIL_IT_HAS_RUN)
    broken.breaks_on = frozenset()
    hybrid_nodes.patch(aws)


def miss_then_patch(aws: "Simulator") -> None:
    """Let the window open while no command can be delivered to one host, then patch by hand."""
    workshop.approve_everything(aws)
    missed = workshop.nodes(aws)[0]
    missed.undeliverable = not aws.world.fixed
    aws.clock.advance(_UNTIL_IT_HAS_RUN)
    missed.undeliverable = False
    workshop.run_patch_baseline(aws, "Install")


def stop_then_patch(aws: "Simulator") -> None:
    """Let the window open while the alarm is raised, then patch by hand."""
    workshop.approve_everything(aws)
    if not aws.world.fixed:
        raise_alarm(aws, "ALARM")
    aws.clock.advance(_UNTIL_IT_HAS_RUN)
    raise_alarm(aws, "OK")
    workshop.run_patch_baseline(aws, "Install")


def opened(name: str, story: str, remediate: Happening, *red: str) -> World:
    """Return a world in which the window has opened, or is about to."""
    return World(name, story, frozenset(red), deploy, remediate, begins_at=EVENING)


WORLDS = (
    World(
        "window-failed-hybrid",
        "The window opened last night and its task failed on a hybrid node; somebody patched it by hand.",
        frozenset({"MW-5"}),
        deploy_hybrid,
        fail_on_a_node_then_patch,
        policy=hybrid_nodes.POLICY,
        begins_at=EVENING,
    ),
    opened(
        "window-failed",
        "The window opened last night and its task failed on one host; somebody patched by hand afterwards.",
        fail_then_patch,
        "MW-5",
    ),
    opened(
        "window-undelivered",
        "The window's command never reached one host, which AWS calls Success; somebody patched it by hand.",
        miss_then_patch,
        "MW-5",
    ),
    opened(
        "window-stopped",
        "The window opened last night while its task's alarm was raised: it patched nothing; somebody did by hand.",
        stop_then_patch,
        "MW-5",
    ),
)
