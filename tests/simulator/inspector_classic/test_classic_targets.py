from datetime import timedelta

import pytest

from postpatch.simulator import Simulator
from postpatch.simulator.inspector_classic.targets import TARGET_QUOTA
from tests.simulator.asking import code_of, refusal
from tests.simulator.inspector_classic.assessing import (
    assess,
    findings,
    group,
    impatient,
    launch,
    start,
    target,
    template,
)

SECOND = timedelta(seconds=1)
ELSEWHERE = "arn:aws:inspector:us-east-1:{}:{}"


def agents(aws: Simulator, of: str) -> list[str]:
    """List the hosts of a target."""
    return [row["agentId"] for row in aws.client("inspector").preview_agents(previewAgentsArn=of)["agentPreviews"]]


def test_a_group_keeps_its_tags(aws: Simulator) -> None:
    """A resource group tells the tags that it was made of; the value of a tag may be left out."""
    inspector = aws.client("inspector")
    tags = [{"key": "Name", "value": "one"}, {"key": "Team"}]
    arn = inspector.create_resource_group(resourceGroupTags=tags)["resourceGroupArn"]
    row = inspector.describe_resource_groups(resourceGroupArns=[arn])["resourceGroups"][0]
    assert (row["arn"], row["tags"], row["createdAt"]) == (arn, tags, aws.now().replace(microsecond=0) - SECOND)


def test_a_target_without_a_group_is_every_host(aws: Simulator) -> None:
    """Without a resource group all hosts of the account and Region belong to the target, later ones too."""
    everything = target(aws)
    second = launch(aws, "two")
    assert agents(aws, everything) == [host.instance_id for host in aws.fleet.hosts()]
    assert second.instance_id in agents(aws, everything)


def test_a_target_holds_the_hosts_with_any_of_the_tags(aws: Simulator) -> None:
    """A host need not match more than one key and value; the others are no part of it."""
    two, _ = launch(aws, "two"), launch(aws, "three")
    first = aws.fleet.hosts()[0]
    assert agents(aws, target(aws, "one", "two")) == [first.instance_id, two.instance_id]


def test_a_stopped_host_is_no_part_of_a_target(aws: Simulator) -> None:
    """Only running instances are assessed."""
    aws.client("ec2").stop_instances(InstanceIds=[aws.fleet.hosts()[0].instance_id])
    assert agents(aws, target(aws)) == []


def test_targets_are_described_and_listed(aws: Simulator) -> None:
    """A target tells name, group and times, and is found by a pattern of its name."""
    inspector = aws.client("inspector")
    arn = target(aws, "one", called="web hosts")
    other = target(aws, called="all hosts")
    row = inspector.describe_assessment_targets(assessmentTargetArns=[arn])["assessmentTargets"][0]
    assert row["name"] == "web hosts"
    assert row["createdAt"] == row["updatedAt"]
    assert "resourceGroupArn" in row
    assert inspector.list_assessment_targets()["assessmentTargetArns"] == [arn, other]
    for pattern, found in {"web*": [arn], "*hosts": [arn, other], "web": [], "we? hosts": []}.items():
        wanted = {"assessmentTargetNamePattern": pattern}
        assert inspector.list_assessment_targets(filter=wanted)["assessmentTargetArns"] == found


def test_an_update_changes_name_and_group(aws: Simulator) -> None:
    """An update renames, moves `updatedAt`, and without a group makes the target every host."""
    inspector = aws.client("inspector")
    arn = target(aws, "nobody")
    assert agents(aws, arn) == []
    inspector.update_assessment_target(assessmentTargetArn=arn, assessmentTargetName="everybody")
    row = inspector.describe_assessment_targets(assessmentTargetArns=[arn])["assessmentTargets"][0]
    assert row["name"] == "everybody"
    assert row["updatedAt"] > row["createdAt"]
    assert "resourceGroupArn" not in row
    assert len(agents(aws, arn)) == 1


def test_names_of_targets_are_unique(aws: Simulator) -> None:
    """A name that is taken is refused, at creation and on an update."""
    inspector = aws.client("inspector")
    target(aws, called="one")
    second = target(aws, called="two")
    taken = refusal(inspector.create_assessment_target, assessmentTargetName="one")
    assert taken["errorCode"] == "ASSESSMENT_TARGET_NAME_ALREADY_TAKEN"
    update = inspector.update_assessment_target
    assert code_of(update, assessmentTargetArn=second, assessmentTargetName="one") == "InvalidInputException"
    update(assessmentTargetArn=second, assessmentTargetName="two", resourceGroupArn=group(aws, "one"))


def test_there_are_fifty_targets_at_most(aws: Simulator) -> None:
    """The limit of the account is kept."""
    for number in range(TARGET_QUOTA):
        target(aws, called=f"target {number}")
    error = refusal(impatient(aws).create_assessment_target, assessmentTargetName="one more")
    assert error["Error"]["Code"] == "LimitExceededException"
    assert error["errorCode"] == "ASSESSMENT_TARGET_LIMIT_EXCEEDED"


def test_deleting_a_target_takes_everything_with_it(aws: Simulator, pair: tuple[str, str]) -> None:
    """Templates, runs and findings of a deleted target are gone, those of another stay."""
    inspector = aws.client("inspector")
    arn, of = pair
    assess(aws, of)
    kept = template(aws, target(aws, called="other"))
    inspector.delete_assessment_target(assessmentTargetArn=arn)
    assert inspector.list_assessment_templates()["assessmentTemplateArns"] == [kept]
    assert inspector.list_assessment_runs()["assessmentRunArns"] == []
    assert findings(aws) == []
    assert code_of(inspector.delete_assessment_target, assessmentTargetArn=arn) == "NoSuchEntityException"


def test_a_target_with_a_running_assessment_stays(aws: Simulator, pair: tuple[str, str]) -> None:
    """While a run goes on its target cannot be deleted; the error names the run."""
    arn, of = pair
    run = start(aws, of)
    error = refusal(aws.client("inspector").delete_assessment_target, assessmentTargetArn=arn)
    assert error["Error"]["Code"] == "AssessmentRunInProgressException"
    assert (error["assessmentRunArns"], error["assessmentRunArnsTruncated"]) == ([run], False)


@pytest.mark.parametrize(
    ("arn", "code", "error_code"),
    [
        ("nonsense", "InvalidInputException", "INVALID_ASSESSMENT_TARGET_ARN"),
        ("arn:aws:inspector:eu-west-1:123456789012:target/0-abcdefgh", "InvalidInputException", None),
        (ELSEWHERE.format("123456789012", "resourcegroup/0-abcdefgh"), "InvalidInputException", None),
        (ELSEWHERE.format("123456789012", "target/0-abcdefgh"), "NoSuchEntityException", None),
        (ELSEWHERE.format("210987654321", "target/0-abcdefgh"), "AccessDeniedException", None),
    ],
)
def test_an_arn_of_no_target_is_refused(quiet: Simulator, arn: str, code: str, error_code: str | None) -> None:
    """Malformed, of another kind or Region, unknown, and of another account: each has its error."""
    error = refusal(quiet.client("inspector").preview_agents, previewAgentsArn=arn)
    assert error["Error"]["Code"] == code
    assert error["errorCode"].endswith(("TARGET_ARN", "TARGET_DOES_NOT_EXIST", "TO_ASSESSMENT_TARGET"))
    assert error_code in (None, error["errorCode"])


def test_a_group_must_exist(quiet: Simulator) -> None:
    """A target of an unknown resource group is refused."""
    arn = ELSEWHERE.format(quiet.account, "resourcegroup/0-abcdefgh")
    error = refusal(
        quiet.client("inspector").create_assessment_target, assessmentTargetName="target", resourceGroupArn=arn
    )
    assert error["errorCode"] == "RESOURCE_GROUP_DOES_NOT_EXIST"
