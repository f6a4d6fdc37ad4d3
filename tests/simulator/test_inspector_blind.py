"""What keeps Inspector from looking: switched off, behind, a system that it does not support, a missing inventory."""

from datetime import timedelta

import pytest

from postpatch.simulator import Simulator
from postpatch.simulator.hosts.host import Host
from tests.simulator.asking import equals, findings, launch_inventory, package_rows, rescan


@pytest.fixture
def host(aws: Simulator) -> Host:
    """Give one of the stack's hosts."""
    return aws.fleet.hosts()[0]


def scanned(aws: Simulator, host: Host) -> object:
    """Tell when a host's packages were scanned last."""
    return {row["resourceId"]: row["lastScannedAt"] for row in package_rows(aws)}[host.instance_id]


def look_again(aws: Simulator) -> dict[str, object]:
    """Launch the inventory, let it pass, and tell the newest execution."""
    association = launch_inventory(aws)
    aws.clock.advance(timedelta(minutes=10))
    rows = aws.client("ssm").describe_association_executions(AssociationId=association)["AssociationExecutions"]
    newest: dict[str, object] = rows[0]
    return newest


def test_switched_off_nothing_is_scanned(aws: Simulator, host: Host) -> None:
    """An account in which EC2 is not scanned says so, and its findings stay as they were."""
    before, known = scanned(aws, host), findings(aws)
    aws.scanner.enabled = False
    aws.remediate()
    look_again(aws)
    (told,) = aws.client("inspector2").batch_get_account_status()["accounts"]
    assert told["resourceState"]["ec2"]["status"] == told["state"]["status"] == "DISABLED"
    assert scanned(aws, host) == before
    assert findings(aws) == known


def test_a_host_that_inspector_is_behind_with(aws: Simulator, host: Host) -> None:
    """Its inventory arrives and nobody reads it: the scan stays active and old, while the others are scanned."""
    before = scanned(aws, host)
    aws.scanner.behind.add(host.instance_id)
    aws.remediate()
    assert look_again(aws)["Status"] == "Success"
    assert host.inventory
    assert host.inventory.captured_at > aws.now() - timedelta(minutes=10)
    assert scanned(aws, host) == before
    assert all(row["scanStatus"]["statusCode"] == "ACTIVE" for row in package_rows(aws))
    assert sum(row["lastScannedAt"] > aws.now() - timedelta(minutes=10) for row in package_rows(aws)) == 3


def test_a_system_that_is_not_supported(aws: Simulator, host: Host) -> None:
    """Its coverage says why, its findings close at once, and Systems Manager still manages it."""
    host.platform = "AMAZON_LINUX_2026"
    aws.clock.advance(timedelta(minutes=1))
    rows = {row["resourceId"]: row["scanStatus"] for row in package_rows(aws)}
    assert rows[host.instance_id] == {"statusCode": "INACTIVE", "reason": "UNSUPPORTED_OS"}
    assert not findings(aws, resourceId=equals(host.instance_id))
    assert findings(aws, status="CLOSED", resourceId=equals(host.instance_id))
    nodes = aws.client("ssm").describe_instance_information(
        Filters=[{"Key": "InstanceIds", "Values": [host.instance_id]}]
    )["InstanceInformationList"]
    assert (nodes[0]["PlatformName"], nodes[0]["PlatformVersion"]) == ("Amazon Linux", "2026")


def test_an_inventory_that_is_not_captured(aws: Simulator, host: Host) -> None:
    """The association fails on that host alone, whose inventory grows stale."""
    before = scanned(aws, host)
    host.inventory_plugin = False
    newest = look_again(aws)
    assert (newest["Status"], newest["ResourceCountByStatus"]) == ("Failed", "{Failed=1, Success=3}")
    assert scanned(aws, host) == before
    aws.clock.advance(timedelta(days=8))
    rows = {row["resourceId"]: row["scanStatus"]["reason"] for row in package_rows(aws)}
    assert rows[host.instance_id] == "STALE_INVENTORY"


def test_what_came_back_is_scanned_again(aws: Simulator, host: Host) -> None:
    """Once nothing keeps Inspector from looking any more, a rescan is one like any other."""
    host.platform, aws.scanner.enabled = "AMAZON_LINUX_2026", False
    look_again(aws)
    host.platform, aws.scanner.enabled = "AMAZON_LINUX_2023", True
    rescan(aws)
    assert findings(aws, resourceId=equals(host.instance_id))
