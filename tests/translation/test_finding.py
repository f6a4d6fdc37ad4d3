"""One finding of Inspector's API, translated into rows."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from postpatch.errors import BadEvidence
from postpatch.model import Package
from postpatch.translation.finding import finding_rows, host_tags, other_resources

Document = dict[str, Any]
Make = Callable[..., Document]

ARN = "arn:aws:inspector2:eu-central-1:012345678901:finding/0123456789abcdef0123456789abcdef"
HOST = {"type": "AWS_EC2_INSTANCE", "id": "i-12345678901234567", "region": "eu-central-1"}
OTHER_HOST = HOST | {"id": "i-0aaaaaaaaaaaaaaaa"}
IMAGE = {"type": "AWS_ECR_CONTAINER_IMAGE", "id": "arn:aws:ecr:…:repository/x/sha256:…", "region": "eu-central-1"}


def refusal(document: Document) -> str:
    """Return the words in which a finding is refused."""
    with pytest.raises(BadEvidence) as caught:
        list(finding_rows(document))
    return str(caught.value)


def with_package(make: Make, **fields: object) -> Document:
    """Make a finding of one package with these fields."""
    package = {"name": "snapd", "version": "2.63"} | fields
    return make(packageVulnerabilityDetails={"vulnerabilityId": "CVE-1", "vulnerablePackages": [package]})


def test_the_tags_of_each_instance_are_told(package_finding: Make) -> None:
    """An instance's tags come with its id, in one order; what is no instance, or has no tags, is left out."""
    tagged = HOST | {"tags": {"Name": "web", "Env": "", "aws:cloudformation:stack-name": "pww"}}
    found = dict(host_tags(package_finding(resources=[tagged, OTHER_HOST, IMAGE | {"tags": {"Name": "x"}}])))
    assert found == {HOST["id"]: (("Env", ""), ("Name", "web"), ("aws:cloudformation:stack-name", "pww"))}


@pytest.mark.parametrize(
    ("tags", "words"),
    [({"Name": 5}, "resources[0].tags.Name is 5, not a text"), (["Name"], "resources[0].tags is ['Name'], not an")],
)
def test_tags_that_are_none_are_refused(package_finding: Make, tags: object, words: str) -> None:
    """A tag that is no text is refused by its path, and not read as some other tag."""
    with pytest.raises(BadEvidence) as caught:
        list(host_tags(package_finding(resources=[HOST | {"tags": tags}])))
    assert words in str(caught.value)


def test_a_package_finding_becomes_a_row(package_finding: Make) -> None:
    """Every field that a verdict needs arrives in the row, and AWS's filler text does not."""
    (row,) = finding_rows(package_finding(inspectorScore=4.8, epss={"score": 0.00043}, exploitAvailable="NO"))
    assert (row.account, row.region, row.host) == ("012345678901", "eu-central-1", "i-12345678901234567")
    assert (row.type, row.vulnerability, row.status) == ("PACKAGE_VULNERABILITY", "CVE-2024-29069", "ACTIVE")
    assert (row.protocol, row.port_begin, row.port_end) == ("", -1, -1)
    assert (row.score, row.epss, row.fix_available, row.exploit_available) == (4.8, 0.00043, "YES", "NO")
    assert row.updated_at == datetime(2024, 9, 4, 17, 0, 36, 951000, UTC)
    assert row.remediation == ""
    assert row.packages == (Package("snapd", "2.63", manager="OS"),)


def test_an_open_port_becomes_a_row(network_finding: Make) -> None:
    """A network finding is told apart by protocol and ports; it has no package and no word on a fix."""
    (row,) = finding_rows(network_finding())
    assert (row.protocol, row.port_begin, row.port_end) == ("TCP", 22, 22)
    assert (row.vulnerability, row.packages, row.fix_available) == ("", (), None)


def test_a_code_finding_is_known_by_its_rule(package_finding: Make) -> None:
    """A code finding takes its detector's rule for its vulnerability."""
    details = {"detectorId": "python/sql-injection@v1.0", "detectorName": "SQL injection"}
    (row,) = finding_rows(package_finding(type="CODE_VULNERABILITY", codeVulnerabilityDetails=details))
    assert row.vulnerability == "python/sql-injection@v1.0"


def test_each_instance_gives_a_row_and_others_are_named(package_finding: Make) -> None:
    """A finding on two instances and an image gives two rows, and names the image's type."""
    finding = package_finding(resources=[HOST, IMAGE, OTHER_HOST])
    assert [row.host for row in finding_rows(finding)] == [HOST["id"], OTHER_HOST["id"]]
    assert list(other_resources(finding)) == ["AWS_ECR_CONTAINER_IMAGE"]


def test_a_finding_on_another_resource_is_no_row_whatever_it_holds(package_finding: Make) -> None:
    """What a finding on an image says beyond its resources is not judged."""
    assert list(finding_rows(package_finding(resources=[IMAGE], status="NEW_KIND"))) == []


def test_no_fix_and_no_word_on_a_fix_stay_apart(package_finding: Make) -> None:
    """NotAvailable is kept as Inspector writes it, and a missing version stays missing."""
    (said,) = finding_rows(with_package(package_finding, fixedInVersion="NotAvailable"))
    (unsaid,) = finding_rows(with_package(package_finding))
    assert (said.packages[0].fixed_in, unsaid.packages[0].fixed_in) == ("NotAvailable", None)


def test_what_aws_leaves_out_is_unknown_not_wrong(package_finding: Make) -> None:
    """Score, fix, exploit, EPSS, times, title and package manager may be missing, or null, without harm."""
    missing = ("fixAvailable", "firstObservedAt", "lastObservedAt", "updatedAt", "title", "remediation")
    (row,) = finding_rows(with_package(package_finding) | dict.fromkeys(missing) | {"inspectorScore": None})
    assert (row.score, row.fix_available, row.exploit_available, row.epss, row.updated_at) == (None,) * 5
    assert (row.title, row.remediation, row.packages[0].manager) == ("", "", "")


@pytest.mark.parametrize("advisory", ["USN-6940-1", "ALAS2-2023-1995", "GHSA-cx63-2mw6-8hw5"])
def test_an_advisory_is_an_id_like_any_other(package_finding: Make, advisory: str) -> None:
    """Ids that are no CVE are kept as they are."""
    (row,) = finding_rows(package_finding(packageVulnerabilityDetails={"vulnerabilityId": advisory}))
    assert (row.vulnerability, row.packages) == (advisory, ())


def test_the_region_is_the_findings_own_where_the_resource_has_none(package_finding: Make) -> None:
    """A resource without a region, as the API allows, is in the region of the finding."""
    (row,) = finding_rows(package_finding(resources=[{"type": HOST["type"], "id": HOST["id"]}]))
    assert row.region == "eu-central-1"


@pytest.mark.parametrize("field", ["awsAccountId", "type", "status", "severity", "resources"])
def test_a_field_of_the_identity_must_be_there(package_finding: Make, field: str) -> None:
    """A finding without a field that tells it from others is refused, by its ARN and the field's name."""
    assert refusal(package_finding(**{field: None})).startswith(f"finding {ARN}: {field} is missing")


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (None, "networkReachabilityDetails is missing"),
        ({"openPortRange": {"begin": 1, "end": 2}}, "networkReachabilityDetails.protocol is missing"),
        ({"protocol": "TCP"}, "networkReachabilityDetails.openPortRange is missing"),
        ({"protocol": "TCP", "openPortRange": {"begin": 1}}, "openPortRange.end is missing"),
        ({"protocol": "TCP", "openPortRange": {"begin": 1, "end": "2"}}, "openPortRange.end is '2', not a whole"),
        ({"protocol": "TCP", "openPortRange": {"begin": 2, "end": 1}}, "openPortRange is 2 to 1, not a range"),
        ({"protocol": "ICMP", "openPortRange": {"begin": 1, "end": 2}}, "protocol is 'ICMP', not one of TCP, UDP"),
    ],
)
def test_an_open_port_must_be_whole(network_finding: Make, details: Document | None, words: str) -> None:
    """A network finding without protocol or a range of ports is refused."""
    assert words in refusal(network_finding(networkReachabilityDetails=details))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "FOO"}, "status is 'FOO', not one of ACTIVE, SUPPRESSED, CLOSED"),
        ({"type": "WEATHER"}, "type is 'WEATHER', not one of"),
        ({"severity": "BAD"}, "severity is 'BAD', not one of"),
        ({"fixAvailable": "MAYBE"}, "fixAvailable is 'MAYBE', not one of YES, NO, PARTIAL"),
        ({"exploitAvailable": 1}, "exploitAvailable is 1, not a text"),
        ({"awsAccountId": "12345678901"}, "awsAccountId is '12345678901', not 12 digits"),
        ({"inspectorScore": "7.8"}, "inspectorScore is '7.8', not a number"),
        ({"inspectorScore": 10**400}, "inspectorScore is 1000"),
        ({"epss": {"score": float("nan")}}, "epss.score is nan, not a number"),
        ({"epss": 0.1}, "epss is 0.1, not an object"),
        ({"updatedAt": "yesterday"}, "updatedAt is 'yesterday', not a readable time"),
        ({"resources": []}, "resources is missing"),
        ({"resources": {}}, "resources is {}, not a list"),
        ({"resources": ["i-1"]}, "resources[0] is 'i-1', not an object"),
        ({"resources": [HOST, {"id": "i-1"}]}, "resources[1].type is missing"),
        ({"resources": [HOST | {"id": "web-1"}]}, "resources[0].id is 'web-1', not the id of an EC2 instance"),
        ({"resources": [HOST | {"region": None}], "findingArn": "x"}, "resources[0].region is missing"),
        ({"packageVulnerabilityDetails": None}, "packageVulnerabilityDetails is missing"),
        ({"packageVulnerabilityDetails": {}}, "packageVulnerabilityDetails.vulnerabilityId is missing"),
        (
            {"packageVulnerabilityDetails": {"vulnerabilityId": "CVE-1", "vulnerablePackages": [{"version": "1"}]}},
            "packageVulnerabilityDetails.vulnerablePackages[0].name is missing",
        ),
    ],
)
def test_a_value_of_an_unknown_kind_is_refused(package_finding: Make, changes: Document, words: str) -> None:
    """A value that Inspector does not document is refused in words that name field, value and what is known."""
    assert words in refusal(package_finding(**changes))


def test_an_instance_under_another_type_is_not_set_aside(package_finding: Make) -> None:
    """A resource with an instance's id and another type is refused: it must not leave the counts unseen."""
    with pytest.raises(BadEvidence, match=r"resources\[0\].type is 'AwsEc2Instance', but its id is that of an EC2"):
        list(other_resources(package_finding(resources=[HOST | {"type": "AwsEc2Instance"}])))


def test_a_finding_without_an_arn_is_still_named(package_finding: Make) -> None:
    """A refusal says so when there is no ARN to name."""
    assert refusal(package_finding(findingArn=None, status=None)).startswith("a finding without an ARN: status is")
