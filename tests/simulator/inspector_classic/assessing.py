"""Questions that the tests ask of the simulated Inspector Classic, through boto3 like anybody else."""

from typing import Any

import pytest
from botocore.config import Config

from postpatch.simulator import Simulator, World
from postpatch.simulator.hosts.host import Host
from postpatch.simulator.worlds.workshop_classic import FACTS, FRESH_AL2, IMAGE

CVES, PRACTICES = "Common Vulnerabilities and Exposures", "Security Best Practices"
ENDS = ("COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "ERROR", "CANCELED")
ROOT_LOGIN = "Disable root login over SSH"
SHORTEST = 180

# A host on which no rule of the Security Best Practices is broken.
HARDENED = FRESH_AL2 | {
    "sshd.PermitRootLogin": "no",
    "login.PASS_MAX_DAYS": "90",
    "pwquality.minlen": "14",
    "pwquality.lcredit": "-1",
    "pwquality.ucredit": "-1",
    "pwquality.dcredit": "-1",
    "pwquality.ocredit": "-1",
    "pam_unix.remember": "12",
}


def _deploy(aws: Simulator) -> None:
    aws.know_image(IMAGE, FACTS)
    aws.fleet.prepare = lambda host, _: host.settings.update(FRESH_AL2)
    launch(aws, "one")


def _nothing(_: Simulator) -> None:
    """Play nothing."""


ONE_HOST = World("one-host", "One host, and nothing else.", frozenset(), _deploy, _nothing, engine="classic")


def launch(aws: Simulator, name: str) -> Host:
    """Launch an Amazon Linux 2 host of a name."""
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
    launched = aws.client("ec2").run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, TagSpecifications=tags)
    host = aws.fleet.host(launched["Instances"][0]["InstanceId"])
    assert host is not None
    return host


def impatient(aws: Simulator) -> Any:
    """Make a client that asks once: SDKs repeat a call that exceeded a limit."""
    return aws.session().client("inspector", config=Config(retries={"max_attempts": 0}))


def group(aws: Simulator, *names: str) -> str:
    """Create a resource group of the hosts with these names."""
    tags = [{"key": "Name", "value": name} for name in names]
    return str(aws.client("inspector").create_resource_group(resourceGroupTags=tags)["resourceGroupArn"])


def target(aws: Simulator, *names: str, called: str = "target") -> str:
    """Create a target of the hosts with these names, or of all hosts."""
    given = {"resourceGroupArn": group(aws, *names)} if names else {}
    created = aws.client("inspector").create_assessment_target(assessmentTargetName=called, **given)
    return str(created["assessmentTargetArn"])


def packages(aws: Simulator, *names: str) -> list[str]:
    """Find rules packages by name."""
    inspector = aws.client("inspector")
    arns = inspector.list_rules_packages()["rulesPackageArns"]
    rows = inspector.describe_rules_packages(rulesPackageArns=arns)["rulesPackages"]
    return [row["arn"] for name in names for row in rows if row["name"] == name]


def template(aws: Simulator, of: str, *rules: str, called: str = "template", **more: Any) -> str:
    """Create a template of a target with these rules packages, by default both that the tutorial takes."""
    given = {"durationInSeconds": SHORTEST, "rulesPackageArns": packages(aws, *(rules or (CVES, PRACTICES)))} | more
    created = aws.client("inspector").create_assessment_template(
        assessmentTargetArn=of, assessmentTemplateName=called, **given
    )
    return str(created["assessmentTemplateArn"])


def the_template(aws: Simulator) -> str:
    """Find the only template."""
    (arn,) = aws.client("inspector").list_assessment_templates()["assessmentTemplateArns"]
    return str(arn)


def start(aws: Simulator, of: str, **more: Any) -> str:
    """Start a run of a template."""
    return str(aws.client("inspector").start_assessment_run(assessmentTemplateArn=of, **more)["assessmentRunArn"])


def look(aws: Simulator, run: str) -> dict[str, Any]:
    """Describe a run."""
    answer = aws.client("inspector").describe_assessment_runs(assessmentRunArns=[run])
    assert answer["failedItems"] == {}
    row: dict[str, Any] = answer["assessmentRuns"][0]
    return row


def finish(aws: Simulator, run: str) -> dict[str, Any]:
    """Look at a run until it has ended."""
    for _ in range(100):
        row = look(aws, run)
        if row["state"] in ENDS:
            return row
    return pytest.fail("the run did not end")


def assess(aws: Simulator, of: str) -> str:
    """Run a template to its end."""
    run = start(aws, of)
    finish(aws, run)
    return run


def finding_arns(aws: Simulator, *runs: str, **wanted: Any) -> list[str]:
    """List the ARNs of the findings of runs, by filter."""
    pages = aws.client("inspector").get_paginator("list_findings")
    found = pages.paginate(assessmentRunArns=list(runs), filter=wanted, PaginationConfig={"PageSize": 100})
    return [arn for page in found for arn in page["findingArns"]]


def findings(aws: Simulator, *runs: str, **wanted: Any) -> list[dict[str, Any]]:
    """Describe the findings of runs, by filter, ten a call."""
    arns = finding_arns(aws, *runs, **wanted)
    describe = aws.client("inspector").describe_findings
    return [row for first in range(0, len(arns), 10) for row in described(describe, arns[first : first + 10])]


def described(describe: Any, arns: list[str]) -> list[dict[str, Any]]:
    """Describe up to ten findings, none of which may fail."""
    answer = describe(findingArns=arns)
    assert answer["failedItems"] == {}
    rows: list[dict[str, Any]] = answer["findings"]
    return rows


def exclusions(aws: Simulator, run: str) -> list[tuple[str, str]]:
    """Tell the exclusions of a run: title, and what it is about."""
    inspector = aws.client("inspector")
    arns = inspector.list_exclusions(assessmentRunArn=run, maxResults=100)["exclusionArns"]
    if not arns:
        return []
    rows = inspector.describe_exclusions(exclusionArns=arns)["exclusions"]
    return [(rows[arn]["title"], rows[arn]["scopes"][0]["value"]) for arn in arns]
