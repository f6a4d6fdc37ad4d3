"""The template that verifies after each execution of a window: its permissions, its event, and that it can be made."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from iam.after_window import TEMPLATE, template
from postpatch.simulator import Simulator, worlds

ROOT = Path(__file__).parents[2]
WINDOW = "mw-0c50858d01e6f4a2b"
RESOURCES = json.loads(template())["Resources"]
# Systems Manager user guide, "Amazon EventBridge event examples for Systems Manager", window execution type.
EVENT = {
    "version": "0",
    "id": "01234567-0123-0123-0123-0123456789ab",
    "detail-type": "Maintenance Window Execution State-change Notification",
    "source": "aws.ssm",
    "account": "123456789012",
    "time": "2025-06-02T14:52:18Z",
    "region": "us-east-1",
    "resources": [f"arn:aws:ssm:us-east-1:123456789012:maintenancewindow/{WINDOW}"],
    "detail": {
        "start-time": "2025-06-02T14:48:28.039273Z",
        "end-time": "2025-06-02T14:52:18.083773Z",
        "window-id": WINDOW,
        "window-execution-id": "14bea65d-5ccc-462d-a2f3-e99c8EXAMPLE",
        "status": "SUCCESS",
    },
}


def starts_at(event):
    """Return whether the rule's pattern matches an event, as moto reads patterns."""
    from moto.events.models import EventPattern  # a tenth of the time in which pytest collects `make test-fast`

    pattern = json.dumps(RESOURCES["Rule"]["Properties"]["EventPattern"]).replace('{"Ref": "WindowId"}', f'"{WINDOW}"')
    return EventPattern.load(pattern).matches_event(event)


def test_the_template_is_the_one_that_is_made():
    """`make iam` renews it with the policies: the build has the permissions of iam/verify.json, and no more of AWS."""
    assert TEMPLATE.read_text(encoding="utf-8") == template()
    policy = json.loads((ROOT / "iam" / "verify.json").read_text(encoding="utf-8"))
    assert RESOURCES["Verify"]["Properties"]["PolicyDocument"] == policy


@pytest.mark.external
@pytest.mark.parametrize(
    "path", ["ci/aws/verify-after-window.json", "ci/fleet/hub-role.json", "ci/fleet/member-role.json"]
)
def test_cfn_lint_has_nothing_to_say(path):
    """Types, properties and references are as CloudFormation's schemas have them."""
    from cfnlint.api import lint  # a quarter of the time in which pytest collects all tests

    assert [str(found) for found in lint((ROOT / path).read_text(encoding="utf-8"), regions=["us-east-1"])] == []


@pytest.mark.parametrize(
    ("changed", "starts"),
    [
        ({}, True),
        ({"status": "FAILED"}, True),
        ({"status": "TIMED_OUT"}, True),
        ({"status": "CANCELLED"}, True),
        ({"status": "PENDING"}, False),
        ({"status": "IN_PROGRESS"}, False),
        ({"status": "SKIPPED_OVERLAPPING"}, False),
        ({"window-id": "mw-00000000000000000"}, False),
    ],
)
def test_an_execution_that_ended_starts_it_once(changed, starts):
    """Of each execution of this window one event matches, whatever became of it; those of others never do."""
    assert starts_at(EVENT | {"detail": EVENT["detail"] | changed}) is starts


def test_other_kinds_of_events_start_nothing():
    """A task's own end comes before its window's."""
    kind = "Maintenance Window Task Execution State-change Notification"
    assert not starts_at(EVENT | {"detail-type": kind})


def test_the_build_judges_live_and_keeps_its_report():
    """Its build specification has CodeBuild's phases, names `live`, and uploads the report of a build that failed."""
    project = RESOURCES["Project"]["Properties"]
    spec = yaml.safe_load(project["Source"]["BuildSpec"])
    assert set(spec["phases"]) == {"install", "pre_build", "build", "post_build"}
    [verify] = spec["phases"]["build"]["commands"]
    assert verify.startswith("postpatch verify --aws live ")
    assert spec["phases"]["build"]["on-failure"] == "CONTINUE"
    named = {one["Name"] for one in project["Environment"]["EnvironmentVariables"]}
    assert named == {"CI", "BUCKET", "PREFIX", "BASELINE", "PACKAGE"}


@pytest.mark.external
def test_it_can_be_made_in_the_simulated_aws():
    """Its rule names the window, and each role is one service's, for this account. moto makes no CodeBuild project."""
    arn = "arn:aws:codebuild:us-east-1:123456789012:project/after"
    text = json.dumps(json.loads(template())).replace('{"Fn::GetAtt": ["Project", "Arn"]}', f'"{arn}"')
    document = json.loads(text)
    del document["Resources"]["Project"], document["Outputs"]["Project"]
    aws = Simulator(worlds()["workshop"], datetime(2026, 11, 20, 21, tzinfo=UTC))
    parameters = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in (("WindowId", WINDOW), ("Bucket", "b-1"))
    ]
    aws.client("cloudformation").create_stack(
        StackName="after", TemplateBody=json.dumps(document), Parameters=parameters, Capabilities=["CAPABILITY_IAM"]
    )
    rules = aws.client("events").list_rules()["Rules"]
    assert [json.loads(rule["EventPattern"])["detail"]["window-id"] for rule in rules] == [[WINDOW]]
    roles = [one for one in aws.client("iam").list_roles()["Roles"] if one["RoleName"].startswith("after-")]
    [target] = aws.client("events").list_targets_by_rule(Rule=rules[0]["Name"])["Targets"]
    assert target["Arn"] == arn
    trusted = [statement for one in roles for statement in one["AssumeRolePolicyDocument"]["Statement"]]
    assert sorted(one["Principal"]["Service"] for one in trusted) == ["codebuild.amazonaws.com", "events.amazonaws.com"]
    assert all(one["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}} for one in trusted)
