"""Patch Manager and Run Command: what the patch round did, before and after it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from postpatch.aws.inventory import inventory_age
from postpatch.aws.patch_manager import managed_hosts, patching
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import Host, Patching
from postpatch.simulator import Simulator

EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)

Connect = Callable[..., Connection]
Rewrite = Callable[[Connection, str, Callable[[dict[str, Any]], None]], None]


@pytest.fixture(scope="module")
def stack(hosts_named: Callable[[str], list[str]]) -> tuple[Host, ...]:
    """Return the stack's hosts."""
    return tuple(Host(host) for host in sorted(hosts_named("pww-node") + hosts_named("pww-RedTeamHost")))


@pytest.fixture(scope="module")
def before(connection: Connection, stack: tuple[Host, ...]) -> Patching:
    """Look before the patch round."""
    return patching(connection, stack, EVENING)


@pytest.fixture(scope="module")
def after(aws: Simulator, connection: Connection, before: Patching, stack: tuple[Host, ...]) -> Patching:
    """Look the morning after the patch round."""
    assert before.states == ()
    aws.remediate()
    return patching(connection, stack, EVENING)


def test_before_the_round_nothing_was_reported(before: Patching, stack: tuple[Host, ...]) -> None:
    """A host that was never patched has no patch state and no command, but is managed."""
    assert (before.states, before.commands) == ((), ())
    assert [(host.host, host.ping) for host in before.managed] == [(host.id, "Online") for host in stack]


def test_the_round_is_told_of_every_host(after: Patching, stack: tuple[Host, ...]) -> None:
    """Each host's patch state is its installation: counts, baseline, reboot, and times in UTC."""
    assert sorted(state.host for state in after.states) == [host.id for host in stack]
    for state in after.states:
        assert (state.operation, state.failed, state.pending_reboot) == ("Install", 0, 0)
        assert state.installed > 0
        assert state.baseline.startswith("pb-")
        assert state.reboot_option == "RebootIfNeeded"
        assert EVENING < state.started_at < state.ended_at
        assert state.started_at.tzinfo is state.ended_at.tzinfo is UTC


def test_the_history_is_told_of_every_host(after: Patching, stack: tuple[Host, ...]) -> None:
    """The command that installed is found for each host, with its operation, its success, and when it ended."""
    assert sorted(command.host for command in after.commands) == [host.id for host in stack]
    for command in after.commands:
        assert (command.operation, command.status) == ("Install", "Success")
        assert command.ended_at
        assert EVENING <= command.requested_at < command.ended_at
    assert all(after.installed_at(host.id) for host in stack)


def test_a_command_before_the_moment_does_not_count(
    connect: Connect, rewrite: Rewrite, after: Patching, stack: tuple[Host, ...]
) -> None:
    """AWS compares to the second: what it lists although it came a moment too early is left out by us."""
    requested = after.commands[0].requested_at
    assert len(patching(connect(), stack, requested - timedelta(seconds=1)).commands) == 3
    early = connect()
    rewrite(
        early,
        "ssm.ListCommands",
        lambda parsed: [row.update(RequestedDateTime=EVENING - timedelta.resolution) for row in parsed["Commands"]],
    )
    assert patching(early, stack, EVENING).commands == ()


def test_strangers_are_left_out(connection: Connection, after: Patching, stack: tuple[Host, ...]) -> None:
    """Commands on other hosts are no proof for these."""
    told = patching(connection, stack[:1], EVENING)
    assert {command.host for command in told.commands} == {state.host for state in told.states} == {stack[0].id}
    assert len(told.commands) < len(after.commands)


def test_other_documents_are_left_out(
    connect: Connect, rewrite: Rewrite, after: Patching, stack: tuple[Host, ...]
) -> None:
    """A command of another document that AWS lists none the less is no patch round."""
    assert after.commands
    other = connect()
    rewrite(
        other,
        "ssm.ListCommands",
        lambda parsed: [row.update(DocumentName="AWS-RunShellScript") for row in parsed["Commands"]],
    )
    assert patching(other, stack, EVENING).commands == ()


def test_a_command_that_still_runs_has_no_end(
    connect: Connect, rewrite: Rewrite, after: Patching, stack: tuple[Host, ...]
) -> None:
    """A command without an end, on any of its steps, has none for us."""

    def running(parsed: dict[str, Any]) -> None:
        for row in parsed["CommandInvocations"]:
            row["Status"] = "InProgress"
            for plugin in row["CommandPlugins"]:
                plugin.pop("ResponseFinishDateTime", None)

    other = connect()
    rewrite(other, "ssm.ListCommandInvocations", running)
    (command, *_) = patching(other, stack, EVENING).commands
    first = after.commands[0]
    assert command == replace(first, status="InProgress", ended_at=None)


def test_when_an_inventory_was_captured(connection: Connection, stack: tuple[Host, ...], aws: Simulator) -> None:
    """The moment of a host's inventory is told in UTC, and when the newest of its packages was installed."""
    age, host = inventory_age(connection, stack[0].id), aws.fleet.host(stack[0].id)
    assert age
    assert host
    assert host.inventory
    assert age.captured_at.tzinfo is UTC
    assert age.captured_at <= aws.now()
    newest = max(package.installed_at for package in host.inventory.packages)
    assert age.installed_at == newest.replace(microsecond=0)


def test_a_package_without_a_time_leaves_none_known(
    connect: Connect, rewrite: Rewrite, stack: tuple[Host, ...]
) -> None:
    """Where one package has no time of installation, nobody knows when the newest was installed."""
    undated = connect()
    rewrite(undated, "ssm.ListInventoryEntries", lambda parsed: parsed["Entries"][0].pop("InstalledTime"))
    age = inventory_age(undated, stack[0].id)
    assert age
    assert age.installed_at is None


def test_a_host_without_an_inventory_has_no_moment(connect: Connect, rewrite: Rewrite, stack: tuple[Host, ...]) -> None:
    """A host that has sent no inventory is no error and no proof."""
    bare = connect()
    rewrite(bare, "ssm.ListInventoryEntries", lambda parsed: parsed.pop("CaptureTime"))
    assert inventory_age(bare, stack[0].id) is None


def test_a_host_that_is_not_managed_has_no_row(aws: Simulator, connection: Connection, stack: tuple[Host, ...]) -> None:
    """What Systems Manager does not manage is missing, what does not answer is not online."""
    first, second, third = (aws.fleet.host(host.id) for host in stack)
    assert first
    assert second
    assert third
    first.managed, second.online = False, False
    try:
        told = {host.host: host for host in managed_hosts(connection, [host.id for host in stack])}
    finally:
        first.managed, second.online = True, True
    assert first.instance_id not in told
    assert told[second.instance_id].ping == "ConnectionLost"
    assert (told[third.instance_id].ping, told[third.instance_id].platform) == ("Online", "Amazon Linux 2023")


def test_many_hosts_are_asked_for_in_fifties(connect: Connect) -> None:
    """No call names more hosts than AWS takes, and none is forgotten."""
    asked = connect()
    patching(asked, [Host(f"i-{number:017x}") for number in range(2, 122)], EVENING)
    assert asked.calls["ssm:DescribeInstancePatchStates"] == 3
    assert asked.calls["ssm:DescribeInstanceInformation"] == 3


@pytest.mark.parametrize(
    ("operation", "subject"),
    [
        ("DescribeInstancePatchStates", "for the hosts' patch states"),
        ("ListCommands", "for the history of AWS-RunPatchBaseline"),
        ("ListCommandInvocations", "for the history of AWS-RunPatchBaseline"),
        ("DescribeInstanceInformation", "which hosts Systems Manager manages"),
    ],
)
def test_a_refusal_could_not_look(
    connect: Connect,
    refuse: Callable[..., list[str]],
    after: Patching,
    stack: tuple[Host, ...],
    operation: str,
    subject: str,
) -> None:
    """AccessDenied on any of the calls is could-not-look, never a host that was not patched."""
    assert after.states
    denied = connect()
    refuse(denied, f"ssm.{operation}", "AccessDeniedException")
    with pytest.raises(CouldNotCheck, match=f"^Allow {operation} to the caller. Could not ask {subject}: "):
        patching(denied, stack, EVENING)
