from typing import Any

from postpatch.simulator import Simulator
from postpatch.simulator.inspector_classic.rules_packages import rules_packages_of
from postpatch.simulator.inspector_classic.templates import TEMPLATE_QUOTA
from tests.simulator.asking import code_of, refusal
from tests.simulator.inspector_classic.assessing import (
    CVES,
    PRACTICES,
    assess,
    findings,
    impatient,
    packages,
    start,
    target,
    template,
)

FOUR = {
    ("Common Vulnerabilities and Exposures", "1.1"),
    ("CIS Operating System Security Configuration Benchmarks", "1.0"),
    ("Network Reachability", "1.1"),
    ("Security Best Practices", "1.0"),
}


def row_of(aws: Simulator, arn: str) -> dict[str, Any]:
    """Describe one template."""
    answer = aws.client("inspector").describe_assessment_templates(assessmentTemplateArns=[arn])
    row: dict[str, Any] = answer["assessmentTemplates"][0]
    return row


def test_a_region_has_four_rules_packages(quiet: Simulator) -> None:
    """The Region's rules packages have AWS's own ARNs, names and versions."""
    inspector = quiet.client("inspector")
    arns = inspector.list_rules_packages()["rulesPackageArns"]
    answer = inspector.describe_rules_packages(rulesPackageArns=arns, locale="EN_US")
    assert answer["failedItems"] == {}
    assert {(row["name"], row["version"]) for row in answer["rulesPackages"]} == FOUR
    assert {row["provider"] for row in answer["rulesPackages"]} == {"Amazon Web Services, Inc."}
    assert packages(quiet, CVES) == ["arn:aws:inspector:us-east-1:316112463485:rulespackage/0-gEjTy7T7"]


def test_regions_differ() -> None:
    """Another Region has other ARNs, GovCloud its own partition and no network rules, a new Region none at all."""
    assert list(rules_packages_of("us-west-2"))[3] == "arn:aws:inspector:us-west-2:758058086616:rulespackage/0-JJOtZiqQ"
    gov = rules_packages_of("us-gov-west-1")
    assert {arn.split(":")[1] for arn in gov} == {"aws-us-gov"}
    assert "Network Reachability" not in {package.name for package in gov.values()}
    assert rules_packages_of("il-central-1") == {}


def test_what_cannot_be_described_is_told(quiet: Simulator) -> None:
    """A Describe succeeds with what it found; the rest is in failedItems, each with its reason."""
    inspector = quiet.client("inspector")
    (known,) = packages(quiet, CVES)
    unknown = known.replace("gEjTy7T7", "aaaaaaaa")
    answer = inspector.describe_rules_packages(rulesPackageArns=[known, unknown, "nonsense"])
    assert [row["arn"] for row in answer["rulesPackages"]] == [known]
    assert answer["failedItems"] == {
        unknown: {"failureCode": "ITEM_DOES_NOT_EXIST", "retryable": False},
        "nonsense": {"failureCode": "INVALID_ARN", "retryable": False},
    }
    twice = inspector.describe_rules_packages(rulesPackageArns=[known, known])
    assert twice["failedItems"][known]["failureCode"] == "DUPLICATE_ARN"
    foreign = f"arn:aws:inspector:us-east-1:210987654321:target/0-{'a' * 8}"
    answer = inspector.describe_assessment_targets(assessmentTargetArns=[foreign])
    assert answer["failedItems"][foreign]["failureCode"] == "ACCESS_DENIED"


def test_a_template_keeps_what_it_was_made_of(aws: Simulator) -> None:
    """Duration, rules packages and attributes are told as they were given; no run is counted yet."""
    given = [{"key": "Team", "value": "web"}, {"key": "Bare"}]
    arn = template(aws, target(aws), CVES, durationInSeconds=3600, userAttributesForFindings=given)
    row = row_of(aws, arn)
    assert (row["durationInSeconds"], row["rulesPackageArns"]) == (3600, packages(aws, CVES))
    assert row["userAttributesForFindings"] == given
    assert row["assessmentRunCount"] == 0
    assert "lastAssessmentRunArn" not in row


def test_a_template_counts_its_runs(aws: Simulator, pair: tuple[str, str]) -> None:
    """The template names its last run and their number."""
    assess(aws, pair[1])
    last = assess(aws, pair[1])
    row = row_of(aws, pair[1])
    assert (row["assessmentRunCount"], row["lastAssessmentRunArn"]) == (2, last)


def test_templates_are_listed_by_filter(aws: Simulator) -> None:
    """By target, by a pattern of the name, by duration and by rules packages."""
    inspector = aws.client("inspector")
    one, two = target(aws, called="one"), target(aws, called="two")
    short = template(aws, one, called="short")
    long = template(aws, two, CVES, called="long", durationInSeconds=3600)

    def listed(*targets: str, **wanted: Any) -> list[str]:
        answer = inspector.list_assessment_templates(assessmentTargetArns=list(targets), filter=wanted)
        arns: list[str] = answer["assessmentTemplateArns"]
        return arns

    assert listed() == [short, long]
    assert listed(one) == [short]
    assert listed(namePattern="l*") == [long]
    assert listed(durationRange={"minSeconds": 3600}) == [long]
    assert listed(durationRange={"minSeconds": 180, "maxSeconds": 900}) == [short]
    assert listed(rulesPackageArns=packages(aws, PRACTICES)) == [short]
    assert listed(two, namePattern="s*") == []
    unknown = f"{one[:-8]}aaaaaaaa"
    assert code_of(inspector.list_assessment_templates, assessmentTargetArns=[unknown]) == "NoSuchEntityException"


def test_a_range_that_ends_before_it_begins_is_refused(quiet: Simulator) -> None:
    """A duration range must not be turned round."""
    wanted = {"durationRange": {"minSeconds": 900, "maxSeconds": 180}}
    error = refusal(quiet.client("inspector").list_assessment_templates, filter=wanted)
    assert error["errorCode"] == "INVALID_ASSESSMENT_TEMPLATE_DURATION_RANGE"


def test_a_duration_has_limits(aws: Simulator) -> None:
    """A run lasts a day at most; the error is Inspector's own, not a ValidationException."""
    error = refusal(lambda: template(aws, target(aws), durationInSeconds=86401))
    assert error["Error"]["Code"] == "InvalidInputException"
    assert error["errorCode"] == "INVALID_ASSESSMENT_TEMPLATE_DURATION"
    assert error["canRetry"] is False


def test_names_are_unique_within_a_target(aws: Simulator, pair: tuple[str, str]) -> None:
    """A second template of one name is refused for the same target, and allowed for another."""
    error = refusal(lambda: template(aws, pair[0]))
    assert error["errorCode"] == "ASSESSMENT_TEMPLATE_NAME_ALREADY_TAKEN"
    template(aws, target(aws, called="another"))


def test_rules_packages_must_exist(aws: Simulator) -> None:
    """A rules package of another Region is malformed here, an unknown one does not exist, one twice is refused."""
    (known,) = packages(aws, CVES)
    codes = {
        "arn:aws:inspector:us-west-2:758058086616:rulespackage/0-9hgA516p": "INVALID_RULES_PACKAGE_ARN",
        known.replace("gEjTy7T7", "aaaaaaaa"): "RULES_PACKAGE_DOES_NOT_EXIST",
    }
    of = target(aws)
    for arn, code in codes.items():
        assert refusal(lambda arn=arn: template(aws, of, rulesPackageArns=[arn]))["errorCode"] == code
    error = refusal(lambda: template(aws, of, rulesPackageArns=[known, known]))
    assert error["errorCode"] == "INVALID_RULES_PACKAGE_ARN"


def test_there_are_five_hundred_templates_at_most(aws: Simulator) -> None:
    """The limit of the account is kept."""
    of = target(aws)
    given = {"durationInSeconds": 180, "rulesPackageArns": []}
    for number in range(TEMPLATE_QUOTA):
        template(aws, of, called=f"template {number}", **given)
    one_more = {"assessmentTargetArn": of, "assessmentTemplateName": "one more"} | given
    error = refusal(impatient(aws).create_assessment_template, **one_more)
    assert error["errorCode"] == "ASSESSMENT_TEMPLATE_LIMIT_EXCEEDED"


def test_deleting_a_template_takes_its_findings(aws: Simulator, pair: tuple[str, str]) -> None:
    """The baseline goes with its template: runs and findings are gone."""
    inspector = aws.client("inspector")
    run = assess(aws, pair[1])
    assert findings(aws, run)
    inspector.delete_assessment_template(assessmentTemplateArn=pair[1])
    answer = inspector.describe_assessment_runs(assessmentRunArns=[run])
    assert answer["failedItems"][run]["failureCode"] == "ITEM_DOES_NOT_EXIST"
    assert findings(aws) == []
    assert code_of(inspector.list_findings, assessmentRunArns=[run]) == "NoSuchEntityException"


def test_a_template_of_a_running_assessment_stays(aws: Simulator, pair: tuple[str, str]) -> None:
    """While a run goes on its template cannot be deleted."""
    run = start(aws, pair[1])
    error = refusal(aws.client("inspector").delete_assessment_template, assessmentTemplateArn=pair[1])
    assert error["Error"]["Code"] == "AssessmentRunInProgressException"
    assert error["assessmentRunArns"] == [run]


def test_tags_are_set_as_a_whole(aws: Simulator, pair: tuple[str, str]) -> None:
    """Setting tags replaces all that were there; without any they go."""
    inspector = aws.client("inspector")
    inspector.set_tags_for_resource(resourceArn=pair[1], tags=[{"key": "a", "value": "1"}, {"key": "b"}])
    inspector.set_tags_for_resource(resourceArn=pair[1], tags=[{"key": "c", "value": "3"}])
    assert inspector.list_tags_for_resource(resourceArn=pair[1])["tags"] == [{"key": "c", "value": "3"}]
    inspector.set_tags_for_resource(resourceArn=pair[1])
    assert inspector.list_tags_for_resource(resourceArn=pair[1])["tags"] == []


def test_only_templates_have_tags(aws: Simulator, pair: tuple[str, str]) -> None:
    """A target has none, a reserved or doubled key is refused, an unknown template too, an eleventh tag as well."""
    inspector = aws.client("inspector")
    assert refusal(inspector.list_tags_for_resource, resourceArn=pair[0])["errorCode"] == "INVALID_RESOURCE_ARN"
    for tags in ([{"key": "aws:a", "value": "b"}], [{"key": "a", "value": "b"}] * 2):
        error = refusal(inspector.set_tags_for_resource, resourceArn=pair[1], tags=tags)
        assert error["errorCode"] == "INVALID_TAG_KEY"
    many = [{"key": str(number), "value": "b"} for number in range(11)]
    error = refusal(inspector.set_tags_for_resource, resourceArn=pair[1], tags=many)
    assert error["errorCode"] == "INVALID_NUMBER_OF_TAGS"
    unknown = f"{pair[1][:-8]}aaaaaaaa"
    assert code_of(inspector.list_tags_for_resource, resourceArn=unknown) == "NoSuchEntityException"
