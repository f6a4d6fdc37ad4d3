from datetime import timedelta

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import (
    INVENTORY,
    equals,
    findings,
    launch_inventory,
    of_stack,
    package_rows,
    rescan,
    stack_hosts,
)


def test_an_instance_has_two_rows(aws: Simulator) -> None:
    """Each instance is covered twice: for its packages by its agent, and for its network."""
    rows = aws.client("inspector2").list_coverage()["coveredResources"]
    assert len(rows) == 8
    assert {(row["scanType"], row.get("scanMode")) for row in rows} == {
        ("PACKAGE", "EC2_SSM_AGENT_BASED"),
        ("NETWORK", None),
    }
    assert all(row["scanStatus"] == {"statusCode": "ACTIVE", "reason": "SUCCESSFUL"} for row in rows)
    assert {row["resourceMetadata"]["ec2"]["platform"] for row in rows} == {"LINUX"}


@pytest.mark.parametrize(
    ("criteria", "count"),
    [
        ({"scanType": equals("PACKAGE")}, 4),
        ({"scanType": [{"comparison": "NOT_EQUALS", "value": "PACKAGE"}]}, 4),
        ({"ec2InstanceTags": of_stack()}, 6),
        ({"resourceType": equals("AWS_EC2_INSTANCE"), "scanMode": equals("EC2_SSM_AGENT_BASED")}, 4),
        ({"scanStatusCode": equals("INACTIVE")}, 0),
        ({"scanStatusReason": equals("SUCCESSFUL")}, 8),
        ({"accountId": equals("999999999999")}, 0),
        ({"ecrRepositoryName": equals("web")}, 0),
    ],
)
def test_filters_filter(standing: Simulator, criteria: dict[str, list[dict[str, str]]], count: int) -> None:
    """Each filter gives the rows that hold it, and no others."""
    assert len(standing.client("inspector2").list_coverage(filterCriteria=criteria)["coveredResources"]) == count


def test_last_scanned_filters(aws: Simulator) -> None:
    """Rows are found by when they were scanned."""
    inspector, scanned = aws.client("inspector2"), package_rows(aws)[0]["lastScannedAt"]
    later = {"lastScannedAt": [{"startInclusive": scanned + timedelta(hours=1)}]}
    assert inspector.list_coverage(filterCriteria=later)["coveredResources"] == []
    assert inspector.list_coverage(filterCriteria={"lastScannedAt": [{"endInclusive": scanned}]})["coveredResources"]


def test_a_launched_inventory_moves_the_scan(aws: Simulator) -> None:
    """Starting the association captures inventory after a while; Inspector then scans, a minute later."""
    began = aws.now()
    association = launch_inventory(aws)
    assert all(row["lastScannedAt"] < began for row in package_rows(aws))
    rescan(aws)
    execution = aws.client("ssm").describe_association_executions(AssociationId=association)["AssociationExecutions"][0]
    assert execution["Status"] == "Success"
    assert execution["ResourceCountByStatus"] == "{Success=4}"
    for host in stack_hosts(aws):
        entries = aws.client("ssm").list_inventory_entries(InstanceId=host, TypeName="AWS:Application")
        assert entries["CaptureTime"] > began.isoformat()


def test_an_unchanged_inventory_may_not_count(aws: Simulator) -> None:
    """A world may say that an inventory that is the same moves nothing; one that changed always does."""
    aws.scanner.unchanged_counts = False
    before = {row["resourceId"]: row["lastScannedAt"] for row in package_rows(aws)}
    changed = aws.fleet.hosts()[0]
    changed.packages = changed.packages[:-1]
    launch_inventory(aws)
    aws.clock.advance(timedelta(minutes=10))
    moved = {row["resourceId"] for row in package_rows(aws) if row["lastScannedAt"] > before[row["resourceId"]]}
    assert moved == {changed.instance_id}


def test_the_schedule_runs_if_a_world_says_so(aws: Simulator) -> None:
    """With the association on its schedule, an inventory is never older than half an hour or so."""
    aws.associations.run_on_schedule = True
    aws.clock.advance(timedelta(hours=5))
    assert all(aws.now() - row["lastScannedAt"] < timedelta(minutes=35) for row in package_rows(aws))


def test_an_offline_agent_keeps_its_old_findings(aws: Simulator) -> None:
    """A host whose agent is silent is not scanned anew, and the execution does not succeed."""
    silent = aws.fleet.hosts()[0]
    silent.online = False
    before = len(findings(aws, resourceId=equals(silent.instance_id)))
    aws.remediate()
    association = launch_inventory(aws)
    aws.clock.advance(timedelta(minutes=10))
    rows = {row["resourceId"]: row["lastScannedAt"] for row in package_rows(aws)}
    assert min(rows, key=lambda host: rows[host]) == silent.instance_id
    assert len(findings(aws, resourceId=equals(silent.instance_id))) == before
    execution = aws.client("ssm").describe_association_executions(AssociationId=association)["AssociationExecutions"][0]
    assert execution["Status"] == "Pending"
    targets = aws.client("ssm").describe_association_execution_targets(
        AssociationId=association, ExecutionId=execution["ExecutionId"]
    )["AssociationExecutionTargets"]
    assert [t["ResourceId"] for t in targets if t["Status"] != "Success"] == [silent.instance_id]


def test_reasons_tell_what_is_wrong(aws: Simulator) -> None:
    """Stale, unmanaged, stopped, terminated: each has AWS's reason."""
    stale, unmanaged, stopped, terminated = aws.fleet.hosts()
    unmanaged.managed = False
    aws.client("ec2").stop_instances(InstanceIds=[stopped.instance_id])
    aws.client("ec2").terminate_instances(InstanceIds=[terminated.instance_id])
    aws.clock.advance(timedelta(days=8))
    reasons = {row["resourceId"]: row["scanStatus"]["reason"] for row in package_rows(aws)}
    assert reasons == {
        stale.instance_id: "STALE_INVENTORY",
        unmanaged.instance_id: "UNMANAGED_EC2_INSTANCE",
        stopped.instance_id: "EC2_INSTANCE_STOPPED",
        terminated.instance_id: "RESOURCE_TERMINATED",
    }


def test_associations_are_found_and_described(aws: Simulator) -> None:
    """An association is found by name and document, and described with its last execution."""
    ssm = aws.client("ssm")
    by_name = ssm.list_associations(AssociationFilterList=[{"key": "AssociationName", "value": INVENTORY}])
    by_document = ssm.list_associations(AssociationFilterList=[{"key": "Name", "value": "AWS-GatherSoftwareInventory"}])
    assert by_name["Associations"] == by_document["Associations"]
    described = ssm.describe_association(AssociationId=by_name["Associations"][0]["AssociationId"])
    assert described["AssociationDescription"]["LastSuccessfulExecutionDate"]
    assert described["AssociationDescription"]["ScheduleExpression"] == "rate(30 minutes)"
    assert ssm.list_associations(AssociationFilterList=[{"key": "AssociationName", "value": "x"}])["Associations"] == []


def test_unknown_associations_are_refused(aws: Simulator) -> None:
    """An association that does not exist is AssociationDoesNotExist, in every operation."""
    from tests.simulator.asking import code_of

    ssm, absent = aws.client("ssm"), "00000000-0000-0000-0000-000000000000"
    assert code_of(ssm.start_associations_once, AssociationIds=[absent]) == "AssociationDoesNotExist"
    assert code_of(ssm.describe_association, AssociationId=absent) == "AssociationDoesNotExist"
    assert code_of(ssm.describe_association_executions, AssociationId=absent) == "AssociationDoesNotExist"
