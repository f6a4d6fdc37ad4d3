"""Translate a finding of Inspector in OCSF, as Security Hub and Security Lake keep it, to the names of Inspector's API.

The fields are those of the class Vulnerability Finding (https://schema.ocsf.io/1.6.0/classes/vulnerability_finding).
What a record does not hold stays empty, such as the Inspector score and when the vendor listed the vulnerability.
"""

import re
from collections.abc import Iterator, Mapping

from postpatch.translation.finding import EC2_INSTANCE
from postpatch.translation.parts import Part

CLASS = "class_uid"
VULNERABILITY_FINDING = 2002
_INSPECTOR = re.compile(r"arn:[^:]*:inspector2:")
# An instance as Security Hub names its type now, and as it did in the AWS Security Finding Format.
_INSTANCES = ("AWS::EC2::Instance", "AwsEc2Instance")
# severity_id of OCSF; `Fatal` is worse than anything that Inspector has.
_SEVERITIES = {1: "INFORMATIONAL", 2: "LOW", 3: "MEDIUM", 4: "HIGH", 5: "CRITICAL", 6: "CRITICAL"}
# "Findings with activity_name = Close [are] closed findings", all others are active (Security Hub user guide, "OCSF
# findings"). `status` is also what a person sets, so that Resolved alone proves nothing.
_CLOSE = 3
_SUPPRESSED = 3
_COVERAGE = {"Complete": "YES", "Partial": "PARTIAL"}
_ID_IN_TITLE = re.compile(r"(\S+) - ")


def is_inspectors(record: Mapping[str, object]) -> bool:
    """Return whether a record is a vulnerability finding of Amazon Inspector, by its class and its finding's ARN."""
    info = record.get("finding_info")
    uid = info.get("uid") if isinstance(info, Mapping) else None
    return record.get(CLASS) == VULNERABILITY_FINDING and isinstance(uid, str) and bool(_INSPECTOR.match(uid))


def api_documents(record: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield a finding of Inspector in the names of its API, once for each vulnerability that the record names.

    BadEvidence names the finding and the field of the record that is missing or not of its kind.
    """
    info = record.get("finding_info")
    owner = f"finding {info.get('uid') if isinstance(info, Mapping) else 'without an ARN'}"
    finding = Part(owner, "", record)
    about = finding.part("finding_info")
    shared = {
        "findingArn": about.text("uid"),
        "awsAccountId": finding.part("cloud").part("account").text("uid"),
        "type": "PACKAGE_VULNERABILITY",
        "title": about.optional_text("title"),
        "severity": _severity(finding),
        "status": _status(finding),
        "firstObservedAt": _time(about, "first_seen_time"),
        "lastObservedAt": _time(about, "last_seen_time"),
        "updatedAt": _time(about, "modified_time") or _time(finding, "time"),
        "resources": [_resource(finding, one) for one in finding.parts("resources")],
    }
    vulnerabilities = finding.parts("vulnerabilities")
    if not vulnerabilities:
        finding.refuse("vulnerabilities", "is missing: a vulnerability finding names one at least")
    for vulnerability in vulnerabilities:
        yield shared | _vulnerability(vulnerability, shared["title"])


def _severity(finding: Part) -> str:
    # A person may rate a finding anew in Security Hub; what its source said is kept beside that.
    source = finding.optional_part("vendor_attributes")
    rated = source if source.has("severity_id") else finding
    return _SEVERITIES.get(rated.whole_number("severity_id"), "UNTRIAGED")


def _status(finding: Part) -> str:
    if finding.whole_number("activity_id") == _CLOSE:
        return "CLOSED"
    suppressed = finding.has("status_id") and finding.whole_number("status_id") == _SUPPRESSED
    return "SUPPRESSED" if suppressed else "ACTIVE"


def _time(part: Part, name: str) -> object:
    # Milliseconds since the epoch; the profile `datetime` has the same as text beside it.
    return part.optional_milliseconds(name) or part.optional_text(f"{name}_dt")


def _resource(finding: Part, resource: Part) -> Mapping[str, object]:
    kind = resource.text("type")
    return {
        "type": EC2_INSTANCE if kind in _INSTANCES else kind,
        "id": resource.text("uid"),
        "region": resource.optional_text("region") or finding.part("cloud").optional_text("region"),
        "tags": {tag.text("name"): tag.optional_text("value") or "" for tag in resource.parts("tags")},
    }


def _vulnerability(vulnerability: Part, title: object) -> dict[str, object]:
    packages = [_package(one) for one in vulnerability.parts("affected_packages")]
    exploit = vulnerability.optional_truth("is_exploit_available")
    cve = vulnerability.optional_part("cve")
    return {
        "fixAvailable": _fix(vulnerability, packages),
        "exploitAvailable": None if exploit is None else "YES" if exploit else "NO",
        "epss": {"score": cve.optional_part("epss").optional_number_in_text("score")},
        "packageVulnerabilityDetails": {
            "vulnerabilityId": _id(vulnerability, cve, title),
            "vulnerablePackages": packages,
            "relatedVulnerabilities": list(vulnerability.optional_texts("related_vulnerabilities")),
        },
    }


def _id(vulnerability: Part, cve: Part, title: object) -> str:
    named = cve.optional_text("uid") or vulnerability.optional_part("advisory").optional_text("uid")
    in_title = _ID_IN_TITLE.match(str(title or ""))
    if not named and not in_title:
        vulnerability.refuse("cve.uid", "is missing, and neither an advisory nor the title names the vulnerability")
    return named or (in_title[1] if in_title else "")


def _fix(vulnerability: Part, packages: list[dict[str, object]]) -> str | None:
    coverage = vulnerability.optional_text("fix_coverage")
    if coverage in _COVERAGE:
        return _COVERAGE[coverage]
    available = vulnerability.optional_truth("is_fix_available")
    if available is None:
        return None
    if not available:
        return "NO"
    return "YES" if packages and all(one["fixedInVersion"] for one in packages) else "PARTIAL"


def _package(package: Part) -> dict[str, object]:
    return {
        "name": package.text("name"),
        "version": package.optional_text("version"),
        "epoch": package.whole_number("epoch") if package.has("epoch") else None,
        "release": package.optional_text("release"),
        "arch": package.optional_text("architecture"),
        "packageManager": package.optional_text("package_manager"),
        "filePath": package.optional_text("path"),
        "fixedInVersion": package.optional_text("fixed_in_version"),
        "remediation": package.optional_part("remediation").optional_text("desc"),
    }
