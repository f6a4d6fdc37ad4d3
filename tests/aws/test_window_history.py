"""The executions of a window: which are read, and what the newest one that has ended did."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from postpatch.aws.session import Connection
from postpatch.aws.window_content import existing_window
from postpatch.aws.window_history import window_history
from postpatch.errors import CouldNotCheck
from postpatch.model import MaintenanceWindow, WindowHistory
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds import workshop
from postpatch.simulator.worlds.standing_window import register_target, register_task, set_up_window
from tests.aws.conftest import EVENING

NIGHTLY = {"Schedule": "cron(0 23 * * ? *)", "StartDate": "2026-11-01T00:00:00Z"}


@pytest.fixture
def fresh() -> Iterator[Simulator]:
    """Give a simulated AWS of its own, in which time may pass."""
    simulator = Simulator(worlds()["workshop"], EVENING)
    workshop.approve_everything(simulator)
    yield simulator
    assert simulator.front.broken == []


@pytest.fixture
def opened(fresh: Simulator) -> str:
    """Create a window that opens each night at 23 o'clock and patches."""
    window = set_up_window(fresh, **NIGHTLY)
    register_task(fresh, window, register_target(fresh, window))
    return window


@pytest.fixture
def connected(fresh: Simulator) -> Connection:
    """Connect to it."""
    return Connection(fresh.session(), clock=fresh.now, poll_seconds=0)


def read(connection: Connection, window_id: str) -> WindowHistory:
    """Return the history of a window as it is now."""
    return window_history(connection, described(connection, window_id))


def described(connection: Connection, window_id: str) -> MaintenanceWindow:
    """Return a window as AWS describes it."""
    return existing_window(connection.client("ssm"), window_id)


def test_a_window_that_has_not_opened_has_no_execution(connected: Connection, opened: str) -> None:
    """Without an execution the history is empty, since the window was created."""
    history = read(connected, opened)
    assert history.executions == ()
    assert history.since == described(connected, opened).created_at
    assert history.until >= history.since


def test_the_newest_execution_is_read_with_its_task(fresh: Simulator, connected: Connection, opened: str) -> None:
    """Of several executions the newest one comes, with the task's document, operation and status."""
    fresh.clock.advance(timedelta(days=2.5))
    (execution,) = read(connected, opened).executions
    assert (execution.status, execution.started_at.hour) == ("SUCCESS", 23)
    assert execution.tasks is not None
    (task,) = execution.tasks
    assert (task.document, task.type, task.status) == ("AWS-RunPatchBaseline", "RUN_COMMAND", "SUCCESS")
    assert (task.invocations, task.operations, task.failed, task.gone) == (1, ("Install",), (), ())


def test_a_change_begins_the_history_anew(fresh: Simulator, connected: Connection, opened: str) -> None:
    """What ran before the window was changed is not read."""
    fresh.clock.advance(timedelta(days=1))
    assert read(connected, opened).executions
    fresh.client("ssm").update_maintenance_window(WindowId=opened, Duration=2)
    history = read(connected, opened)
    assert history.executions == ()
    assert history.since == described(connected, opened).modified_at


def test_only_thirty_days_are_read(fresh: Simulator, connected: Connection, opened: str) -> None:
    """Whatever AWS still has, the history is of 30 days."""
    fresh.clock.advance(timedelta(days=1))
    history = read(connected, opened)
    fresh.client("ssm").update_maintenance_window(WindowId=opened, Enabled=False)
    fresh.clock.advance(timedelta(days=40))
    later = window_history(connected, described(connected, opened))
    assert history.executions
    assert later.executions == ()
    assert later.since == later.until - timedelta(days=30)


def test_the_hosts_that_failed_are_named(fresh: Simulator, connected: Connection, opened: str) -> None:
    """Of a task that failed, the hosts come with their status, and those that are gone since are told apart."""
    broken = workshop.nodes(fresh)[0]
    broken.breaks_on = frozenset({"vim-minimal"})
    fresh.clock.advance(timedelta(hours=6))

    def task() -> Any:
        (execution,) = read(connected, opened).executions
        return (execution.tasks or ())[0]

    assert task().status == "FAILED"
    assert task().failed == ((broken.instance_id, "Failed"),)
    assert task().gone == ()
    fresh.client("ec2").terminate_instances(InstanceIds=[broken.instance_id])
    assert task().gone == (broken.instance_id,)


def test_the_hosts_that_a_successful_command_missed_are_named(
    fresh: Simulator, connected: Connection, opened: str
) -> None:
    """A command succeeds although it could not be delivered to a host: that host comes with its status."""
    missed = workshop.nodes(fresh)[0]
    missed.undeliverable = True
    fresh.clock.advance(timedelta(hours=6))
    (execution,) = read(connected, opened).executions
    (task,) = execution.tasks or ()
    assert (task.status, task.failed, task.gone) == ("SUCCESS", ((missed.instance_id, "Undeliverable"),), ())


def test_a_hybrid_node_that_failed_is_not_gone(fresh: Simulator, connected: Connection) -> None:
    """EC2 knows no hybrid node: one that failed is there as long as Systems Manager knows it."""
    node = fresh.fleet.activate(workshop.IMAGE, "branch-1", {"Site": "branch"})
    node.breaks_on = frozenset({"vim-minimal"})
    window = set_up_window(fresh, **NIGHTLY)
    register_task(fresh, window, register_target(fresh, window, Targets=[{"Key": "tag:Site", "Values": ["branch"]}]))
    fresh.clock.advance(timedelta(hours=6))

    def task() -> Any:
        (execution,) = read(connected, window).executions
        return (execution.tasks or ())[0]

    assert (task().failed, task().gone) == (((node.instance_id, "Failed"),), ())
    node.managed = False
    assert task().gone == (node.instance_id,)


def test_a_command_without_a_host_is_no_invocation(
    fresh: Simulator, connected: Connection, opened: str, rewrite: Callable[..., None]
) -> None:
    """A command whose tag matched no managed node has ended and has no invocations."""
    fresh.clock.advance(timedelta(hours=6))
    rewrite(connected, "ssm.ListCommandInvocations", lambda answer: answer["CommandInvocations"].clear())
    (execution,) = read(connected, opened).executions
    (task,) = execution.tasks or ()
    assert (task.status, task.invocations, task.failed) == ("SUCCESS", 0, ())


def test_what_goes_on_or_was_skipped_is_stepped_over(
    fresh: Simulator, connected: Connection, opened: str, rewrite: Callable[..., None]
) -> None:
    """Executions that say nothing of what the window does come without tasks, before the newest that has ended."""
    fresh.clock.advance(timedelta(days=3))

    def undecided(answer: dict[str, Any]) -> None:
        answer["WindowExecutions"].sort(key=lambda row: row["StartTime"])  # AWS promises no order
        for row, status in zip(
            reversed(answer["WindowExecutions"]), ("IN_PROGRESS", "SKIPPED_OVERLAPPING"), strict=False
        ):
            row["Status"] = status

    rewrite(connected, "ssm.DescribeMaintenanceWindowExecutions", undecided)
    executions = read(connected, opened).executions
    assert [one.status for one in executions] == ["IN_PROGRESS", "SKIPPED_OVERLAPPING", "SUCCESS"]
    assert [one.tasks is None for one in executions] == [True, True, False]


def test_parameters_that_cannot_be_read_tell_no_operation(
    fresh: Simulator, opened: str, rewrite: Callable[..., None]
) -> None:
    """What was sent is text of no promised form: where it is not as expected, no operation is known."""
    fresh.clock.advance(timedelta(days=1))
    for text in ("", "{", "[]", "{}", '{"parameters": {"commands": ["df"]}}', '{"parameters": null}'):
        other = Connection(fresh.session(), clock=fresh.now, poll_seconds=0)
        rewrite(
            other,
            "ssm.DescribeMaintenanceWindowExecutionTaskInvocations",
            lambda answer, text=text: answer["WindowExecutionTaskInvocationIdentities"][0].update(Parameters=text),
        )
        (execution,) = read(other, opened).executions
        assert (execution.tasks or ())[0].operations == ()


@pytest.mark.parametrize(
    "operation",
    [
        "DescribeMaintenanceWindowExecutions",
        "DescribeMaintenanceWindowExecutionTasks",
        "DescribeMaintenanceWindowExecutionTaskInvocations",
    ],
)
def test_a_refusal_could_not_look(
    fresh: Simulator, connected: Connection, opened: str, refuse: Callable[..., list[str]], operation: str
) -> None:
    """AccessDenied on any of the calls is an error that says what to allow, never a window without executions."""
    fresh.clock.advance(timedelta(days=1))
    refuse(connected, f"ssm.{operation}", "AccessDeniedException", 400)
    with pytest.raises(CouldNotCheck, match=f"^Allow {operation} to the caller. Could not ask for the executions of "):
        read(connected, opened)
