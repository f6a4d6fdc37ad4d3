from collections import Counter

from postpatch.simulator import Simulator
from tests.simulator.asking import findings as v2_findings
from tests.simulator.asking import of_stack, patch_state, stack_hosts
from tests.simulator.inspector_classic.assessing import (
    ROOT_LOGIN,
    assess,
    finding_arns,
    findings,
    look,
    packages,
    the_template,
)

Assessed = tuple[Simulator, str]


def test_there_are_117_findings_in_the_baseline(assessed: Assessed) -> None:
    """The baseline run finds what the tutorial's screenshot shows: 117, on the stack's three hosts."""
    aws, run = assessed
    found = findings(aws, run)
    assert len(found) == 117
    assert {finding["assetAttributes"]["agentId"] for finding in found} == set(stack_hosts(aws))
    assert sum(look(aws, run)["findingCounts"].values()) == 117


def test_nothing_but_real_findings_is_among_them(assessed: Assessed) -> None:
    """Both rules packages find something, so there is no placeholder."""
    aws, run = assessed
    assert finding_arns(aws, run, severities=["Informational", "Undefined"]) == []


def test_the_tutorials_finding_is_there_word_for_word(assessed: Assessed) -> None:
    """The sample of the screenshot: title, severity, the installed packages in the recommendation."""
    aws, run = assessed
    finding = findings(aws, run, ruleNames=["CVE-2018-14647"])[0]
    host = finding["assetAttributes"]["agentId"]
    assert finding["title"] == f"Instance {host} is vulnerable to CVE-2018-14647"
    assert finding["severity"] == "High"
    assert finding["recommendation"].startswith(
        "Use your Operating System's update feature to update package "
        "python3-0:3.6.2-3.amzn2.0.3, python3-libs-0:3.6.2-3.amzn2.0.3. "
    )


def test_inspector_is_set_up_as_the_tutorials_template_does(assessed: Assessed) -> None:
    """A target by the stack's tag, and a template of 900 s with the rules packages CVE and SBP of the Region."""
    aws, _ = assessed
    inspector = aws.client("inspector")
    row = inspector.describe_assessment_templates(assessmentTemplateArns=[the_template(aws)])["assessmentTemplates"][0]
    assert (row["name"], row["durationInSeconds"]) == ("pww template", 900)
    assert row["rulesPackageArns"] == [
        "arn:aws:inspector:us-east-1:316112463485:rulespackage/0-gEjTy7T7",
        "arn:aws:inspector:us-east-1:316112463485:rulespackage/0-R01qwB5Q",
    ]
    target = inspector.describe_assessment_targets(assessmentTargetArns=[row["assessmentTargetArn"]])
    group = target["assessmentTargets"][0]["resourceGroupArn"]
    described = inspector.describe_resource_groups(resourceGroupArns=[group])["resourceGroups"][0]
    assert described["tags"] == [{"key": "aws:cloudformation:stack-name", "value": "pww"}]


def test_the_stack_is_deployed_and_nothing_was_assessed_yet(workshop: Simulator) -> None:
    """Deploying leaves no assessment run, running or ended."""
    assert workshop.client("inspector").list_assessment_runs()["assessmentRunArns"] == []
    assert len(stack_hosts(workshop)) == 3


def test_the_hosts_are_amazon_linux_2(workshop: Simulator) -> None:
    """Systems Manager, EC2 and Inspector v2 know the stack's hosts as Amazon Linux 2."""
    hosts = stack_hosts(workshop)
    filters = [{"Key": "InstanceIds", "Values": hosts}]
    nodes = workshop.client("ssm").describe_instance_information(Filters=filters)["InstanceInformationList"]
    assert {(n["PlatformName"], n["PlatformVersion"], n["PingStatus"]) for n in nodes} == {
        ("Amazon Linux", "2", "Online")
    }
    image = workshop.client("ec2").describe_images(ImageIds=["ami-009d6802948d06e52"])["Images"][0]
    assert image["Name"] == "amzn2-ami-hvm-2.0.20181114-x86_64-gp2"
    assert image["Description"].startswith("Amazon Linux 2 AMI")
    found = v2_findings(workshop, resourceTags=of_stack())
    details = [f["resources"][0]["details"]["awsEc2Instance"] for f in found]
    assert {detail["platform"] for detail in details} == {"AMAZON_LINUX_2"}
    fixable = next(f for f in found if f.get("fixAvailable") == "YES")["packageVulnerabilityDetails"]
    assert fixable["vulnerablePackages"][0]["remediation"].startswith("yum update ")
    assert all(url.startswith("https://alas.aws.amazon.com/AL2/ALAS-20") for url in fixable["referenceUrls"])


def test_both_inspectors_find_the_same_cves(assessed: Assessed) -> None:
    """Classic and v2 look at the same hosts: the same CVEs on each."""
    aws, run = assessed
    classic = {
        (f["assetAttributes"]["agentId"], f["id"])
        for f in findings(aws, run, rulesPackageArns=packages(aws, "Common Vulnerabilities and Exposures"))
    }
    v2 = {
        (f["resources"][0]["id"], f["packageVulnerabilityDetails"]["vulnerabilityId"])
        for f in v2_findings(aws, resourceTags=of_stack())
        if f["type"] == "PACKAGE_VULNERABILITY"
    }
    assert classic == v2


def test_the_story(workshop: Simulator) -> None:
    """The patch round fixes what has a fix; root login over SSH remains, since it is a configuration."""
    template = the_template(workshop)
    before = findings(workshop, assess(workshop, template))
    workshop.remediate()
    after = findings(workshop, assess(workshop, template))
    assert len(after) < len(before) / 2
    left = Counter(finding["id"] for finding in after)
    assert left[ROOT_LOGIN] == 3
    assert {name for name in left if name.startswith("CVE-")} == {"CVE-2016-2781", "CVE-2019-5737"}
    assert {(f["assetAttributes"]["agentId"], f["id"]) for f in after} < {
        (f["assetAttributes"]["agentId"], f["id"]) for f in before
    }


def test_the_round_is_the_tutorials_for_amazon_linux_2(workshop: Simulator) -> None:
    """Remediation makes pww the default baseline of Amazon Linux 2 and installs with it on the three hosts."""
    ssm = workshop.client("ssm")
    of = {"OperatingSystem": "AMAZON_LINUX_2"}
    predefined = ssm.get_patch_baseline(BaselineId=ssm.get_default_patch_baseline(**of)["BaselineId"])
    assert predefined["Name"] == "AWS-AmazonLinux2DefaultPatchBaseline"
    workshop.remediate()
    chosen = ssm.get_default_patch_baseline(**of)["BaselineId"]
    assert ssm.get_patch_baseline(BaselineId=chosen)["Name"] == "pww"
    for host in stack_hosts(workshop):
        state = patch_state(workshop, host)
        assert (state["Operation"], state["BaselineId"], state["FailedCount"]) == ("Install", chosen, 0)


def test_what_is_left_has_no_patch(workshop: Simulator) -> None:
    """Patch Manager knows no patch for the CVEs that remain, and one for each that went."""
    template = the_template(workshop)
    before = {f["id"] for f in findings(workshop, assess(workshop, template)) if f["id"].startswith("CVE-")}
    workshop.remediate()
    after = {f["id"] for f in findings(workshop, assess(workshop, template)) if f["id"].startswith("CVE-")}
    pages = workshop.client("ssm").get_paginator("describe_available_patches")
    found = pages.paginate(Filters=[{"Key": "PRODUCT", "Values": ["AmazonLinux2.0"]}])
    available = {cve for page in found for patch in page["Patches"] for cve in patch["CVEIds"]}
    assert before - after == available
    assert not after & available
