"""What the caller may do, as IAM's policy simulator says; what it cannot know counts as allowed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from iam.policies import proved
from postpatch.aws.permissions import ASSOCIATION, CIS_READS, CIS_SCAN, READS, WINDOW_PARTS, denied, on
from postpatch.aws.session import WRITES, Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import Caller

ROLE = "arn:aws:iam::123456789012:role/verify"
SESSION = Caller("123456789012", "us-east-1", "arn:aws:sts::123456789012:assumed-role/verify/ci-7")
LIST, SCAN = ("inspector2:ListFindings", "*"), on(CIS_SCAN, SESSION)
# Allowed by verify.json, and asked before the first write, or not in every run.
ELSEWHERE = {
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeWarmPool",
    "batch:DescribeComputeEnvironments",
    "cloudformation:ListStackResources",
    "cloudwatch:DescribeAlarms",
    "ec2:DescribeFleetInstances",
    "ec2:DescribeFleets",
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeSpotFleetInstances",
    "ecs:DescribeCapacityProviders",
    "ecs:DescribeContainerInstances",
    "ecs:ListContainerInstances",
    "eks:DescribeCluster",
    "eks:DescribeNodegroup",
    "elasticbeanstalk:DescribeEnvironmentResources",
    "elasticmapreduce:ListInstances",
    "iam:GetRole",
    "imagebuilder:ListImagePipelineImages",
    "resource-groups:ListGroupResources",
    "s3:GetObject",
    "inspector2:BatchGetAccountStatus",
    "inspector2:BatchGetFindingDetails",
    "ssm-quicksetup:GetConfigurationManager",
    "ssm-quicksetup:ListConfigurationManagers",
    "ssm:DescribeAssociation",
    "ssm:DescribeAssociationExecutionTargets",
    "ssm:DescribeAvailablePatches",
    "ssm:DescribeInstancePatches",
    "ssm:DescribeMaintenanceWindowExecutionTaskInvocations",
    "ssm:DescribeMaintenanceWindowExecutionTasks",
    "ssm:DescribeMaintenanceWindowExecutions",
    "ssm:DescribeMaintenanceWindowSchedule",
    "ssm:DescribeMaintenanceWindowTargets",
    "ssm:DescribeMaintenanceWindowTasks",
    "ssm:GetMaintenanceWindow",
    "ssm:GetMaintenanceWindowTask",
    "ssm:GetParameter",
    "ssm:GetPatchBaseline",
    "ssm:ListAssociations",
    "ssm:ListInventoryEntries",
}


def row(action: str, decision: str, *missing: str, resource: str = "*") -> dict[str, Any]:
    """Return one result of the simulator, of a resource that was named."""
    specific = {"EvalResourceName": resource, "EvalResourceDecision": decision, "MissingContextValues": [*missing]}
    return {"EvalActionName": action, "EvalDecision": decision, "ResourceSpecificResults": [specific]}


@pytest.fixture
def answering(connect: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Connection]:
    """Return what makes a connection whose IAM expects these questions and gives these answers, in this order."""

    def make(*pairs: tuple[dict[str, Any], list[dict[str, Any]]]) -> Connection:
        connection = connect()
        client = boto3.Session("key", "secret", region_name="us-east-1").client("iam")
        stubber = Stubber(client)
        for asked, rows in pairs:
            stubber.add_response("simulate_principal_policy", {"EvaluationResults": rows, "IsTruncated": False}, asked)
        stubber.activate()
        monkeypatch.setattr(connection, "client", lambda _: client)
        return connection

    return make


def asked(actions: list[str], resource: str, source: str = ROLE) -> dict[str, Any]:
    """Return one question."""
    return {"PolicySourceArn": source, "ActionNames": actions, "ResourceArns": [resource]}


def test_what_is_denied_is_named(answering: Callable[..., Connection]) -> None:
    """One call for each resource, as the role of the session; both kinds of denial count."""
    connection = answering(
        (asked(["inspector2:ListFindings", "ssm:ListCommands"], "*"), [
            row(LIST[0], "implicitDeny"), row("ssm:ListCommands", "allowed"),
        ]),
        (asked([SCAN[0]], SCAN[1]), [row(SCAN[0], "explicitDeny")]),
    )  # fmt: skip
    assert denied(connection, SESSION, [LIST, ("ssm:ListCommands", "*"), SCAN]) == (SCAN[0], LIST[0])


def test_a_denial_that_rests_on_an_unknown_key_does_not_count(answering: Callable[..., Connection]) -> None:
    """A condition on the request's own circumstances is not decided by the simulator."""
    connection = answering((asked([LIST[0]], "*"), [row(LIST[0], "implicitDeny", "aws:SourceIp")]))
    assert denied(connection, SESSION, [LIST]) == ()


def test_a_user_is_asked_about_as_it_is(answering: Callable[..., Connection]) -> None:
    """A user's own ARN is what IAM simulates."""
    user = "arn:aws:iam::123456789012:user/ops/anna"
    connection = answering((asked([LIST[0]], "*", user), [row(LIST[0], "allowed")]))
    assert denied(connection, Caller("123456789012", "us-east-1", user), [LIST]) == ()


@pytest.mark.parametrize(
    "arn",
    ["arn:aws:iam::123456789012:root", "arn:aws:sts::123456789012:federated-user/anna"],
    ids=["root", "federated"],
)
def test_whom_iam_does_not_simulate_is_not_guessed(connect: Callable[..., Connection], arn: str) -> None:
    """Neither the root user nor a federated one can be asked about."""
    with pytest.raises(CouldNotCheck, match="IAM simulates users and roles, and arn"):
        denied(connect(), Caller("123456789012", "us-east-1", arn), [LIST])


def test_where_iam_does_not_answer_it_could_not_be_checked(connect: Callable[..., Connection]) -> None:
    """The embedded AWS does not simulate IAM's simulator, and that is no denial."""
    with pytest.raises(CouldNotCheck, match="Could not ask IAM what the caller may do"):
        denied(connect(), SESSION, [LIST])


def test_resources_are_those_of_the_callers_account_and_partition() -> None:
    """The ARNs have the caller's partition, region and account."""
    gov = Caller("210987654321", "us-gov-west-1", "arn:aws-us-gov:sts::210987654321:assumed-role/verify/ci")
    assert on(ASSOCIATION, gov, id="a-1") == (
        "ssm:StartAssociationsOnce", "arn:aws-us-gov:ssm:us-gov-west-1:210987654321:association/a-1",
    )  # fmt: skip
    assert on(WINDOW_PARTS["window"], gov) == ("ssm:CreateMaintenanceWindow", "*")


def test_all_that_verifying_does_is_covered() -> None:
    """What `iam/verify.json` allows is asked for here, but for what is read before, or not in every run."""
    path = Path(__file__).parents[2] / "iam" / "verify.json"
    statements = proved(json.loads(path.read_text(encoding="utf-8")))["Statement"]
    allowed = {name for one in statements for name in one["Action"]}
    writes = {CIS_SCAN[0], ASSOCIATION[0], *(part[0] for part in WINDOW_PARTS.values())}
    assert writes == WRITES - {"inspector:StartAssessmentRun"}
    assert {*READS, *CIS_READS} | writes | ELSEWHERE == allowed
