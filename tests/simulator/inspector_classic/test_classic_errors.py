import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.validate import ParamValidator
from werkzeug.test import Client

from postpatch.simulator import Simulator
from postpatch.simulator.wire.models import service_model
from tests.simulator.asking import Make, refusal
from tests.simulator.inspector_classic.assessing import ONE_HOST, assess, impatient, start, target, template

SCOPE = "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/inspector/aws4_request, SignedHeaders=host, Signature=0"
UNKNOWN = "arn:aws:inspector:us-east-1:123456789012:target/0-aaaaaaaa"
FOREIGN = "arn:aws:inspector:us-east-1:210987654321:target/0-aaaaaaaa"


def fits_the_model(error: dict[str, Any]) -> bool:
    """Tell whether an error answer has the members of its shape in botocore's model, with values it allows."""
    shape = service_model("inspector").shape_for(error["Error"]["Code"])
    members = {name: error[name] for name in shape.members if name in error}
    enums = {name: set(member.enum) for name, member in shape.members.items() if getattr(member, "enum", None)}
    allowed = all(members[name] in values for name, values in enums.items())
    return allowed and not ParamValidator().validate(members, shape).has_errors()


def _overlap(aws: Simulator) -> None:
    of = template(aws, target(aws))
    start(aws, of)
    start(aws, of)


def _in_progress(aws: Simulator) -> None:
    aws.client("inspector").delete_assessment_run(assessmentRunArn=start(aws, template(aws, target(aws))))


def _too_many(aws: Simulator) -> None:
    for number in range(51):
        impatient(aws).create_assessment_target(assessmentTargetName=f"target {number}")


def _report(aws: Simulator) -> None:
    run = assess(aws, template(aws, target(aws)))
    aws.client("inspector").get_assessment_report(assessmentRunArn=run, reportFileFormat="HTML", reportType="FULL")


def _foreign_role(aws: Simulator) -> None:
    role = "arn:aws:iam::210987654321:role/inspector"
    aws.client("inspector").register_cross_account_access_role(roleArn=role)


PROVOKED: dict[str, Callable[[Simulator], Any]] = {
    "InvalidInputException": lambda aws: aws.client("inspector").list_findings(maxResults=501),
    "NoSuchEntityException": lambda aws: aws.client("inspector").preview_agents(previewAgentsArn=UNKNOWN),
    "AccessDeniedException": lambda aws: aws.client("inspector").preview_agents(previewAgentsArn=FOREIGN),
    "LimitExceededException": _too_many,
    "AgentsAlreadyRunningAssessmentException": _overlap,
    "AssessmentRunInProgressException": _in_progress,
    "UnsupportedFeatureException": _report,
    "InvalidCrossAccountRoleException": _foreign_role,
}


@pytest.mark.parametrize("code", PROVOKED)
def test_errors_have_the_members_of_the_model(aws: Simulator, code: str) -> None:
    """Message, code and whether to try again: each error fits its shape and can be caught by its class."""
    error = refusal(lambda: PROVOKED[code](aws))
    assert error["Error"]["Code"] == code
    assert error["Error"]["Message"]
    assert fits_the_model(error)


def test_errors_can_be_caught_by_class(quiet: Simulator) -> None:
    """boto3 makes its exception classes from the model."""
    inspector = quiet.client("inspector")
    with pytest.raises(inspector.exceptions.NoSuchEntityException) as caught:
        inspector.preview_agents(previewAgentsArn=UNKNOWN)
    assert caught.value.response["errorCode"] == "ASSESSMENT_TARGET_DOES_NOT_EXIST"


@pytest.mark.parametrize(
    ("operation", "given", "code"),
    [
        ("CreateAssessmentTemplate", {"durationInSeconds": 179}, "INVALID_ASSESSMENT_TEMPLATE_DURATION"),
        ("CreateAssessmentTarget", {"assessmentTargetName": "x" * 141}, "INVALID_ASSESSMENT_TARGET_NAME"),
        ("CreateAssessmentTarget", {}, "INVALID_ASSESSMENT_TARGET_NAME"),
        ("CreateResourceGroup", {"resourceGroupTags": []}, "INVALID_NUMBER_OF_RESOURCE_GROUP_TAGS"),
        ("CreateResourceGroup", {"resourceGroupTags": [{"key": ""}]}, "INVALID_RESOURCE_GROUP_TAG_KEY"),
        ("DescribeFindings", {"findingArns": [""]}, "INVALID_FINDING_ARN"),
        ("DescribeFindings", {"findingArns": []}, "INVALID_NUMBER_OF_FINDING_ARNS"),
        ("DescribeFindings", {"findingArns": ["x"], "locale": "DE_DE"}, "INVALID_LOCALE"),
        ("ListFindings", {"filter": {"agentIds": [""]}}, "INVALID_AGENT_ID"),
        ("ListFindings", {"filter": {"attributes": [{}]}}, "INVALID_ATTRIBUTE"),
        ("ListFindings", {"nextToken": ""}, "INVALID_PAGINATION_TOKEN"),
        ("ListFindings", {"sortBy": "severity"}, "INVALID_ATTRIBUTE"),
        ("StartAssessmentRun", {}, "INVALID_ASSESSMENT_TEMPLATE_ARN"),
    ],
)
def test_what_breaks_the_model_is_invalid_input(
    quiet: Simulator, operation: str, given: dict[str, Any], code: str
) -> None:
    """Clients that do not check before sending get an InvalidInputException, which names the field by its code."""
    if operation == "CreateAssessmentTemplate":
        given = given | {"assessmentTargetArn": UNKNOWN, "assessmentTemplateName": "template", "rulesPackageArns": []}
    headers = {"Authorization": SCOPE, "X-Amz-Target": f"InspectorService.{operation}"}
    answer = Client(quiet.wsgi).post(
        "/", data=json.dumps(given), headers=headers, content_type="application/x-amz-json-1.1"
    )
    body = json.loads(answer.data)
    assert (answer.status_code, body["__type"], body["errorCode"]) == (400, "InvalidInputException", code)
    assert fits_the_model(body | {"Error": {"Code": body["__type"]}})


def test_every_operation_of_the_model_is_answered_or_refused(quiet: Simulator) -> None:
    """Nothing of the model falls through to moto, which has no Inspector Classic."""
    assert set(quiet.classic.operations()) == set(service_model("inspector").operation_names)


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("get_telemetry_metadata", {"assessmentRunArn": UNKNOWN}),
        ("subscribe_to_event", {"resourceArn": UNKNOWN, "event": "OTHER", "topicArn": "arn"}),
        ("unsubscribe_from_event", {"resourceArn": UNKNOWN, "event": "OTHER", "topicArn": "arn"}),
        ("list_event_subscriptions", {}),
        ("create_exclusions_preview", {"assessmentTemplateArn": UNKNOWN}),
        (
            "get_exclusions_preview",
            {"assessmentTemplateArn": UNKNOWN, "previewToken": "00000000-0000-0000-0000-000000000000"},
        ),
    ],
)
def test_what_is_not_simulated_says_so(quiet: Simulator, call: str, given: dict[str, Any]) -> None:
    """Operations outside the flow are refused clearly, as an error that boto3 users can catch."""
    error = refusal(getattr(quiet.client("inspector"), call), **given)
    assert error["Error"]["Code"] == "NotImplemented"
    assert "does not implement inspector" in error["Error"]["Message"]
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_report_of_an_unknown_run_is_no_such_entity(quiet: Simulator) -> None:
    """Even what is refused looks first whether there is such a run."""
    run = f"{UNKNOWN}/template/0-aaaaaaaa/run/0-aaaaaaaa"
    report = quiet.client("inspector").get_assessment_report
    error = refusal(report, assessmentRunArn=run, reportFileFormat="PDF", reportType="FINDING")
    assert error["errorCode"] == "ASSESSMENT_RUN_DOES_NOT_EXIST"


def test_a_role_is_registered(aws: Simulator) -> None:
    """Before any registration the service-linked role is in use; then the registered one."""
    inspector = aws.client("inspector")
    assert inspector.describe_cross_account_access_role()["roleArn"].endswith("/AWSServiceRoleForAmazonInspector")
    role = f"arn:aws:iam::{aws.account}:role/inspector"
    inspector.register_cross_account_access_role(roleArn=role)
    answer = inspector.describe_cross_account_access_role()
    assert (answer["roleArn"], answer["valid"]) == (role, True)
    error = refusal(inspector.register_cross_account_access_role, roleArn="inspector")
    assert error["errorCode"] == "INVALID_IAM_ROLE_ARN"


def test_two_accounts_have_the_same_ids(aws: Simulator, make: Make) -> None:
    """The same calls give the same ARNs in every run."""
    first = template(aws, target(aws))
    again = make(ONE_HOST)
    assert template(again, target(again)) == first
