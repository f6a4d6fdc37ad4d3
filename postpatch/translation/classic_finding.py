"""Translate a finding of Inspector Classic into a row.

The fields are those of https://docs.aws.amazon.com/inspector/v1/APIReference/API_Finding.html.
"""

from collections.abc import Mapping

from postpatch.model import Finding, FindingType, Package, Severity
from postpatch.translation.parts import Part

_SEVERITIES = {
    "High": Severity.HIGH,
    "Medium": Severity.MEDIUM,
    "Low": Severity.LOW,
    "Informational": Severity.INFORMATIONAL,
    "Undefined": Severity.UNTRIAGED,
}
_NOTHING_FOUND = "No potential security issues found"
_REACHABILITY = "Network Reachability"


def classic_row(
    document: Mapping[str, object], account: str, region: str, packages: Mapping[str, str], fixed: Mapping[str, bool]
) -> Finding | None:
    """Return the finding as a row, or None for the placeholder of a rules package that found nothing.

    `packages` maps the ARN of a rules package to its name, `fixed` a CVE to whether a patch for it is available; a CVE
    that it does not hold says nothing of a fix. BadEvidence names the finding's ARN and the field that is wrong.
    """
    finding = Part(f"finding {document.get('arn') or 'without an ARN'}", "", document)
    severity = finding.one_of("severity", _SEVERITIES)
    title = finding.text("title")
    if _is_placeholder(finding, title, severity):
        return None
    attributes = {part.text("key"): part.optional_text("value") or "" for part in finding.parts("attributes")}
    rule, cve = finding.text("id"), attributes.get("CVE_ID", "")
    rules_package = packages.get(finding.part("serviceAttributes").text("rulesPackageArn"), "")
    return Finding(
        account=account,
        region=region,
        host=finding.part("assetAttributes").text("agentId"),
        type=_type(cve, rules_package),
        vulnerability=cve or rule,
        package=attributes.get("package_name", ""),
        # Classic keeps findings by run and gives them no status: what a run found was there.
        status="ACTIVE",
        severity=_SEVERITIES[severity],
        title=title,
        score=finding.optional_number("numericSeverity"),
        fix_available={True: "YES", False: "NO", None: None}[fixed.get(cve)],
        first_observed_at=finding.optional_time("createdAt"),
        last_observed_at=finding.optional_time("updatedAt"),
        updated_at=finding.optional_time("updatedAt"),
        remediation=finding.optional_text("recommendation") or "",
        packages=_packages(cve, attributes),
        arn=finding.text("arn"),
    )


def _is_placeholder(finding: Part, title: str, severity: str) -> bool:
    harmless = severity == "Informational" and not finding.optional_number("numericSeverity")
    return harmless and title.startswith(_NOTHING_FOUND)


def _type(cve: str, rules_package: str) -> FindingType:
    if cve:
        return FindingType.PACKAGE
    return FindingType.NETWORK if rules_package.startswith(_REACHABILITY) else FindingType.RULE


def _packages(cve: str, attributes: Mapping[str, str]) -> tuple[Package, ...]:
    # Classic looks at the operating system's packages alone.
    return (Package(name=attributes["package_name"], manager="OS"),) if cve and "package_name" in attributes else ()
