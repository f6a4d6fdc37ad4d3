"""Inspector v2: what each engine's hosts are waited for, and when a scan rests on what is installed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.aws import inspector_v2, inspector_wait
from postpatch.aws.association_execution import AssociationExecution
from postpatch.aws.coverage import VM_SCANNER, Coverage, coverage
from postpatch.aws.inventory import InventoryAge
from postpatch.aws.inventory_proof import Capture, left_to_findings, seems_unchanged, settled
from postpatch.aws.session import SCAN_PATCHES, Connection
from postpatch.aws.vm_scanner import START_COMMANDS, startable
from postpatch.errors import CouldNotCheck, NotAllowed
from postpatch.model import HostScan, Launch, ScanRun, Scope
from postpatch.model.moment import CLOCK_TOLERANCE
from postpatch.simulator import Simulator

Connect = Callable[..., Connection]
Rewrite = Callable[[Connection, str, Callable[[dict[str, Any]], None]], None]
Run = Callable[..., tuple[ScanRun, list[str]]]

ACCOUNT = "123456789012"
TAGS = {"aws:cloudformation:stack-name": ["pww"]}
PATCHED = datetime(2026, 11, 20, 22, tzinfo=UTC)
LAUNCHED = datetime(2026, 11, 21, 8, tzinfo=UTC)
HOURS = st.integers(-30, 30).map(lambda hours: timedelta(hours=hours))


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


SCAN = HostScan("i-1", PATCHED, LAUNCHED - timedelta(hours=2), None, "ACTIVE", "SUCCESSFUL", "EC2_SSM_AGENT_BASED")
AGE = InventoryAge(LAUNCHED + timedelta(minutes=2), PATCHED - timedelta(minutes=5))
# An inventory that may be older than the launch, and one that the run had captured itself.
OLDER = Capture(LAUNCHED, LAUNCHED + timedelta(days=9))
OURS = Capture(LAUNCHED, LAUNCHED + timedelta(minutes=3), ours=True)


@pytest.mark.parametrize(
    ("scan", "age", "proof"),
    [
        pytest.param({}, {}, "inventory", id="nothing-installed-since"),
        pytest.param({"scanned_at": LAUNCHED + timedelta(minutes=3)}, {}, "coverage", id="scanned-after-the-capture"),
        pytest.param({}, {"installed_at": LAUNCHED - timedelta(hours=1)}, "", id="installed-since"),
        pytest.param({}, {"captured_at": LAUNCHED - timedelta(minutes=1)}, "", id="captured-before-the-launch"),
        pytest.param({}, {"installed_at": None}, "versions", id="no-times"),
        pytest.param(
            {"scanned_at": PATCHED - timedelta(hours=1)}, {"installed_at": None}, "", id="no-times-and-an-old-scan"
        ),
        pytest.param(
            {"scanned_at": PATCHED - timedelta(hours=1)},
            {"installed_at": PATCHED - timedelta(days=9)},
            "inventory",
            id="nothing-installed-since-an-old-scan",
        ),
        pytest.param({"scanned_at": None}, {}, "", id="never-scanned"),
    ],
)
def test_a_scan_against_the_inventory(scan: dict[str, Any], age: dict[str, Any], proof: str) -> None:
    """Whether the inventory shows that the last scan rests on what is installed."""
    assert settled(replace(SCAN, **scan), replace(AGE, **age), OLDER).proof == proof


@given(scanned=HOURS, captured=HOURS, installed=st.none() | HOURS, older=st.integers(0, 60))
def test_an_older_inventory_proves_no_more(
    scanned: timedelta, captured: timedelta, installed: timedelta | None, older: int
) -> None:
    """A capture before the run's launch proves nothing, and an older scan no more than a newer one."""
    scan = replace(SCAN, scanned_at=PATCHED + scanned)
    age = InventoryAge(LAUNCHED + captured, None if installed is None else PATCHED + installed)
    proved = settled(scan, age, OLDER)
    assert proved.fresh <= (age.captured_at >= LAUNCHED)
    older_scan = replace(scan, scanned_at=PATCHED + scanned - timedelta(hours=older))
    assert settled(older_scan, age, OLDER).fresh <= proved.fresh


@given(scanned=HOURS, captured=HOURS, installed=st.none() | HOURS)
def test_findings_decide_only_where_nothing_else_does(
    scanned: timedelta, captured: timedelta, installed: timedelta | None
) -> None:
    """They do about a scan that is not newer than the patching, by a newer inventory with nothing newer in it."""
    scan = replace(SCAN, scanned_at=PATCHED + scanned)
    age = InventoryAge(LAUNCHED + captured, None if installed is None else PATCHED + installed)
    left = left_to_findings(settled(scan, age, OLDER), age, OLDER)
    decide = left.proof == "findings"
    assert not decide or settled(scan, age, OLDER).proof == ""
    assert not decide or (scan.scanned_at <= PATCHED and age.captured_at >= LAUNCHED)
    assert not decide or age.installed_at is None or scan.scanned_at <= age.installed_at <= PATCHED


@given(
    off=st.timedeltas(timedelta(hours=-30), timedelta(hours=30)),
    scanned=st.timedeltas(timedelta(hours=-30), timedelta(hours=2)),
    installed=st.timedeltas(timedelta(hours=-30), timedelta(hours=10, minutes=1)),
    captured=st.timedeltas(timedelta(0), timedelta(minutes=3)),
)
def test_no_clock_makes_an_old_scan_a_fresh_one(
    off: timedelta, scanned: timedelta, installed: timedelta, captured: timedelta
) -> None:
    """Whatever a host's clock says, a scan is proved only if nothing was installed since, or it is newer."""
    scan = replace(SCAN, scanned_at=LAUNCHED + scanned)
    truly = min(PATCHED + installed, LAUNCHED + captured)
    proved = settled(scan, InventoryAge(LAUNCHED + captured + off, truly + off), OURS)
    assert not proved.fresh or truly < LAUNCHED + scanned or captured < scanned
    assert abs(proved.clock_off) <= abs(off)
    if abs(off) > CLOCK_TOLERANCE + timedelta(minutes=3):
        assert (proved.clock_off > timedelta(0)) == (off > timedelta(0))
        assert not settled(scan, InventoryAge(LAUNCHED + off, truly + off), replace(OURS, ours=False)).fresh


@pytest.mark.parametrize("hours", [-2, 12])
def test_a_wrong_clock_is_named_and_its_times_are_corrected(hours: int) -> None:
    """A scan since the patching, and nothing installed since: that is so by AWS's times too."""
    off = timedelta(hours=hours)
    scan = replace(SCAN, scanned_at=LAUNCHED + timedelta(minutes=1))
    age = InventoryAge(LAUNCHED + timedelta(minutes=1) + off, PATCHED - timedelta(hours=3) + off)
    proved = settled(scan, age, OURS)
    assert proved.proof == "inventory"
    assert abs(proved.clock_off - off) <= timedelta(minutes=3)


@pytest.mark.parametrize("minutes", [-5, -1, 0, 4])
def test_a_clock_within_the_tolerance_changes_nothing(minutes: int) -> None:
    """An unchanged host is proved by its inventory, whose dates are a little wrong."""
    off = timedelta(minutes=minutes)
    age = InventoryAge(LAUNCHED + timedelta(minutes=1) + off, PATCHED + off)
    proved = settled(SCAN, age, OURS)
    assert (proved.proof, proved.clock_off) == ("inventory", timedelta(0))


def test_an_unchanged_host_with_a_wrong_clock_is_not_waited_for() -> None:
    """Its last scan may never move; one on which something was installed since may still be scanned."""
    off = timedelta(hours=-2)
    age = InventoryAge(LAUNCHED + timedelta(minutes=1) + off, PATCHED - timedelta(days=9) + off)
    read_late = replace(SCAN, after=LAUNCHED + timedelta(minutes=1), scanned_at=PATCHED)
    assert settled(read_late, age, OURS).proof == ""
    assert seems_unchanged(settled(read_late, age, OURS), age)
    changed = replace(age, installed_at=LAUNCHED - timedelta(hours=1) + off)
    assert not seems_unchanged(settled(read_late, changed, OURS), changed)
    assert not seems_unchanged(settled(SCAN, AGE, OURS), AGE)
    known = replace(SCAN, clock_off=off)  # by AWS's times of the patching
    assert settled(known, AGE, OURS).proof == ""


def test_reading_only_an_inventory_of_the_future_proves_nothing() -> None:
    """No capture is later than the moment at which AWS told of it."""
    now = LAUNCHED
    ahead = InventoryAge(now + timedelta(hours=3), PATCHED - timedelta(days=9))
    found = settled(SCAN, ahead, Capture(None, now))
    assert (found.proof, found.clock_off) == ("", timedelta(hours=3))


def test_reading_only_goes_by_the_inventory_that_there_is(aws: Simulator, connect: Connect, hosts: list[str]) -> None:
    """Without a launch, a scan that is older than something installed since is no proof."""
    reader = connect(read_only=True)
    moments = dict.fromkeys(hosts, aws.now() - timedelta(days=1))
    nothing = Launch("inspector2", aws.now(), started=False)
    found = inspector_wait.wait_for(reader, ACCOUNT, nothing, moments, 5, lambda *_: None)
    assert all(scan.proof in ("coverage", "inventory") for scan in found.hosts)
    host = aws.fleet.host(hosts[0])
    assert host
    host.install(replace(host.packages[0], installed_at=aws.now()))
    host.capture_inventory(aws.now())
    found = inspector_wait.wait_for(reader, ACCOUNT, nothing, moments, 5, lambda *_: None)
    assert [scan.fresh for scan in found.hosts] == [False, True, True]
