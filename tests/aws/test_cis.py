"""CIS scans: created once, found again, and every check of every host kept."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from postpatch.aws import cis
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck, NotAllowed
from postpatch.model import CisHost, FindingType, Scope, Severity
from postpatch.simulator import Simulator

Connect = Callable[..., Connection]
Named = Callable[[str], list[str]]

ACCOUNT = "123456789012"
HOST = "i-0123456789abcdef0"
TAGS = {"aws:cloudformation:stack-name": ["pww"]}


@pytest.fixture(scope="module")
def configuration(aws: Simulator, connection: Connection, pww: Scope) -> str:
    """Create a scan of the stack and wait until it is complete."""
    created = cis.create_scan(connection, pww, TAGS, aws.now())
    while cis.find_scan(connection, created)[1] not in cis.FINISHED:
        pass
    return created


@pytest.fixture(scope="module")
def scan(connection: Connection, configuration: str) -> str:
    """Return the completed scan."""
    return cis.find_scan(connection, configuration)[0]


def test_a_scan_runs_once_at_once(aws: Simulator, connection: Connection, pww: Scope) -> None:
    """A one-time scan is in progress as soon as it is created, and complete a while later, under one ARN."""
    created = cis.create_scan(connection, pww, TAGS, aws.now())
    arn, status = cis.find_scan(connection, created)
    assert status == "IN_PROGRESS"
    states = {cis.find_scan(connection, created) for _ in range(12)}
    assert (arn, "COMPLETED") in states


def test_a_scan_is_ours_and_asks_for_no_more_than_its_hosts(aws: Simulator, configuration: str) -> None:
    """The configuration is named after the tool, marked as ours, once, level 1, on the scope's tag alone."""
    found = aws.client("inspector2").list_cis_scan_configurations(maxResults=100)["scanConfigurations"]
    (ours,) = [one for one in found if one["scanConfigurationArn"] == configuration]
    assert ours["scanName"].startswith("postpatch 2026-11-20T21:")
    assert ours["scanName"].endswith(" stack pww")
    assert (ours["securityLevel"], ours["schedule"]) == ("LEVEL_1", {"oneTime": {}})
    assert ours["targets"]["targetResourceTags"] == TAGS
    assert ours["tags"] == {"created-by": "postpatch"}


def test_a_long_scope_still_has_a_name(aws: Simulator, connection: Connection) -> None:
    """A scope of many ids is cut to the length that AWS takes for a name."""
    many = Scope("instances", tuple(f"i-{number:017x}" for number in range(20)))
    assert cis.create_scan(connection, many, TAGS, aws.now())


def test_reading_only_creates_none(aws: Simulator, connect: Connect, pww: Scope) -> None:
    """A connection that only reads starts no scan."""
    with pytest.raises(NotAllowed):
        cis.create_scan(connect(read_only=True), pww, TAGS, aws.now())


def test_the_newest_scan_since_a_moment(aws: Simulator, connection: Connection, pww: Scope) -> None:
    """Without a configuration of its own a run finds the newest scan that began since, or none."""
    connection.caller()  # a call takes a second: no scan of another test began in this one
    since = aws.now()
    assert cis.find_scan(connection, "", since) == ("", "")
    created = cis.create_scan(connection, pww, TAGS, since)
    newest = cis.find_scan(connection, "", since)
    assert newest[0] == cis.find_scan(connection, created)[0]


def test_each_host_has_its_part(connection: Connection, scan: str, hosts_named: Named) -> None:
    """Every host of the stack was scanned, and the red team's fails in one more check than a fresh one."""
    hosts = {host.host: host for host in cis.scanned_hosts(connection, ACCOUNT, scan)}
    (red,) = hosts_named("pww-RedTeamHost")
    nodes = hosts_named("pww-node")
    assert set(hosts) == {red, *nodes}
    assert {host.status for host in hosts.values()} == {"COMPLETED"}
    assert hosts[red].failed > hosts[nodes[0]].failed > 0
    assert all(host.passed and host.skipped for host in hosts.values())


def test_a_host_that_is_not_managed_says_why(
    aws: Simulator, connection: Connection, pww: Scope, hosts_named: Named
) -> None:
    """A host that the scan could not reach has its part without a result, and the reason."""
    odd = aws.fleet.host(hosts_named("pww-node")[0])
    assert odd
    odd.managed = False
    try:
        created = cis.create_scan(connection, pww, TAGS, aws.now())
        while cis.find_scan(connection, created)[1] not in cis.FINISHED:
            pass
    finally:
        odd.managed = True
    hosts = {host.host: host for host in cis.scanned_hosts(connection, ACCOUNT, cis.find_scan(connection, created)[0])}
    told = hosts[odd.instance_id]
    assert told == CisHost(odd.instance_id, told.status, "SSM_UNMANAGED")
    assert told.status != "COMPLETED"


def test_every_check_becomes_a_finding(connection: Connection, scan: str, hosts_named: Named) -> None:
    """Failed checks are active, passed ones closed, skipped ones prove nothing; as many as the host's part counts."""
    (red,) = hosts_named("pww-RedTeamHost")
    found = list(cis.checks(connection, scan, "123456789012", [red]))
    part = next(host for host in cis.scanned_hosts(connection, ACCOUNT, scan) if host.host == red)
    counted = Counter(one.status for one in found)
    assert counted == {"ACTIVE": part.failed, "CLOSED": part.passed, "SKIPPED": part.skipped}
    for one in found:
        assert (one.account, one.region, one.host) == ("123456789012", "us-east-1", red)
        assert (one.type, one.severity) == (FindingType.CONFIGURATION, Severity.UNTRIAGED)
        assert one.vulnerability
        assert one.title
    assert len({one.vulnerability for one in found}) == len(found)


def test_the_root_login_is_found(connection: Connection, scan: str, hosts_named: Named) -> None:
    """The tutorial's own example, a root login over SSH, is active on the red team's host and there alone."""
    hosts = hosts_named("pww-RedTeamHost") + hosts_named("pww-node")
    logins = [one for one in cis.checks(connection, scan, "123456789012", hosts) if "PermitRootLogin" in one.title]
    assert [(one.host, one.status) for one in logins] == [
        (host, "ACTIVE" if host == hosts[0] else "CLOSED") for host in hosts
    ]
    assert logins[0].remediation


@pytest.mark.parametrize(
    ("operation", "look"),
    [
        ("ListCisScans", lambda connection, scan: cis.find_scan(connection, scan)),
        (
            "ListCisScanResultsAggregatedByTargetResource",
            lambda connection, scan: cis.scanned_hosts(connection, ACCOUNT, scan),
        ),
        ("GetCisScanResultDetails", lambda connection, scan: list(cis.checks(connection, scan, "1" * 12, [HOST]))),
    ],
    ids=["scans", "hosts", "checks"],
)
def test_a_refusal_could_not_look(
    connect: Connect, refuse: Callable[..., list[str]], scan: str, operation: str, look: Callable[..., Any]
) -> None:
    """AccessDenied on any of the calls is could-not-look, never a host without failed checks."""
    denied = connect()
    refuse(denied, f"inspector2.{operation}", "AccessDeniedException", 403)
    with pytest.raises(CouldNotCheck, match=f"Allow {operation} to the caller"):
        look(denied, scan)
