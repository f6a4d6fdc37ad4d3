"""Whatever is sent, the answer is AWS's: a refusal is a 4xx, and nothing of ours breaks."""

import random
import re
from datetime import UTC, datetime

import pytest

from postpatch.simulator import Simulator, worlds
from tests.simulator.mutating import SCOPE, Mutator

REQUESTS = 10_000
BEGINS = datetime(2026, 11, 22, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def mutator() -> Mutator:
    """Return what makes the requests: the same ones each time, so that a gate does not depend on luck."""
    return Mutator(Simulator(worlds()["workshop"], BEGINS), random.Random(20261122))  # noqa: S311 - no secret


def answered(mutator: Mutator, environ: dict[str, object]) -> tuple[int, str]:
    """Send one request; return status and body."""
    said: list[str] = []
    body = b"".join(mutator.simulator.wsgi(environ, lambda status, _: said.append(status)))  # type: ignore[arg-type]
    return int(said[0].split()[0]), body.decode(errors="replace")


def test_ten_thousand_mutated_requests_are_answered(mutator: Mutator) -> None:
    """None breaks the simulated AWS, and none is answered as if AWS were broken; some are good."""
    broken, good = [], 0
    for environ in mutator.requests(REQUESTS):
        sent = environ["wsgi.input"].getvalue()
        status, body = answered(mutator, environ)
        good += status == 200
        if status >= 500 and status != 501:  # 501: known to AWS, and not simulated
            broken.append((environ.get("HTTP_X_AMZ_TARGET", environ["PATH_INFO"]), sent[:200], body[:200]))
    assert broken == []
    assert mutator.simulator.front.broken == []
    assert good > REQUESTS // 20


def post(mutator: Mutator, service: str, target: str, body: bytes, query: str = "") -> tuple[int, str]:
    """Send one request to a service; return status and body."""
    headers = {"AUTHORIZATION": SCOPE.format("us-east-1", service)} | ({"X_AMZ_TARGET": target} if target else {})
    return answered(mutator, mutator._environ("POST", "/", query, headers, body))


FORM = "Action={}&Version=2011-01-01&{}"
REFUSED = [
    ("ssm", "AmazonSSM.DescribePatchBaselines", '{"Filters": [{"Values": ["x"]}]}', "ValidationException"),
    ("ssm", "AmazonSSM.DescribePatchBaselines", '{"Filters": [{"Key": "OWNER"}]}', "ValidationException"),
    ("ssm", "AmazonSSM.ListAssociations", '{"AssociationFilterList": [{"key": "LastExecutedAfter", "value": "x"}]}',
     "ValidationException"),
    ("ssm", "AmazonSSM.ListCommands", '{"Filters": [{"key": "InvokedAfter", "value": "x"}]}', "ValidationException"),
    ("ssm", "AmazonSSM.ListCommandInvocations", '{"Filters": [{"key": "InvokedBefore", "value": "2026-13-01"}]}',
     "ValidationException"),
    ("ssm", "AmazonSSM.GetPatchBaselineForPatchGroup", '{"PatchGroup": "x", "OperatingSystem": "RASPBIAN"}',
     "DoesNotExistException"),
    ("ec2", "", FORM.format("DescribeInstances", "MaxResults=many"), "InvalidParameterValue"),
    ("ec2", "", FORM.format("DescribeInstances", "NextToken=x"), "InvalidPaginationToken"),
    ("autoscaling", "", FORM.format("DescribeAutoScalingGroups", "MaxRecords=1e9"), "ValidationError"),
    ("cloudformation", "", FORM.format("CreateStack", "StackName=x"), "ValidationError"),
    ("cloudformation", "", FORM.format("UpdateStack", "StackName=x&TemplateURL="), "ValidationError"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "target", "body", "code"), REFUSED)
def test_malformed_input_is_refused_as_aws_does(
    mutator: Mutator, service: str, target: str, body: str, code: str
) -> None:
    """A filter without its parts, a date that is none, a number that is none: a 4xx with a code of AWS's."""
    status, said = post(mutator, service, target, body.encode())
    assert 400 <= status < 500, said
    assert re.search(rf"\b{code}\b", said), said


@pytest.mark.parametrize("after", ["2026-11-22T10:00:00", "2026-11-22", "2026-11-22T10:00:00Z"])
def test_a_date_without_a_zone_is_in_utc(mutator: Mutator, after: str) -> None:
    """It can be compared with what has a zone."""
    entry = f'{{"AssociationFilterList": [{{"key": "LastExecutedAfter", "value": "{after}"}}]}}'
    assert post(mutator, "ssm", "AmazonSSM.ListAssociations", entry.encode())[0] == 200


def test_an_action_in_the_address_is_no_reason_to_break(mutator: Mutator) -> None:
    """A JSON service that is given a form's address answers, or refuses."""
    status, said = post(mutator, "ssm", "", b"{}", query="Action=DescribePatchBaselines&Version=2014-11-06")
    assert 400 <= status < 500, said


IN_THE_ADDRESS = [
    ("ec2", "Action=x", "InvalidAction"),
    ("ec2", "Action=", "InvalidAction"),
    ("sts", "Action=%00%ff", "InvalidAction"),
    ("sts", "Action=", "InvalidAction"),
    ("cloudformation", "Action=CreateStack&Action=DescribeStacks", "ValidationError"),
    ("cloudformation", "Action=DescribeStackResource&Version=2010-05-15&StackName=pww", "ValidationError"),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("service", "query", "code"), IN_THE_ADDRESS)
def test_an_action_in_the_address_that_is_none_is_refused(
    mutator: Mutator, method: str, service: str, query: str, code: str
) -> None:
    """An action that the service does not have, or without what it must have, is a 4xx; of two the first counts."""
    headers = {"AUTHORIZATION": SCOPE.format("us-east-1", service)}
    status, said = answered(mutator, mutator._environ(method, "/", query, headers, b""))
    assert 400 <= status < 500, said
    assert re.search(rf"\b{code}\b", said), said
