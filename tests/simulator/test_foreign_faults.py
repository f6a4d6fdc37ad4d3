"""What foreign clients of the simulated AWS ran into: ordinary requests that it refused, or broke on."""

from typing import Any

import pytest
from botocore.config import Config

from postpatch.simulator import Simulator
from tests.simulator.asking import code_of, create_window, findings, named, stack_hosts

KINDS = ("ec2", "ecr", "lambda", "lambdaCode", "codeRepository")


def nodes(aws: Simulator, **filters: list[str]) -> list[str]:
    """List the managed nodes that filters leave."""
    entries = [{"Key": key, "Values": values} for key, values in filters.items()]
    found = aws.client("ssm").describe_instance_information(Filters=entries)["InstanceInformationList"]
    return [row["InstanceId"] for row in found]


def scans(aws: Simulator) -> tuple[str, dict[str, str]]:
    """Tell the status of the account, and those of the types of scans."""
    (own,) = aws.client("inspector2").batch_get_account_status()["accounts"]
    return own["state"]["status"], {kind: own["resourceState"][kind]["status"] for kind in KINDS}


@pytest.mark.parametrize("kind", ["elastic-ip", "instance", "vpc", "volume"])
def test_tags_are_listed_by_type(standing: Simulator, kind: str) -> None:
    """The tags of a type are those that the whole list has of it, the Elastic IP's of the stack among them."""
    ec2 = standing.client("ec2")
    of_type = ec2.describe_tags(Filters=[{"Name": "resource-type", "Values": [kind]}])["Tags"]
    assert of_type == [tag for tag in ec2.describe_tags()["Tags"] if tag["ResourceType"] == kind]
    assert bool(of_type) == (kind != "volume")


def test_a_stack_tags_its_address(standing: Simulator) -> None:
    """The tags are those of the allocation, and DescribeAddresses has the same."""
    ec2 = standing.client("ec2")
    (address,) = ec2.describe_addresses()["Addresses"]
    listed = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [address["AllocationId"]]}])["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in listed} == {tag["Key"]: tag["Value"] for tag in address["Tags"]}
    assert "aws:cloudformation:stack-name" in {tag["Key"] for tag in listed}


def test_an_association_has_tags(aws: Simulator) -> None:
    """Those that it was created with, and those that are added or removed later; Inspector's have none."""
    ssm = aws.client("ssm")
    tags = [{"Key": "team", "Value": "pww"}]
    made = ssm.create_association(
        Name="AWS-RunPatchBaseline", Targets=[{"Key": "InstanceIds", "Values": ["*"]}], Tags=tags,
        Parameters={"Operation": ["Scan"]},
    )["AssociationDescription"]["AssociationId"]  # fmt: skip
    of_it = {"ResourceType": "Association", "ResourceId": made}
    assert ssm.list_tags_for_resource(**of_it)["TagList"] == tags
    ssm.add_tags_to_resource(**of_it, Tags=[{"Key": "a", "Value": "b"}])
    ssm.remove_tags_from_resource(**of_it, TagKeys=["team"])
    assert ssm.list_tags_for_resource(**of_it)["TagList"] == [{"Key": "a", "Value": "b"}]
    inspectors = ssm.list_associations()["Associations"][0]["AssociationId"]
    assert ssm.list_tags_for_resource(ResourceType="Association", ResourceId=inspectors)["TagList"] == []
    assert code_of(ssm.list_tags_for_resource, ResourceType="Association", ResourceId="x") == "InvalidResourceId"


def test_nodes_are_listed_by_every_filter_of_aws(standing: Simulator) -> None:
    """By source, role and activation too; two resource types are refused."""
    everything, host = nodes(standing), named(standing, "pww-node")[0]
    assert nodes(standing, SourceIds=[host]) == [host]
    assert nodes(standing, SourceTypes=["AWS::EC2::Instance", "AWS::SSM::ManagedInstance"]) == everything
    assert nodes(standing, SourceTypes=["AWS::IoT::Thing"]) == nodes(standing, IamRole=["x"]) == []
    assert nodes(standing, ActivationIds=["a" * 36]) == []
    assert nodes(standing, ResourceType=["EC2Instance"]) == everything
    two = [{"Key": "ResourceType", "Values": ["EC2Instance", "ManagedInstance"]}]
    refused = code_of(standing.client("ssm").describe_instance_information, Filters=two)
    assert refused == "InvalidInstanceInformationFilterValue"


def test_the_status_follows_enable_and_disable(aws: Simulator) -> None:
    """The account is on as long as one type of scans is; with EC2's go its findings, and they come back with it."""
    inspector, ssm = aws.client("inspector2"), aws.client("ssm")
    off = dict.fromkeys(KINDS, "DISABLED")
    known = {(row["resources"][0]["id"], row["title"]) for row in findings(aws)}
    assert scans(aws) == ("ENABLED", off | {"ec2": "ENABLED"})
    inspector.enable(resourceTypes=["LAMBDA", "ECR"])
    assert scans(aws) == ("ENABLED", off | {"ec2": "ENABLED", "lambda": "ENABLED", "ecr": "ENABLED"})
    inspector.create_filter(name="kept", action="NONE", filterCriteria={})
    (told,) = inspector.disable(resourceTypes=["EC2"])["accounts"]
    assert (told["status"], told["resourceStatus"]["ec2"]) == ("ENABLED", "DISABLED")
    assert (findings(aws), ssm.list_associations()["Associations"]) == ([], [])
    assert len(inspector.list_filters()["filters"]) == 1
    inspector.disable()
    assert scans(aws) == ("DISABLED", off)
    assert inspector.list_filters()["filters"] == []
    inspector.enable(resourceTypes=["EC2"])
    for _ in range(20):
        inspector.list_coverage()
    assert {(row["resources"][0]["id"], row["title"]) for row in findings(aws)} == known
    assert len(ssm.list_associations()["Associations"]) == 5


def test_a_foreign_account_is_not_switched(aws: Simulator) -> None:
    """It has failed, and the own account stays as it was."""
    before = scans(aws)
    answer = aws.client("inspector2").disable(accountIds=["111122223333"])
    assert (answer["accounts"], answer["failedAccounts"][0]["errorCode"]) == ([], "ACCESS_DENIED")
    assert scans(aws) == before


def test_a_subnet_takes_as_many_instances_as_fit(aws: Simulator) -> None:
    """A /28 has 11 addresses: what does not fit is left out down to MinCount, below it all are refused."""
    ec2 = aws.client("ec2")
    host = ec2.describe_instances()["Reservations"][0]["Instances"][0]
    subnet = ec2.create_subnet(VpcId=host["VpcId"], CidrBlock="10.200.240.0/28")["Subnet"]

    def launch(least: int, most: int) -> int:
        made = ec2.run_instances(ImageId=host["ImageId"], SubnetId=subnet["SubnetId"], MinCount=least, MaxCount=most)[
            "Instances"
        ]
        return len(made)

    full: dict[str, Any] = {"ImageId": host["ImageId"], "SubnetId": subnet["SubnetId"]}
    assert code_of(ec2.run_instances, **full, MinCount=12, MaxCount=20) == "InsufficientFreeAddressesInSubnet"
    assert [launch(1, 8), launch(2, 8)] == [8, 3]
    assert code_of(ec2.run_instances, **full, MinCount=1, MaxCount=1) == "InsufficientFreeAddressesInSubnet"


ELSEWHERE = [
    ("ssm", "describe_instance_information", "InstanceInformationList"),
    ("ssm", "describe_maintenance_windows", "WindowIdentities"),
    ("ssm", "list_associations", "Associations"),
    ("inspector2", "list_findings", "findings"),
    ("inspector2", "list_coverage", "coveredResources"),
    ("inspector", "list_assessment_runs", "assessmentRunArns"),
    ("ssm-quicksetup", "list_configuration_managers", "ConfigurationManagersList"),
]


@pytest.mark.parametrize(("service", "call", "member"), ELSEWHERE)
def test_another_region_is_empty(standing: Simulator, service: str, call: str, member: str) -> None:
    """Nobody set up anything in it: a list is answered, and empty."""
    there = standing.session().client(service, region_name="eu-west-1")
    assert getattr(there, call)().get(member, []) == []


def test_regions_are_apart(aws: Simulator) -> None:
    """What is set up in one is not in the other; Inspector is off there until somebody enables it."""
    ssm = aws.session().client("ssm", region_name="eu-west-1")
    inspector = aws.session().client("inspector2", region_name="eu-west-1")
    (there,) = inspector.batch_get_account_status()["accounts"]
    assert (there["state"]["status"], scans(aws)[0]) == ("DISABLED", "ENABLED")
    own = ssm.describe_patch_baselines()["BaselineIdentities"]
    assert {row["BaselineId"].split(":")[3] for row in own} == {"eu-west-1"}
    assert ssm.get_patch_baseline(BaselineId=own[0]["BaselineId"].rpartition("/")[2])["Name"] == own[0]["BaselineName"]
    create_window(aws)
    made = ssm.create_maintenance_window(
        Name="abroad", Schedule="rate(1 day)", Duration=1, Cutoff=0, AllowUnassociatedTargets=True
    )
    assert [window["Name"] for window in ssm.describe_maintenance_windows()["WindowIdentities"]] == ["abroad"]
    assert [window["Name"] for window in aws.client("ssm").describe_maintenance_windows()["WindowIdentities"]] == [
        "pww_mw"
    ]
    assert made["WindowId"]
    inspector.enable(resourceTypes=["EC2"])
    assert len(ssm.list_associations()["Associations"]) == 5
    assert stack_hosts(aws)


def test_a_region_that_is_none_is_refused(standing: Simulator) -> None:
    """No client of AWS finds an endpoint there; who signs for it all the same is told so."""
    quick = Config(retries={"max_attempts": 0})
    ssm = standing.session().client("ssm", region_name="mars-north-1", endpoint_url="http://127.0.0.1:1", config=quick)
    assert code_of(ssm.list_associations) == "NotImplemented"
