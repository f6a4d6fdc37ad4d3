"""The names that the exports share: of hosts, of runs, and of things that need a UUID."""

from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from postpatch.model import Finding
from postpatch.verdict.run import Run

HOMEPAGE = "https://github.com/postpatch/postpatch"
# AWS general reference, "Amazon Resource Names (ARNs)": the partition of a Region, by how the Region's name begins.
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}


def partition_of(region: str) -> str:
    """Return the partition of a Region: `aws`, unless its name says another."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def instance_arn(finding: Finding) -> str:
    """Return the ARN of a finding's host."""
    partition = partition_of(finding.region)
    return f"arn:{partition}:ec2:{finding.region}:{finding.account}:instance/{quote(finding.host, safe='')}"


def marked(run: Run, text: str) -> str:
    """Return a title that says SIMULATED if the run is: rows are copied elsewhere, where nothing else says so."""
    return f"SIMULATED: {text}" if run.simulated else text


def uuid_of(run: Run, *what: str) -> str:
    """Return the UUID (RFC 9562, version 5) of a thing in a run; the run judged again gives it the same one."""
    return str(uuid5(NAMESPACE_URL, "\n".join((HOMEPAGE, run.id, *what))))


def identity_of(finding: Finding) -> tuple[str, ...]:
    """Return a finding's identity as texts, the same in every run."""
    return (
        finding.account, finding.region, finding.host, finding.type, finding.vulnerability, finding.protocol,
        str(finding.port_begin), str(finding.port_end), finding.package,
    )  # fmt: skip
