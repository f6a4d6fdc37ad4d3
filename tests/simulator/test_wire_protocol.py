import json
from typing import Any

import pytest
from werkzeug.test import Client

from postpatch.simulator import Simulator
from postpatch.simulator.wire.front import MAX_BODY
from tests.simulator.asking import code_of, equals, refusal

SCOPE = "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def ssm_post(aws: Simulator, target: str, body: bytes | str) -> Any:
    """Send a raw request to the simulated Systems Manager."""
    headers = {"Authorization": SCOPE.format("ssm"), "X-Amz-Target": f"AmazonSSM.{target}"}
    return Client(aws.wsgi).post("/", data=body, headers=headers, content_type="application/x-amz-json-1.1")


def inspector_post(aws: Simulator, path: str, body: bytes | str) -> Any:
    """Send a raw request to the simulated Inspector."""
    return Client(aws.wsgi).post(path, data=body, headers={"Authorization": SCOPE.format("inspector2")})


def told(answer: Any) -> Any:
    """Read the JSON of an answer, whose content type is AWS's own."""
    return json.loads(answer.data)


def test_answers_carry_a_request_id(standing: Simulator) -> None:
    """Each answer, ours and moto's, good and bad, has its own x-amzn-RequestId."""
    ids = [
        standing.client("inspector2").list_coverage()["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"],
        standing.client("ec2").describe_vpcs()["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"],
        ssm_post(standing, "Nothing", "{}").headers["x-amzn-RequestId"],
    ]
    assert len(set(ids)) == 3


def test_timestamps_are_seconds_since_the_epoch(standing: Simulator) -> None:
    """Times go over the wire as numbers, as recorded answers have them."""
    answer = told(inspector_post(standing, "/coverage/list", "{}"))
    assert isinstance(answer["coveredResources"][0]["lastScannedAt"], float)


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "\xff\xfe", "[" * 5000])
def test_a_body_that_is_no_json_object_is_refused(standing: Simulator, body: str) -> None:
    """A malformed body is a SerializationException, and the application stays up."""
    answer = ssm_post(standing, "DescribeMaintenanceWindows", body)
    assert (answer.status_code, told(answer)["__type"]) == (400, "SerializationException")
    assert ssm_post(standing, "DescribeMaintenanceWindows", "{}").status_code == 200


def test_an_oversized_body_is_refused(standing: Simulator) -> None:
    """A body above the limit is refused before anything reads it."""
    answer = inspector_post(standing, "/findings/list", b" " * (MAX_BODY + 1))
    assert (answer.status_code, told(answer)["__type"]) == (413, "RequestEntityTooLarge")


def test_an_unknown_operation_is_named(standing: Simulator) -> None:
    """An operation that the model does not have is an error that names it."""
    answer = ssm_post(standing, "ForgetEverything", "{}")
    assert told(answer)["__type"] == "UnknownOperationException"
    assert "ForgetEverything" in told(answer)["message"]
    assert inspector_post(standing, "/nowhere", "{}").status_code == 404


def test_an_unknown_member_is_refused(standing: Simulator) -> None:
    """A misspelt parameter is refused, never ignored."""
    answer = inspector_post(standing, "/findings/list", json.dumps({"filterCriterias": {}}))
    assert told(answer)["__type"] == "ValidationException"
    assert "filterCriterias" in told(answer)["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"maxResults": "25"},
        {"maxResults": True},
        {"filterCriteria": []},
        {"filterCriteria": {"severity": {}}},
        {"filterCriteria": {"updatedAt": [{"startInclusive": "yesterday"}]}},
    ],
)
def test_a_wrong_type_is_a_serialization_error(standing: Simulator, body: dict[str, Any]) -> None:
    """A value of another type than the model's is refused."""
    assert told(inspector_post(standing, "/findings/list", json.dumps(body)))["__type"] == "SerializationException"


def test_limits_of_the_model_are_kept(standing: Simulator) -> None:
    """Range, length of lists and enums come from botocore's model; inspector2 names the field."""
    inspector = standing.client("inspector2")
    error = refusal(inspector.list_findings, maxResults=101)
    assert error["Error"]["Code"] == "ValidationException"
    assert error["reason"] == "FIELD_VALIDATION_FAILED"
    assert error["fields"][0]["name"] == "maxResults"
    assert code_of(inspector.list_coverage, maxResults=201) == "ValidationException"
    eleven = [{"comparison": "EQUALS", "value": f"i-{number:017x}"} for number in range(11)]
    assert code_of(inspector.list_findings, filterCriteria={"resourceId": eleven}) == "ValidationException"
    unlike = {"severity": [{"comparison": "LIKE", "value": "HIGH"}]}
    assert code_of(inspector.list_findings, filterCriteria=unlike) == "ValidationException"


def test_patterns_of_the_model_are_kept(standing: Simulator) -> None:
    """A value that does not fit its pattern is refused."""
    assert code_of(standing.client("ssm").describe_instance_patches, InstanceId="host-1") == "ValidationException"


def test_a_missing_member_is_refused_on_the_wire(standing: Simulator) -> None:
    """What boto3 checks before sending is checked here too, for clients that do not."""
    answer = ssm_post(standing, "CreateMaintenanceWindow", json.dumps({"Name": "pww_mw"}))
    assert told(answer)["__type"] == "ValidationException"
    for name in ("Schedule", "Duration", "Cutoff", "AllowUnassociatedTargets"):
        assert name in told(answer)["message"]


@pytest.mark.parametrize("schedule", [{}, {"oneTime": {}, "monthly": {}}])
def test_a_union_holds_one_member(standing: Simulator, schedule: dict[str, Any]) -> None:
    """Where the model says one of several, none and two are refused."""
    targets = {"accountIds": ["SELF"], "targetResourceTags": {"a": ["b"]}}
    body = {"scanName": "pww", "securityLevel": "LEVEL_1", "schedule": schedule, "targets": targets}
    answer = inspector_post(standing, "/cis/scan-configuration/create", json.dumps(body))
    assert told(answer)["__type"] == "ValidationException"
    assert "exactly one of oneTime" in told(answer)["message"]


def test_errors_reach_boto3_as_modelled_exceptions(standing: Simulator) -> None:
    """A caller may catch an error by the class that botocore makes of it."""
    ssm = standing.client("ssm")
    with pytest.raises(ssm.exceptions.DoesNotExistException):
        ssm.get_maintenance_window(WindowId="mw-00000000000000000")
    inspector = standing.client("inspector2")
    arn = f"arn:aws:inspector2:us-east-1:{standing.account}:owner/{standing.account}/cis-configuration/abc"
    with pytest.raises(inspector.exceptions.ResourceNotFoundException):
        inspector.delete_cis_scan_configuration(scanConfigurationArn=arn)


def test_time_passes_with_polls(standing: Simulator) -> None:
    """A poll costs simulated time, and a next page does not count as a poll."""
    before = standing.now()
    first = standing.client("inspector2").list_coverage(maxResults=1)
    assert (standing.now() - before).total_seconds() == 30
    standing.client("inspector2").list_coverage(maxResults=1, nextToken=first["nextToken"])
    standing.client("inspector2").list_findings(filterCriteria={"severity": equals("HIGH")})
    standing.client("sts").get_caller_identity()
    assert (standing.now() - before).total_seconds() == 33
