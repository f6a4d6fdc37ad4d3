"""Inspector's findings as Security Hub writes them in OCSF, made from findings in the names of Inspector's API."""

from datetime import UTC, datetime
from typing import Any

# severity_id, and what is said of the fix, by the API's words.
_SEVERITY = {"UNTRIAGED": 0, "INFORMATIONAL": 1, "LOW": 2, "MEDIUM": 3, "HIGH": 4, "CRITICAL": 5}
_COVERAGE = {"YES": "Complete", "PARTIAL": "Partial"}


def in_ocsf(finding: dict[str, Any]) -> dict[str, Any]:
    """Return a package finding on EC2 instances as a record of class 2002, of version 1.6.0."""
    details = finding["packageVulnerabilityDetails"]
    closed = finding["status"] == "CLOSED"
    status = {"ACTIVE": 1, "SUPPRESSED": 3, "CLOSED": 4}[finding["status"]]
    fix = finding.get("fixAvailable")
    vulnerability: dict[str, Any] = {
        "cve": {"uid": details["vulnerabilityId"], "epss": {"score": str(finding.get("epss", {}).get("score", "0.1"))}},
        "affected_packages": [_package(one) for one in details["vulnerablePackages"]],
        "related_vulnerabilities": details.get("relatedVulnerabilities", []),
    }
    if fix:
        vulnerability |= {"is_fix_available": fix != "NO", "fix_coverage": _COVERAGE.get(fix)}
    if exploit := finding.get("exploitAvailable"):
        vulnerability["is_exploit_available"] = exploit == "YES"
    return {
        "class_uid": 2002,
        "class_name": "Vulnerability Finding",
        "activity_id": 3 if closed else 2,
        "activity_name": "Close" if closed else "Update",
        "status_id": status,
        "severity_id": _SEVERITY[finding["severity"]],
        "vendor_attributes": {"severity_id": _SEVERITY[finding["severity"]]},
        "metadata": {"product": {"name": "Inspector", "vendor_name": "AWS"}, "version": "1.6.0"},
        "cloud": {"account": {"uid": finding["awsAccountId"]}, "provider": "AWS", "region": "eu-central-1"},
        "finding_info": {
            "uid": finding["findingArn"],
            "title": finding["title"],
            "first_seen_time": _milliseconds(finding["firstObservedAt"]),
            "last_seen_time": _milliseconds(finding["lastObservedAt"]),
            "modified_time": _milliseconds(finding["updatedAt"]),
        },
        "resources": [
            {"type": "AWS::EC2::Instance", "uid": one["id"], "region": one["region"],
             "tags": [{"name": name, "value": value} for name, value in one.get("tags", {}).items()]}
            for one in finding["resources"]
        ],
        "vulnerabilities": [vulnerability],
    }  # fmt: skip


def _package(package: dict[str, Any]) -> dict[str, Any]:
    names = {
        "name": "name", "version": "version", "epoch": "epoch", "release": "release", "arch": "architecture",
        "packageManager": "package_manager", "filePath": "path", "fixedInVersion": "fixed_in_version",
    }  # fmt: skip
    return {names[name]: value for name, value in package.items() if name in names}


def _milliseconds(moment: Any) -> int:
    if isinstance(moment, datetime):
        moment = moment.astimezone(UTC).timestamp()
    return round(moment * 1000)
