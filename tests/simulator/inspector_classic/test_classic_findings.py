from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from postpatch.simulator.facts import Facts
from tests.simulator.asking import code_of, named, refusal
from tests.simulator.inspector_classic.assessing import (
    CVES,
    HARDENED,
    PRACTICES,
    ROOT_LOGIN,
    assess,
    finding_arns,
    findings,
    look,
    packages,
    target,
    template,
)

Assessed = tuple[Simulator, str]


def attributes(finding: dict[str, Any]) -> dict[str, str]:
    """Tell the system's attributes of a finding."""
    return {entry["key"]: entry["value"] for entry in finding["attributes"]}


def test_a_finding_has_what_real_ones_have(assessed: Assessed) -> None:
    """Every member that a recorded finding carries is there, in its form."""
    aws, run = assessed
    finding = findings(aws, run, ruleNames=[ROOT_LOGIN])[0]
    host = finding["assetAttributes"]["agentId"]
    assert finding["arn"].startswith(f"{run}/finding/0-")
    assert finding["id"] == ROOT_LOGIN
    assert finding["title"] == (
        f"Instance {host} is configured to allow users to log in with root credentials over SSH, without having to use "
        "a command authenticated by a public key. This increases the likelihood of a successful brute-force attack."
    )
    assert (finding["severity"], finding["numericSeverity"], finding["confidence"]) == ("Medium", 6.0, 10)
    assert attributes(finding) == {"INSTANCE_ID": host}
    assert "PermitRootLogin" in finding["recommendation"]
    assert (finding["service"], finding["assetType"], finding["schemaVersion"]) == ("Inspector", "ec2-instance", 1)
    assert finding["serviceAttributes"] == {
        "schemaVersion": 1,
        "assessmentRunArn": run,
        "rulesPackageArn": packages(aws, PRACTICES)[0],
    }
    assert finding["createdAt"] == finding["updatedAt"] == look(aws, run)["completedAt"]
    assert (finding["userAttributes"], finding["indicatorOfCompromise"]) == ([], False)


def test_a_finding_tells_its_host(assessed: Assessed) -> None:
    """Agent, group, image, name, addresses and tags of the host, the reserved ones too."""
    aws, run = assessed
    node = named(aws, "pww-node")[0]
    asset = findings(aws, run, agentIds=[node])[0]["assetAttributes"]
    assert asset["agentId"] == node
    assert asset["autoScalingGroup"].startswith("pww-")
    assert asset["amiId"] == "ami-009d6802948d06e52"
    assert asset["hostname"] == f"ip-{asset['ipv4Addresses'][0].replace('.', '-')}.ec2.internal"
    assert {"key": "aws:cloudformation:stack-name", "value": "pww"} in asset["tags"]


def test_a_vulnerability_has_its_attributes(assessed: Assessed) -> None:
    """CVE, package and both scores; the severity follows the newer score."""
    aws, run = assessed
    for cve, package, scores, severity in [
        ("CVE-2018-14647", "python3", ("5.0", "7.5"), "High"),
        ("CVE-2018-5407", "openssl", ("1.9", "4.7"), "Medium"),
        ("CVE-2019-11477", "kernel", ("7.8", "7.5"), "High"),
    ]:
        finding = findings(aws, run, ruleNames=[cve])[0]
        assert attributes(finding) == {
            "INSTANCE_ID": finding["assetAttributes"]["agentId"],
            "CVE_ID": cve,
            "package_name": package,
            "CVSS2_SCORE": scores[0],
            "CVSS3_SCORE": scores[1],
        }
        assert (finding["id"], finding["severity"]) == (cve, severity)
        assert finding["numericSeverity"] == {"High": 9.0, "Medium": 6.0}[severity]


def test_there_is_one_finding_for_each_cve_and_host(assessed: Assessed) -> None:
    """A CVE in several packages of a host is one finding, which names them all."""
    aws, run = assessed
    found = findings(aws, run)
    keys = [(finding["assetAttributes"]["agentId"], finding["id"]) for finding in found]
    assert len(keys) == len(set(keys))
    both = findings(aws, run, ruleNames=["CVE-2019-10160"])[0]
    assert "python-0:2.7.14-58.amzn2.0.4" in both["recommendation"]
    assert "python3-0:3.6.2-3.amzn2.0.3" in both["recommendation"]


def test_counts_add_up(assessed: Assessed) -> None:
    """The run's counts are those of its findings by severity, and a filter by severity gives as many."""
    aws, run = assessed
    counts = look(aws, run)["findingCounts"]
    assert set(counts) == {"High", "Medium", "Low", "Informational", "Undefined"}
    for severity, count in counts.items():
        assert len(finding_arns(aws, run, severities=[severity])) == count


def test_findings_are_listed_by_filter(assessed: Assessed) -> None:
    """By agent, group, rule, severity, rules package, attributes and time; all that is given must match."""
    aws, run = assessed
    everything = finding_arns(aws, run)
    red = named(aws, "pww-RedTeamHost")[0]
    group = findings(aws, run, agentIds=named(aws, "pww-node")[:1])[0]["assetAttributes"]["autoScalingGroup"]
    on_red, on_nodes = finding_arns(aws, run, agentIds=[red]), finding_arns(aws, run, autoScalingGroups=[group])
    assert sorted(on_red + on_nodes) == sorted(everything)
    practices = finding_arns(aws, run, rulesPackageArns=packages(aws, PRACTICES))
    vulnerabilities = finding_arns(aws, run, rulesPackageArns=packages(aws, CVES))
    assert (len(practices), len(vulnerabilities)) == (13, 104)
    assert len(finding_arns(aws, run, ruleNames=[ROOT_LOGIN], agentIds=[red])) == 1
    assert len(finding_arns(aws, run, attributes=[{"key": "package_name", "value": "curl"}])) == 36
    assert finding_arns(aws, run, userAttributes=[{"key": "Team", "value": "web"}]) == []
    completed = look(aws, run)["completedAt"]
    later = {"beginDate": completed + timedelta(seconds=1)}
    assert finding_arns(aws, run, creationTimeRange=later) == []
    assert finding_arns(aws, run, creationTimeRange={"beginDate": completed, "endDate": completed}) == everything


def test_findings_of_all_runs_are_listed_without_a_run(assessed: Assessed) -> None:
    """Without runs every finding of the account is listed; ten a page by default, a hundred at most."""
    aws, run = assessed
    inspector = aws.client("inspector")
    assert finding_arns(aws) == finding_arns(aws, run)
    assert len(inspector.list_findings()["findingArns"]) == 10
    page = inspector.list_findings(maxResults=500)
    assert len(page["findingArns"]) == 100
    rest = inspector.list_findings(maxResults=500, nextToken=page["nextToken"])["findingArns"]
    assert len(rest) == 17


def test_ten_findings_are_described_at_most(assessed: Assessed) -> None:
    """An eleventh ARN is refused, a severity that does not exist too."""
    aws, run = assessed
    inspector = aws.client("inspector")
    error = refusal(inspector.describe_findings, findingArns=finding_arns(aws, run)[:11])
    assert error["Error"]["Code"] == "InvalidInputException"
    assert error["errorCode"] == "INVALID_NUMBER_OF_FINDING_ARNS"
    error = refusal(inspector.list_findings, filter={"severities": ["Critical"]})
    assert error["errorCode"] == "INVALID_SEVERITY"
    assert code_of(inspector.list_findings, assessmentRunArns=["nonsense"]) == "InvalidInputException"


def test_rules_that_find_nothing_say_so(aws: Simulator) -> None:
    """A rules package without findings on any host leaves the placeholder, word for word as in AWS's example."""
    aws.fleet.hosts()[0].settings = dict(HARDENED)
    run = assess(aws, template(aws, target(aws)))
    (finding,) = findings(aws, run, rulesPackageArns=packages(aws, PRACTICES))
    assert finding["title"] == "No potential security issues found"
    assert finding["description"] == (
        "Amazon Inspector did not find any potential security issues during this assessment."
    )
    assert finding["recommendation"] == "No remediation needed."
    assert (finding["severity"], finding["numericSeverity"]) == ("Informational", 0.0)
    assert finding["assetAttributes"] == {"schemaVersion": 1, "ipv4Addresses": []}
    assert finding["attributes"] == []
    assert "id" not in finding
    assert look(aws, run)["findingCounts"]["Informational"] == 1


def test_one_version_changed_changes_the_findings(aws: Simulator, pair: tuple[str, str]) -> None:
    """Take one package away, and its findings are gone from the next run, all others stay."""
    before = {finding["id"] for finding in findings(aws, assess(aws, pair[1]))}
    aws.fleet.hosts()[0].remove("vim-common", "vim-enhanced", "vim-filesystem", "vim-minimal")
    after = {finding["id"] for finding in findings(aws, assess(aws, pair[1]))}
    assert before - after == {"CVE-2019-12735"}
    assert after < before


def test_a_setting_changed_changes_the_findings(aws: Simulator, pair: tuple[str, str]) -> None:
    """PermitRootLogin no, as the recommendation says, and the finding is gone."""
    before = {finding["id"] for finding in findings(aws, assess(aws, pair[1]))}
    aws.fleet.hosts()[0].settings["sshd.PermitRootLogin"] = "no"
    after = {finding["id"] for finding in findings(aws, assess(aws, pair[1]))}
    assert before - after == {ROOT_LOGIN}


def test_a_templates_attributes_are_on_its_findings(aws: Simulator) -> None:
    """What the template says is on every finding, and can be filtered by."""
    given = [{"key": "Team", "value": "web"}]
    run = assess(aws, template(aws, target(aws), userAttributesForFindings=given))
    assert all(finding["userAttributes"] == given for finding in findings(aws, run))
    assert finding_arns(aws, run, userAttributes=given) == finding_arns(aws, run)


def test_attributes_are_added_and_removed(aws: Simulator, pair: tuple[str, str]) -> None:
    """Attributes of the user come and go, `updatedAt` moves, and no other finding changes."""
    inspector = aws.client("inspector")
    one, two, *_ = finding_arns(aws, assess(aws, pair[1]))
    given = [{"key": "Ticket", "value": "SEC-1"}, {"key": "Seen"}]
    assert inspector.add_attributes_to_findings(findingArns=[one], attributes=given)["failedItems"] == {}
    changed, other = inspector.describe_findings(findingArns=[one, two])["findings"]
    assert (changed["userAttributes"], other["userAttributes"]) == (given, [])
    assert changed["updatedAt"] > changed["createdAt"] == other["updatedAt"]
    inspector.remove_attributes_from_findings(findingArns=[one], attributeKeys=["Seen", "never there"])
    left = inspector.describe_findings(findingArns=[one])["findings"][0]["userAttributes"]
    assert left == given[:1]


def test_a_finding_has_ten_attributes_at_most(aws: Simulator, pair: tuple[str, str]) -> None:
    """An attribute too many fails for that finding, an unknown finding fails for itself."""
    inspector = aws.client("inspector")
    one, two, *_ = finding_arns(aws, assess(aws, pair[1]))
    ten = [{"key": str(number), "value": "x"} for number in range(10)]
    inspector.add_attributes_to_findings(findingArns=[one], attributes=ten)
    unknown = f"{one[:-8]}aaaaaaaa"
    answer = inspector.add_attributes_to_findings(
        findingArns=[one, two, unknown], attributes=[{"key": "eleven", "value": "x"}]
    )
    assert {arn: item["failureCode"] for arn, item in answer["failedItems"].items()} == {
        one: "LIMIT_EXCEEDED",
        unknown: "ITEM_DOES_NOT_EXIST",
    }
    changed = inspector.describe_findings(findingArns=[two])["findings"][0]["userAttributes"]
    assert changed == [{"key": "eleven", "value": "x"}]


@pytest.mark.parametrize(
    ("score", "score_v2", "severity"),
    [(7.0, None, "High"), (6.9, 9.0, "Medium"), (3.9, None, "Low"), (None, 7.0, "High"), (None, None, "Undefined")],
)
def test_severity_follows_the_score(
    aws: Simulator, pair: tuple[str, str], score: float | None, score_v2: float | None, severity: str
) -> None:
    """High from 7, Medium from 4; the older score counts where there is no newer one; Undefined without any."""

    def learn(facts: Facts) -> Facts:
        known = facts.vulnerabilities["CVE-2019-12735"]
        changed = {known.id: replace(known, score=score, score_v2=score_v2)}
        return replace(facts, vulnerabilities=facts.vulnerabilities | changed)

    aws.fleet.learn(learn)
    run = assess(aws, pair[1])
    (finding,) = findings(aws, run, ruleNames=["CVE-2019-12735"])
    assert finding["severity"] == severity
    assert ("CVSS3_SCORE" in attributes(finding), "CVSS2_SCORE" in attributes(finding)) == (
        score is not None,
        score_v2 is not None,
    )
