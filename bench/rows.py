"""The rows of a generated fleet as AWS writes them, rendered once; only the host differs from one block to the next.

Field by field they are as botocore's models of inspector2, ssm and ec2 have them, with texts of the usual length.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

ACCOUNT, REGION = "123456789012", "us-east-1"
TAG = ("patching", "weekly")
FINDINGS, CHECKS = 100, 30  # a host
SCAN = f"arn:aws:inspector2:{REGION}:{ACCOUNT}:owner/{ACCOUNT}/cis-scan/00000000-0000-4000-8000-000000000001"
# Of a host's findings patching removes the first ones; the others have no fix, but for some on every tenth host.
FIXED, FIXABLE_LEFT, SOME = 60, 95, 10
_FAILED_CHECKS = 3
_HOST = "@HOST@"
_DISCLOSED = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
_WORDS = (
    "In the Linux kernel, the following vulnerability has been resolved: a missing check of a length that a peer "
    "chooses lets it write beyond the end of a buffer.\n\nThe check is done before the buffer is shared now. "
)


def host_id(number: int) -> str:
    """Return the id of a host."""
    return f"i-{number:017x}"


def number_of(host: str) -> int:
    """Return the number of a host."""
    return int(host[2:], 16)


@dataclass(frozen=True)
class Fleet:
    """The blocks of one moment, before patching or after it: a host's findings and checks, with a mark for its id."""

    findings: str
    findings_left: str
    checks: str

    def findings_of(self, host: str) -> str:
        """Return the findings of a host, as the items of a JSON list."""
        block = self.findings if number_of(host) % SOME else self.findings_left
        return block.replace(_HOST, host)

    def checks_of(self, host: str) -> str:
        """Return the CIS checks of a host, as the items of a JSON list."""
        return self.checks.replace(_HOST, host)


def fleet(seen: float, *, patched: bool) -> Fleet:
    """Return the fleet as Inspector saw it at `seen`, in seconds since the epoch."""
    return Fleet(
        _items(_finding(number, seen, _closed(number, patched=patched, left=False)) for number in range(FINDINGS)),
        _items(_finding(number, seen, _closed(number, patched=patched, left=True)) for number in range(FINDINGS)),
        _items(_check(number) for number in range(CHECKS)),
    )


def _items(rows: Iterable[object]) -> str:
    return json.dumps(list(rows), separators=(",", ":"))[1:-1]


def _closed(number: int, *, patched: bool, left: bool) -> bool:
    return patched and _fixable(number) and not (left and number >= FIXED - (FINDINGS - FIXABLE_LEFT))


def _fixable(number: int) -> bool:
    return number < FIXED


def _finding(number: int, seen: float, closed: bool) -> dict[str, object]:
    cve, name = f"CVE-2026-{10000 + number}", f"package{number}"
    score = 5.5 + number % 4
    vector = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H"
    return {
        "awsAccountId": ACCOUNT,
        "description": _WORDS * 3,
        "epss": {"score": round(number / 1000, 5)},
        "exploitAvailable": "NO",
        "findingArn": f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/{_HOST}{number:013x}",
        "firstObservedAt": round(seen) - 864000 + number / 8,
        "fixAvailable": "YES" if _fixable(number) else "NO",
        "inspectorScore": score,
        "inspectorScoreDetails": {
            "adjustedCvss": {
                "adjustments": [],
                "cvssSource": "NVD",
                "score": score,
                "scoreSource": "NVD",
                "scoringVector": vector,
                "version": "3.1",
            }
        },
        "lastObservedAt": seen,
        "packageVulnerabilityDetails": {
            "cvss": [
                {"baseScore": score, "scoringVector": vector, "source": "NVD", "version": "3.1"},
                {"baseScore": score, "scoringVector": vector, "source": "AMAZON_CVE", "version": "3.1"},
            ],
            "referenceUrls": [f"https://alas.aws.amazon.com/cve/html/{cve}.html", f"https://nvd.nist.gov/vuln/{cve}"],
            "relatedVulnerabilities": [],
            "source": "AMAZON_CVE",
            "sourceUrl": f"https://alas.aws.amazon.com/cve/json/v1/{cve}.json",
            "vendorCreatedAt": _DISCLOSED,
            "vendorSeverity": "Important",
            "vendorUpdatedAt": _DISCLOSED,
            "vulnerabilityId": cve,
            "vulnerablePackages": [
                {
                    "arch": "X86_64",
                    "epoch": 0,
                    "fixedInVersion": "0:2.1.0-1.amzn2023" if _fixable(number) else "NotAvailable",
                    "name": f"{name}{suffix}",
                    "packageManager": "OS",
                    "release": "1.amzn2023",
                    "remediation": f"dnf update {name}" if _fixable(number) else "NotAvailable",
                    "version": "2.0.0",
                }
                for suffix in ("", "-libs")
            ],
        },
        "remediation": {"recommendation": {"text": "None Provided"}},
        "resources": [
            {
                "details": {
                    "awsEc2Instance": {
                        "iamInstanceProfileArn": f"arn:aws:iam::{ACCOUNT}:instance-profile/node",
                        "imageId": "ami-00000000000000001",
                        "ipV4Addresses": ["10.0.0.7"],
                        "ipV6Addresses": [],
                        "launchedAt": _DISCLOSED,
                        "platform": "AMAZON_LINUX_2023",
                        "subnetId": "subnet-00000000000000001",
                        "type": "m7g.large",
                        "vpcId": "vpc-00000000000000001",
                    }
                },
                "id": _HOST,
                "partition": "aws",
                "region": REGION,
                "tags": {TAG[0]: TAG[1], "Name": _HOST},
                "type": "AWS_EC2_INSTANCE",
            }
        ],
        "severity": ("LOW", "MEDIUM", "HIGH", "CRITICAL")[number % 4],
        "status": "CLOSED" if closed else "ACTIVE",
        "title": f"{cve} - {name}, {name}-libs",
        "type": "PACKAGE_VULNERABILITY",
        "updatedAt": seen,
    }


def _check(number: int) -> dict[str, object]:
    check = f"5.{number}"
    return {
        "accountId": ACCOUNT,
        "checkDescription": _WORDS,
        "checkId": check,
        "findingArn": f"arn:aws:inspector2:{REGION}:{ACCOUNT}:owner/{ACCOUNT}/cis-finding/{_HOST}{number:04x}",
        "level": "LEVEL_1",
        "platform": "AMAZON_LINUX_2023",
        "remediation": "Edit the file and set the value as the benchmark says, then restart the service.",
        "scanArn": SCAN,
        "status": "FAILED" if number < _FAILED_CHECKS else "PASSED",
        "targetResourceId": _HOST,
        "title": f"Ensure that setting {number} of the daemon is as the benchmark wants it",
    }
