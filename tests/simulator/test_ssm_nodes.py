from datetime import timedelta

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import STACK_TAG, code_of, named, stack_hosts


def ids(aws: Simulator, **filters: list[str]) -> set[str]:
    """List the ids of the managed nodes that pass filters."""
    given = [{"Key": key.replace("__", ":"), "Values": values} for key, values in filters.items()]
    pages = aws.client("ssm").get_paginator("describe_instance_information").paginate(Filters=given)
    return {node["InstanceId"] for page in pages for node in page["InstanceInformationList"]}


def test_every_host_is_managed_and_online(standing: Simulator) -> None:
    """All hosts are managed nodes whose agents answer now."""
    nodes = standing.client("ssm").describe_instance_information()["InstanceInformationList"]
    assert {node["PingStatus"] for node in nodes} == {"Online"}
    assert all(node["LastPingDateTime"] == standing.now() for node in nodes)
    assert len(nodes) == 4


def test_nodes_are_found_by_tag_id_and_status(standing: Simulator) -> None:
    """Filters by tag, id and ping status give the nodes that hold them."""
    stack = set(stack_hosts(standing))
    given = [{"Key": f"tag:{STACK_TAG}", "Values": ["pww"]}]
    found = standing.client("ssm").describe_instance_information(Filters=given)["InstanceInformationList"]
    assert {node["InstanceId"] for node in found} == stack
    one = sorted(stack)[0]
    assert ids(standing, InstanceIds=[one]) == {one}
    assert ids(standing, tag__Name=["pww-node"]) == set(named(standing, "pww-node"))
    assert ids(standing, PingStatus=["ConnectionLost"]) == set()
    old = standing.client("ssm").describe_instance_information(
        InstanceInformationFilterList=[{"key": "InstanceIds", "valueSet": [one]}]
    )
    assert len(old["InstanceInformationList"]) == 1


def test_a_silent_agent_has_lost_its_connection(aws: Simulator) -> None:
    """An agent that stopped answering is ConnectionLost, with the time of its last word."""
    silent = aws.fleet.hosts()[0]
    silent.online = False
    assert ids(aws, PingStatus=["ConnectionLost"]) == {silent.instance_id}


def test_who_is_not_managed_is_not_listed(aws: Simulator) -> None:
    """Unmanaged and terminated hosts have no row."""
    unmanaged, *others, terminated = aws.fleet.hosts()
    unmanaged.managed = False
    aws.client("ec2").terminate_instances(InstanceIds=[terminated.instance_id])
    assert ids(aws) == {host.instance_id for host in others}


def test_unknown_filters_are_refused(standing: Simulator) -> None:
    """A filter key that Systems Manager does not have is InvalidFilterKey."""
    ask = standing.client("ssm").describe_instance_information
    assert code_of(ask, Filters=[{"Key": "Colour", "Values": ["blue"]}]) == "InvalidFilterKey"


def test_the_inventory_lists_every_package(standing: Simulator) -> None:
    """What the agent told last is listed in pages, with name, version and release."""
    host = standing.fleet.hosts()[0]
    pages, token = [], {}
    while True:
        answer = standing.client("ssm").list_inventory_entries(
            InstanceId=host.instance_id, TypeName="AWS:Application", MaxResults=50, **token
        )
        pages += answer["Entries"]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert len(pages) == len(host.packages)
    listed = {(entry["Name"], f"{entry['Epoch']}:{entry['Version']}-{entry['Release']}") for entry in pages}
    assert listed == {(package.name, str(package.evr)) for package in host.packages}


@pytest.mark.parametrize(
    ("instance", "kind", "code"),
    [
        ("i-00000000000000000", "AWS:Application", "InvalidInstanceId"),
        (None, "AWS:Service", "InvalidTypeNameException"),
    ],
)
def test_inventory_that_is_not_there(standing: Simulator, instance: str | None, kind: str, code: str) -> None:
    """An unknown node and a type that is not simulated are refused."""
    wanted = instance or standing.fleet.hosts()[0].instance_id
    assert code_of(standing.client("ssm").list_inventory_entries, InstanceId=wanted, TypeName=kind) == code


def test_a_hybrid_node_is_systems_managers_alone(aws: Simulator) -> None:
    """It is managed, found by its tags and patched; EC2 and Inspector do not know it."""
    image = aws.fleet.hosts()[0].image_id
    node = aws.fleet.activate(image, "branch-1", {"Site": "north"}).instance_id
    ssm = aws.client("ssm")
    given = [{"Key": "tag:Site", "Values": ["north"]}, {"Key": "ResourceType", "Values": ["ManagedInstance"]}]
    (row,) = ssm.describe_instance_information(Filters=given)["InstanceInformationList"]
    assert (row["InstanceId"], row["Name"], row["SourceType"]) == (node, "branch-1", "AWS::SSM::ManagedInstance")
    sent = {"DocumentName": "AWS-RunPatchBaseline", "Parameters": {"Operation": ["Install"]}}
    ssm.send_command(Targets=[{"Key": "tag:Site", "Values": ["north"]}], **sent)
    aws.clock.advance(timedelta(hours=1))
    (state,) = ssm.describe_instance_patch_states(InstanceIds=[node])["InstancePatchStates"]
    assert (state["Operation"], state["FailedCount"]) == ("Install", 0)
    instances = aws.client("ec2").describe_instances()["Reservations"]
    assert node not in {one["InstanceId"] for reservation in instances for one in reservation["Instances"]}
    covered = aws.client("inspector2").list_coverage()["coveredResources"]
    assert node not in {one["resourceId"] for one in covered}
