"""Inspector v2: what each engine's hosts are waited for, and when a scan rests on what is installed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from postpatch.aws import inspector_v2, inspector_wait
from postpatch.aws.association_execution import AssociationExecution
from postpatch.aws.coverage import VM_SCANNER, Coverage, coverage
from postpatch.aws.session import SCAN_PATCHES, Connection
from postpatch.aws.vm_scanner import START_COMMANDS, startable
from postpatch.errors import CouldNotCheck, NotAllowed
from postpatch.model import ScanRun, Scope
from postpatch.simulator import Simulator

Connect = Callable[..., Connection]
Rewrite = Callable[[Connection, str, Callable[[dict[str, Any]], None]], None]
Run = Callable[..., tuple[ScanRun, list[str]]]

ACCOUNT = "123456789012"
TAGS = {"aws:cloudformation:stack-name": ["pww"]}
PATCHED = datetime(2026, 11, 20, 22, tzinfo=UTC)
LAUNCHED = datetime(2026, 11, 21, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def hosts(hosts_named: Callable[[str], list[str]]) -> list[str]:
    """Return the ids of the stack's hosts."""
    return sorted(hosts_named("pww-node") + hosts_named("pww-RedTeamHost"))


@pytest.fixture
def restored(aws: Simulator) -> Iterator[Simulator]:
    """Give the simulator to a test that changes how hosts are scanned, and put that right afterwards."""
    yield aws
    aws.scanner.reasons.clear()
    aws.scanner.vm_scanner.activate(False)


@pytest.fixture
def run(hosts: list[str], pww: Scope) -> Run:
    """Launch an assessment and wait for it; return the run and each line of progress."""

    def running(
        connection: Connection, *, minutes: int = 20, start_vm_scanner: bool = False
    ) -> tuple[ScanRun, list[str]]:
        said: list[str] = []
        launched = inspector_v2.launch(
            connection, ACCOUNT, pww, TAGS, hosts, said.append, start_vm_scanner=start_vm_scanner
        )
        moments = dict.fromkeys(hosts, launched.launched_at)
        found = inspector_wait.wait_for(
            connection, ACCOUNT, launched, moments, minutes, lambda _, __, words: said.append(words)
        )
        return found, said

    return running


def changed(rewrite: Rewrite, connection: Connection, **fields: Any) -> None:
    """Have every row of coverage say something else."""
    rewrite(
        connection,
        "inspector2.ListCoverage",
        lambda parsed: [row.update(fields) for row in parsed["coveredResources"]] and None,
    )


def test_the_vm_scanner_is_waited_for_by_its_own_schedule(restored: Simulator, connect: Connect, run: Run) -> None:
    """Nothing starts it, so that the wait is as long as the time between two of its runs, and says why."""
    configuration = {"scanMode": "EC2_SSM_AGENT_BASED", "activateVMScanner": True}
    restored.client("inspector2").update_configuration(ec2Configuration=configuration)
    restored.clock.advance(timedelta(minutes=20))
    connection = connect()
    found, said = run(connection, minutes=5)
    assert not found.timed_out
    assert {(scan.mode, scan.proof) for scan in found.hosts} == {("EC2_INSPECTOR_AGENT_BASED", "coverage")}
    assert any("its VM scanner runs every 3 hours" in line for line in said)
    assert "ssm:StartAssociationsOnce" not in connection.calls
    assert "ssm:ListInventoryEntries" not in connection.calls


def test_where_the_policy_allows_it_the_vm_scanner_is_started(restored: Simulator, connect: Connect, run: Run) -> None:
    """One command serves all hosts of a platform, and nobody waits for the schedule; the proof is the same."""
    configuration = {"scanMode": "EC2_SSM_AGENT_BASED", "activateVMScanner": True}
    restored.client("inspector2").update_configuration(ec2Configuration=configuration)
    restored.clock.advance(timedelta(minutes=20))
    connection = connect(commands=START_COMMANDS.values())
    began = restored.now()
    found, said = run(connection, start_vm_scanner=True)
    assert restored.now() - began < timedelta(minutes=20)
    assert {(scan.mode, scan.proof) for scan in found.hosts} == {("EC2_INSPECTOR_AGENT_BASED", "coverage")}
    assert found.launch.vm_scanner_commands
    assert connection.calls["ssm:SendCommand"] == len(found.launch.vm_scanner_commands) == 1
    assert all(scan.scanned_at > found.launch.launched_at for scan in found.hosts if scan.scanned_at)
    assert "starting the VM scanner of 3 hosts, Linux, by Run Command" in said
    assert any("its VM scanner runs every 3 hours, and was started" in line for line in said)


def test_a_command_that_the_policy_does_not_allow_is_not_sent(restored: Simulator, connect: Connect, run: Run) -> None:
    """The connection has its own list: a launch that asks for a start without it is refused."""
    configuration = {"scanMode": "EC2_SSM_AGENT_BASED", "activateVMScanner": True}
    restored.client("inspector2").update_configuration(ec2Configuration=configuration)
    restored.clock.advance(timedelta(minutes=20))
    for connection in (connect(), connect(commands=[SCAN_PATCHES])):
        with pytest.raises(NotAllowed, match="SendCommand"):
            run(connection, start_vm_scanner=True)


def test_only_the_vm_scanners_of_hosts_that_run_command_reaches_are_started(connect: Connect, hosts: list[str]) -> None:
    """Neither another engine's hosts, nor those of an unknown platform or without an agent that answers."""
    connection = connect()
    rows = [Coverage(host, "ACTIVE", "SUCCESSFUL", VM_SCANNER, "LINUX", None) for host in hosts]
    assert startable(connection, rows) == {"LINUX": tuple(hosts)}
    assert startable(connection, [replace(row, mode="EC2_SSM_AGENT_BASED") for row in rows]) == {}
    assert startable(connection, [replace(row, platform="UNKNOWN") for row in rows]) == {}
    assert startable(connection, [replace(row, host="i-0123456789abcdef0") for row in rows]) == {}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"scanMode": "VM_INSPECTOR_AGENT_BASED"}, "VM_INSPECTOR_AGENT_BASED"),
        ({"scanStatus": {"statusCode": "ACTIVE", "reason": "A_NEW_REASON"}}, "A_NEW_REASON"),
    ],
    ids=["mode", "reason"],
)
def test_what_this_version_does_not_know_is_an_error(
    connect: Connect, rewrite: Rewrite, run: Run, fields: dict[str, Any], named: str
) -> None:
    """A mode or a reason that nobody knows proves nothing, and is named."""
    connection = connect()
    changed(rewrite, connection, **fields)
    with pytest.raises(CouldNotCheck, match=f"^Use a newer version of postpatch: .* {named}."):
        run(connection)


@pytest.mark.parametrize(
    ("reason", "fresh"),
    [("DEEP_INSPECTION_NO_INVENTORY", True), ("SCAN_IN_PROGRESS", False), ("INTERNAL_ERROR", False)],
)
def test_only_a_successful_scan_is_fresh(
    restored: Simulator, connect: Connect, run: Run, hosts: list[str], reason: str, fresh: bool
) -> None:
    """Where deep inspection alone failed, packages of the system were scanned; any other reason is no scan."""
    restored.scanner.reasons[hosts[0]] = reason
    found, _ = run(connect(), minutes=8)
    assert [scan.fresh for scan in found.hosts] == [fresh, True, True]
    assert found.hosts[0].reason == reason
    assert found.timed_out is (reason == "SCAN_IN_PROGRESS")


def test_windows_hosts_are_scanned_by_inspectors_plugin(connect: Connect, rewrite: Rewrite, hosts: list[str]) -> None:
    """What is started for them is the plugin's association, and no inventory."""
    connection, asked = connect(), []
    changed(rewrite, connection, resourceMetadata={"ec2": {"platform": "WINDOWS"}})
    connection.session.events.register(
        "provide-client-params.ssm.ListAssociations", lambda params, **_: asked.append(params)
    )
    rewrite(
        connection, "ssm.ListAssociations", lambda parsed: parsed.update(Associations=[{"AssociationId": "plugin"}])
    )
    started = inspector_v2.associations_for(connection, coverage(connection, ACCOUNT, hosts), tuple(hosts))
    assert started == {"InvokeInspectorSsmPlugin-do-not-delete": "plugin"}
    assert [one["AssociationFilterList"][0]["value"] for one in asked] == ["InvokeInspectorSsmPlugin-do-not-delete"]


def test_an_execution_that_was_running_does_not_count(aws: Simulator, connection: Connection, hosts: list[str]) -> None:
    """Ours is the first one that was created at or after the answer; its hosts are known from the moment of asking."""
    association = inspector_v2.inventory_association(connection)
    ssm = aws.client("ssm")
    ssm.start_associations_once(AssociationIds=[association])
    aws.clock.advance(timedelta(seconds=5))
    since = aws.now()
    execution = AssociationExecution(connection, association, since)
    execution.look()
    assert (execution.state, execution.created_at) == ("Pending", None)
    ssm.start_associations_once(AssociationIds=[association])
    aws.clock.advance(timedelta(minutes=5))
    ssm.start_associations_once(AssociationIds=[association])
    execution.look()
    execution.ask_about(set(hosts))
    assert execution.state == "Success"
    assert execution.created_at
    assert since <= execution.created_at < since + timedelta(minutes=1)
    moments = [execution.succeeded_on(host) for host in hosts]
    assert all(moment and moment > execution.created_at for moment in moments)
