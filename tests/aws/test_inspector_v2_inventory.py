"""Inspector v2: the inventory as proof, while a host of somebody else keeps its execution from ending."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from postpatch.aws import inspector_v2, inspector_wait
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import ScanRun, Scope
from postpatch.simulator import Simulator

Connect = Callable[..., Connection]
Rewrite = Callable[[Connection, str, Callable[[dict[str, Any]], None]], None]
Run = Callable[..., ScanRun]

ACCOUNT = "123456789012"
TAGS = {"aws:cloudformation:stack-name": ["pww"]}


@pytest.fixture(scope="module")
def hosts(hosts_named: Callable[[str], list[str]]) -> list[str]:
    """Return the ids of the stack's hosts."""
    return sorted(hosts_named("pww-node") + hosts_named("pww-RedTeamHost"))


@pytest.fixture
def stuck(aws: Simulator, hosts_named: Callable[[str], list[str]]) -> Iterator[Simulator]:
    """Give an account in which a stranger's agent is silent, and an unchanged inventory does not count as a scan."""
    (stranger,) = (aws.fleet.host(host) for host in hosts_named("billing-batch"))
    assert stranger
    stranger.online, aws.scanner.unchanged_counts = False, False
    yield aws
    stranger.online, aws.scanner.unchanged_counts = True, True
    for host in aws.fleet.hosts():
        host.inventory_plugin = True


@pytest.fixture
def run(hosts: list[str], pww: Scope) -> Run:
    """Launch an assessment and wait for it; nothing was installed on any host."""

    def running(connection: Connection, *, minutes: int = 10) -> ScanRun:
        launched = inspector_v2.launch(connection, ACCOUNT, pww, TAGS, hosts, lambda _: None)
        moments = dict.fromkeys(hosts, launched.launched_at)
        return inspector_wait.wait_for(connection, ACCOUNT, launched, moments, minutes, lambda *_: None)

    return running


@pytest.mark.usefixtures("stuck")
def test_our_own_inventory_is_proof(connect: Connect, run: Run) -> None:
    """Each host in scope is proven by its own part of the execution, which as a whole never ends."""
    found = run(connect())
    assert not found.timed_out
    assert found.inventory_state == "Pending"
    assert [scan.proof for scan in found.hosts] == ["inventory"] * 3
    assert all(scan.inventory_at and scan.inventory_at > scan.after for scan in found.hosts)


def test_a_host_whose_capture_failed_is_not_proven(
    stuck: Simulator, connect: Connect, run: Run, hosts: list[str]
) -> None:
    """An execution that did not succeed on a host proves nothing of it, whatever it did on the others."""
    broken = stuck.fleet.host(hosts[0])
    assert broken
    broken.inventory_plugin = False
    found = run(connect())
    assert found.timed_out
    assert [scan.proof for scan in found.hosts] == ["", "inventory", "inventory"]


@pytest.mark.usefixtures("stuck")
@pytest.mark.parametrize("counted", [True, False], ids=["counted", "not-counted"])
def test_hosts_are_asked_about_once_one_is_done(connect: Connect, rewrite: Rewrite, run: Run, counted: bool) -> None:
    """While it says that no host is done none is asked about, then all in one call; without counts each is, at once."""
    looking, answers = connect(), []

    def executions(parsed: dict[str, Any]) -> None:
        for row in parsed["AssociationExecutions"]:
            answers.append(row["ResourceCountByStatus"])
            if not counted:
                del row["ResourceCountByStatus"]

    rewrite(looking, "ssm.DescribeAssociationExecutions", executions)
    rewrite(looking, "ssm.DescribeAssociationExecutionTargets", lambda _: answers.append("asked"))
    assert [scan.proof for scan in run(looking).hosts] == ["inventory"] * 3
    before = answers[answers.index("asked") - 1]
    assert ("Success" in before) is counted
    assert not counted or answers.count("asked") == 1


@pytest.mark.usefixtures("stuck")
def test_a_refusal_is_could_not_look(connect: Connect, refuse: Callable[..., list[str]], run: Run) -> None:
    """Without the permission nobody knows whether a host sent its inventory: that is no host without proof."""
    denied = connect()
    refuse(denied, "ssm.DescribeAssociationExecutionTargets", "AccessDeniedException")
    with pytest.raises(
        CouldNotCheck, match=r"^Allow DescribeAssociationExec.* how far the inventory association is on its"
    ):
        run(denied)


def test_hosts_with_findings_closed_since(aws: Simulator, connection: Connection, hosts: list[str]) -> None:
    """Hosts with the tag are found by what closed on them since, terminated ones too, and no stranger."""
    before = aws.now()
    assert inspector_v2.hosts_closed_since(connection, ACCOUNT, TAGS, before) == frozenset()
    tag = {"Key": "InspectorEc2Exclusion", "Value": ""}
    aws.client("ec2").create_tags(Resources=[hosts[0]], Tags=[tag])
    aws.client("ec2").terminate_instances(InstanceIds=[hosts[1]])
    assert inspector_v2.hosts_closed_since(connection, ACCOUNT, TAGS, before) == set(hosts[:2])
    assert inspector_v2.hosts_closed_since(connection, ACCOUNT, TAGS, aws.now()) == frozenset()
    assert inspector_v2.hosts_closed_since(connection, ACCOUNT, {"Team": ["billing"]}, before) == frozenset()
    assert inspector_v2.hosts_closed_since(connection, ACCOUNT, {}, before) == frozenset()
