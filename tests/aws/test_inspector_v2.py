"""Inspector v2: launching an assessment, waiting for each host's proof, and reading every finding."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from postpatch.aws import inspector_v2, inspector_wait
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import Host, ScanRun, Scope
from postpatch.simulator import Simulator

Connect = Callable[..., Connection]
Rewrite = Callable[[Connection, str, Callable[[dict[str, Any]], None]], None]
Run = Callable[..., tuple[ScanRun, list[tuple[int, int, str]]]]

ACCOUNT = "123456789012"
TAGS = {"aws:cloudformation:stack-name": ["pww"]}
WRITES = {"ssm:StartAssociationsOnce", "inspector2:CreateCisScanConfiguration"}


@pytest.fixture(scope="module")
def hosts(hosts_named: Callable[[str], list[str]]) -> list[str]:
    """Return the ids of the stack's hosts."""
    return sorted(hosts_named("pww-node") + hosts_named("pww-RedTeamHost"))


@pytest.fixture
def run(hosts: list[str], pww: Scope) -> Run:
    """Launch an assessment and wait for it; return the run and each line of progress."""

    def running(
        connection: Connection, *, minutes: int = 20, newer_than: datetime | None = None
    ) -> tuple[ScanRun, list[tuple[int, int, str]]]:
        said: list[tuple[int, int, str]] = []
        launched = inspector_v2.launch(connection, ACCOUNT, pww, TAGS, hosts, lambda _: None)
        moments = dict.fromkeys(hosts, newer_than or launched.launched_at)
        found = inspector_wait.wait_for(
            connection, ACCOUNT, launched, moments, minutes, lambda *line: said.append(line)
        )
        return found, said

    return running


@pytest.fixture
def restored(aws: Simulator, hosts: list[str]) -> Iterator[Simulator]:
    """Give the simulator to a test that changes how hosts are scanned, and put that right afterwards."""
    yield aws
    aws.scanner.hybrid, aws.scanner.unchanged_counts = False, True
    for host in aws.fleet.hosts():
        host.managed = True
    aws.client("ec2").start_instances(InstanceIds=hosts)


def test_an_account_that_is_scanned_passes(connection: Connection) -> None:
    """Where Inspector scans EC2 nothing stands in the way."""
    inspector_v2.require_enabled(connection, "123456789012")


@pytest.mark.parametrize("status", ["DISABLED", "DISABLING", "SUSPENDED", "ENABLING"])
def test_an_account_that_is_not_scanned_could_not_be_looked_at(connect: Connect, rewrite: Rewrite, status: str) -> None:
    """Without Inspector no finding means nothing: the error says so and what to enable."""
    off = connect()
    rewrite(
        off,
        "inspector2.BatchGetAccountStatus",
        lambda parsed: parsed["accounts"][0]["resourceState"]["ec2"].update(status=status),
    )
    with pytest.raises(CouldNotCheck, match=f"^Enable Amazon .* does not scan EC2 in account 123456789012: {status}."):
        inspector_v2.require_enabled(off, "123456789012")


def test_an_account_that_is_no_member_could_not_be_looked_at(connection: Connection) -> None:
    """A foreign account's status is not known, and AWS's own words say why."""
    with pytest.raises(CouldNotCheck, match="in account 210987654321: The account is not a member"):
        inspector_v2.require_enabled(connection, "210987654321")


def test_launching_starts_inventory_and_cis_scan(
    connect: Connect, pww: Scope, aws: Simulator, hosts: list[str]
) -> None:
    """Each of the two is announced before it is started, and the launch says what was started when."""
    launching, said = connect(), []
    launched = inspector_v2.launch(launching, ACCOUNT, pww, TAGS, hosts, said.append)
    assert said == [
        "starting association InspectorInventoryCollection-do-not-delete once, on every host it covers",
        "starting a one-time CIS scan of stack pww",
    ]
    assert launching.calls.keys() >= WRITES
    assert launched.started
    assert launched.association
    assert "cis-configuration" in launched.cis_configuration
    assert launched.launched_at <= aws.now()


def test_reading_only_starts_nothing(connect: Connect, pww: Scope, hosts: list[str]) -> None:
    """A connection that only reads launches nothing and asks nothing."""
    reader, said = connect(read_only=True), []
    launched = inspector_v2.launch(reader, ACCOUNT, pww, TAGS, hosts, said.append)
    assert (launched.started, said, reader.calls) == (False, [], {})


@pytest.mark.parametrize(("targets", "found"), [([{"Key": "InstanceIds", "Values": ["*"]}], True), ([], False)])
def test_where_inspectors_own_association_is_absent(
    connect: Connect, rewrite: Rewrite, pww: Scope, hosts: list[str], targets: list[dict[str, Any]], found: bool
) -> None:
    """An older inventory association of all instances serves instead; one of some instances does not."""
    other, asked = connect(), []

    def answer(parsed: dict[str, Any]) -> None:
        asked.append(parsed)
        parsed["Associations"] = [] if len(asked) == 1 else [dict(parsed["Associations"][0], Targets=targets)]

    rewrite(other, "ssm.ListAssociations", answer)
    said: list[str] = []
    launched = inspector_v2.launch(other, ACCOUNT, pww, TAGS, hosts, said.append)
    assert bool(launched.association) is found
    assert len(said) == 1 + found


def test_a_run_is_waited_for_to_its_end(connect: Connect, run: Run, hosts: list[str]) -> None:
    """Every host is proven by its coverage, the CIS scan completes, and each poll says how far it is."""
    found, said = run(connect())
    assert [(scan.host, scan.proof, scan.status) for scan in found.hosts] == [
        (host, "coverage", "ACTIVE") for host in hosts
    ]
    assert all(scan.scanned_at and scan.scanned_at > scan.after for scan in found.hosts)
    assert (found.inventory_state, found.cis_state, found.timed_out) == ("Success", "COMPLETED", False)
    assert [(host.host, host.status) for host in found.cis_hosts] == [(host, "COMPLETED") for host in hosts]
    waiting = ", ".join(f"{host} (its inventory)" for host in hosts)
    assert said[0] == (0, 3, f"inventory InProgress, CIS scan IN_PROGRESS; waiting for {waiting}")
    assert said[-1] == (3, 3, "inventory Success, CIS scan COMPLETED")


@pytest.mark.parametrize("kind", ["agentless", "stopped", "unmanaged"])
def test_a_host_that_will_not_be_scanned_is_not_waited_for(
    restored: Simulator, connect: Connect, run: Run, hosts: list[str], kind: str
) -> None:
    """An agentless, stopped or unmanaged host is without proof at once: the run ends with the others, in time."""
    odd = restored.fleet.host(hosts[1])
    assert odd
    if kind == "stopped":
        restored.client("ec2").stop_instances(InstanceIds=[odd.instance_id])
    else:
        odd.managed, restored.scanner.hybrid = False, kind == "agentless"
    found, said = run(connect(), minutes=60)
    assert not found.timed_out
    assert len(said) < 20
    scan = {scan.host: scan for scan in found.hosts}[odd.instance_id]
    assert scan.proof == ""
    assert (scan.mode, scan.status, scan.reason) == {
        "agentless": ("EC2_AGENTLESS", "ACTIVE", "SUCCESSFUL"),
        "stopped": ("EC2_SSM_AGENT_BASED", "INACTIVE", "EC2_INSTANCE_STOPPED"),
        "unmanaged": ("EC2_SSM_AGENT_BASED", "INACTIVE", "UNMANAGED_EC2_INSTANCE"),
    }[kind]
    assert [scan.proof for scan in found.hosts if scan.host != odd.instance_id] == ["coverage", "coverage"]


def test_a_newer_inventory_proves_an_unchanged_host(
    restored: Simulator, connect: Connect, run: Run, hosts: list[str]
) -> None:
    """Where Inspector does not count an unchanged inventory, a capture after the patching is proof, and named so."""
    restored.scanner.unchanged_counts = False
    found, _ = run(connect())
    assert not found.timed_out
    assert [scan.proof for scan in found.hosts] == ["inventory"] * len(hosts)
    assert all(scan.inventory_at and scan.inventory_at > scan.after for scan in found.hosts)


def test_a_newer_inventory_proves_nothing_of_a_changed_host(
    restored: Simulator, connect: Connect, run: Run, hosts: list[str]
) -> None:
    """A host on which something was installed since Inspector's last scan is left to its findings at the limit."""
    restored.scanner.unchanged_counts = False
    changed = restored.fleet.host(hosts[0])
    assert changed
    restored.scanner.behind.add(hosts[0])
    package = changed.packages[0]
    changed.install(replace(package, installed_at=restored.now()))
    found, _ = run(connect())
    restored.scanner.behind.clear()
    assert not found.timed_out
    assert [scan.proof for scan in found.hosts] == ["findings", "inventory", "inventory"]


@pytest.mark.parametrize(
    ("known", "status", "proof"),
    [(False, "", ""), (True, "ACTIVE", "findings")],
    ids=["unknown", "scanned-no-more"],
)
def test_at_the_limit_a_host_is_not_fresh_or_left_to_its_findings(
    connect: Connect, rewrite: Rewrite, run: Run, hosts: list[str], known: bool, status: str, proof: str
) -> None:
    """A host that Inspector does not know is waited for in vain; one whose scan is old is left to its findings."""
    slow = connect()

    def answer(parsed: dict[str, Any]) -> None:
        rows = parsed["coveredResources"]
        parsed["coveredResources"] = [row for row in rows if known or row["resourceId"] != hosts[0]]
        for row in parsed["coveredResources"]:
            if row["resourceId"] == hosts[0]:
                row["lastScannedAt"] = row["lastScannedAt"].replace(year=2020)

    rewrite(slow, "inspector2.ListCoverage", answer)
    found, _ = run(slow, minutes=6)
    assert found.timed_out == (not known)
    proofs = [(scan.proof, scan.status) for scan in found.hosts]
    assert proofs == [(proof, status), ("coverage", "ACTIVE"), ("coverage", "ACTIVE")]


@pytest.mark.parametrize("reason", ["NO_INVENTORY", "STALE_INVENTORY", "PENDING_INITIAL_SCAN", "SCAN_IN_PROGRESS"])
def test_a_reason_that_passes_is_waited_for(connect: Connect, rewrite: Rewrite, run: Run, reason: str) -> None:
    """A scan that is inactive for a passing reason is asked for again until it is there."""
    slow, asked = connect(), []

    def answer(parsed: dict[str, Any]) -> None:
        asked.append(parsed)
        if len(asked) < 4:
            for row in parsed["coveredResources"]:
                row["scanStatus"] = {"statusCode": "INACTIVE", "reason": reason}

    rewrite(slow, "inspector2.ListCoverage", answer)
    found, _ = run(slow)
    assert [scan.proof for scan in found.hosts] == ["coverage"] * 3
    assert len(asked) >= 4


def test_reading_only_looks_once(connect: Connect, run: Run, hosts: list[str], aws: Simulator) -> None:
    """A run that started nothing judges what is there: scans since the patching, and the newest CIS scan since."""
    before = aws.now()
    run(connect())
    reader = connect(read_only=True)
    found, said = run(reader, newer_than=before)
    assert [scan.proof for scan in found.hosts] == ["coverage"] * len(hosts)
    assert (found.cis_state, found.timed_out, len(said)) == ("COMPLETED", False, 1)
    assert not reader.calls.keys() & WRITES
    later, _ = run(connect(read_only=True), newer_than=aws.now())
    assert [scan.proof for scan in later.hosts] == ["", "", ""]
    assert (later.cis_state, later.cis_hosts, later.timed_out) == ("", (), False)


def test_a_poll_that_is_refused_could_not_look(connect: Connect, run: Run, refuse: Callable[..., list[str]]) -> None:
    """Credentials that run out while waiting end the wait as could-not-look, not as hosts without proof."""
    expiring = connect()
    refuse(expiring, "inspector2.ListCoverage", "ExpiredTokenException", after=1)
    with pytest.raises(CouldNotCheck, match=r"^Renew the credentials .* Could not ask how 3 hosts, beginning with "):
        run(expiring)


def test_more_hosts_than_a_filter_holds(connect: Connect) -> None:
    """Hosts are asked for in tens, so that no filter is refused."""
    reader = connect()
    many = [Host(f"i-{number:017x}") for number in range(2, 24)]
    list(inspector_v2.findings(reader, ACCOUNT, many))
    assert reader.calls["inspector2:ListFindings"] == 3
