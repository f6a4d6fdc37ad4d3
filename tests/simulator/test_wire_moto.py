from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import refusal

LACKING: list[tuple[str, str, dict[str, Any]]] = [
    ("ssm", "list_compliance_items", {}),
    ("ec2", "describe_fleet_history", {"FleetId": "fleet-1", "StartTime": 0}),
    ("cloudformation", "describe_type", {}),
    ("inspector2", "get_encryption_key", {"scanType": "PACKAGE", "resourceType": "AWS_ECR_CONTAINER_IMAGE"}),
    ("guardduty", "list_coverage", {"DetectorId": "x"}),
    ("cloudwatch", "get_metric_widget_image", {"MetricWidget": "{}"}),
    ("route53", "list_cidr_collections", {}),
    ("chime", "list_accounts", {}),
    ("sns", "get_data_protection_policy", {"ResourceArn": "arn:aws:sns:us-east-1:123456789012:t"}),
]


@pytest.mark.parametrize(("service", "operation", "params"), LACKING)
def test_what_nobody_implements_is_a_client_error(
    standing: Simulator, service: str, operation: str, params: dict[str, Any]
) -> None:
    """In every protocol, an operation that neither we nor moto have raises ClientError, at once and by name."""
    error = refusal(getattr(standing.client(service), operation), **params)
    assert error["Error"]["Code"] == "NotImplemented"
    assert "simulated AWS" in error["Error"]["Message"]
    assert error["ResponseMetadata"]["RetryAttempts"] == 0


def test_a_crash_of_moto_is_a_client_error(aws: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever moto trips over, a boto3 user sees InternalFailure and never a Python exception."""
    from moto.ec2.responses.vpcs import VPCs

    def trip(_: Any) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(VPCs, "describe_vpcs", trip)
    monkeypatch.setattr("time.sleep", lambda _: None)
    error = refusal(aws.client("ec2").describe_vpcs)["Error"]
    assert error["Code"] == "InternalFailure"
    assert "DescribeVpcs" in error["Message"]


def test_motos_own_errors_pass(standing: Simulator) -> None:
    """What moto refuses rightly arrives as it is."""
    assert refusal(standing.client("ssm").get_parameter, Name="absent")["Error"]["Code"] == "ParameterNotFound"
    found = refusal(standing.client("ec2").describe_vpcs, VpcIds=["vpc-0000"])["Error"]["Code"]
    assert found == "InvalidVpcID.NotFound"
    assert refusal(standing.client("s3").get_object, Bucket="absent", Key="x")["Error"]["Code"] == "NoSuchBucket"


def test_the_rest_of_aws_works(aws: Simulator) -> None:
    """STS, IAM, S3 and the rest of ssm are moto's, in one account with ours."""
    assert aws.client("sts").get_caller_identity()["Account"] == aws.account
    aws.client("s3").create_bucket(Bucket="evidence")
    aws.client("s3").put_object(Bucket="evidence", Key="a/b c", Body=b"x" * 10)
    assert aws.client("s3").get_object(Bucket="evidence", Key="a/b c")["Body"].read() == b"x" * 10
    aws.client("ssm").put_parameter(Name="p", Value="v", Type="String")
    assert aws.client("ssm").get_parameter(Name="p")["Parameter"]["Value"] == "v"
    assert aws.client("iam").list_roles()["Roles"]


def test_motos_controls_are_no_part_of_aws(aws: Simulator) -> None:
    """Nobody resets moto through the front."""
    from werkzeug.test import Client

    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/s3/aws4_request"}
    assert Client(aws.wsgi).post("/moto-api/reset").status_code == 403
    assert Client(aws.wsgi).post("/moto-api/reset", headers=signed).status_code == 501
    assert aws.client("cloudformation").describe_stacks()["Stacks"]
