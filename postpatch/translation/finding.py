"""Translate a finding as Amazon Inspector v2 writes it into rows: the one place for exports and for the live adapter.

The fields are those of https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from postpatch.model import Finding, FindingType, Package, Severity
from postpatch.translation.parts import Part

EC2_INSTANCE = "AWS_EC2_INSTANCE"

_TYPES = (FindingType.PACKAGE.value, FindingType.NETWORK.value, FindingType.CODE.value)
_STATUSES = ("ACTIVE", "SUPPRESSED", "CLOSED")
_SEVERITIES = tuple(severity.value for severity in Severity)
_FIX = ("YES", "NO", "PARTIAL")
_EXPLOIT = ("YES", "NO")
_PROTOCOLS = ("TCP", "UDP")
_LAST_PORT = 65535
_ACCOUNT = re.compile(r"[0-9]{12}")
_INSTANCE = re.compile(r"i-[0-9a-z]+")
_ARN_REGION = re.compile(r"arn:[^:]*:inspector2:([a-z0-9-]+):")


def finding_rows(document: Mapping[str, object]) -> Iterator[Finding]:
    """Yield a row for each EC2 instance that the finding names, of whatever status.

    `document` is one finding with the API's names; its times are aware datetimes as boto3 returns them, or any spelling
    that `parse_time` knows. BadEvidence names the finding's ARN and the field if one that is needed is missing,
    or if a value is not of a known kind. A finding on other resources only gives no row; see `other_resources`.
    """
    finding = _finding(document)
    instances = list(_instances(finding))
    if not instances:
        return
    row = _row(finding)
    for instance in instances:
        yield replace(row, host=_host(instance), region=_region(finding, instance))


def host_tags(document: Mapping[str, object]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield the id of each EC2 instance that the finding names, with its tags where the finding tells any."""
    for instance in _instances(_finding(document)):
        if tags := instance.optional_part("tags").texts():
            yield _host(instance), tags


def other_resources(document: Mapping[str, object]) -> Iterator[str]:
    """Yield the type of each resource of the finding that is no EC2 instance."""
    for resource in _resources(_finding(document)):
        kind = resource.text("type")
        if kind != EC2_INSTANCE:
            # An instance under another name must not leave the counts unnoticed.
            if _INSTANCE.fullmatch(resource.text("id")):
                resource.refuse("type", f"is {kind!r}, but its id is that of an EC2 instance")
            yield kind


def _instances(finding: Part) -> Iterator[Part]:
    return (resource for resource in _resources(finding) if resource.text("type") == EC2_INSTANCE)


def _host(instance: Part) -> str:
    host = instance.text("id").rpartition("/")[2]
    if not _INSTANCE.fullmatch(host):
        instance.refuse("id", f"is {host!r}, not the id of an EC2 instance")
    return host


def _finding(document: Mapping[str, object]) -> Part:
    arn = document.get("findingArn")
    return Part(f"finding {arn}" if arn else "a finding without an ARN", "", document)


def _resources(finding: Part) -> list[Part]:
    resources = finding.parts("resources")
    if not resources:
        finding.refuse("resources", "is missing: a finding is about one resource at least")
    return resources


def _region(finding: Part, resource: Part) -> str:
    # The API may leave a resource's region out; Inspector is regional, so the finding's own region is its resource's.
    region = resource.optional_text("region")
    if not region and (match := _ARN_REGION.match(finding.optional_text("findingArn") or "")):
        region = match[1]
    return region or resource.text("region")


def _row(finding: Part) -> Finding:
    account = finding.text("awsAccountId")
    if not _ACCOUNT.fullmatch(account):
        finding.refuse("awsAccountId", f"is {account!r}, not 12 digits; spreadsheets drop leading zeros")
    kind = finding.one_of("type", _TYPES)
    row = Finding(
        account=account,
        region="",
        host="",
        type=kind,
        vulnerability="",
        status=finding.one_of("status", _STATUSES),
        severity=finding.one_of("severity", _SEVERITIES),
        title=finding.optional_text("title") or "",
        score=finding.optional_number("inspectorScore"),
        fix_available=finding.optional_one_of("fixAvailable", _FIX),
        exploit_available=finding.optional_one_of("exploitAvailable", _EXPLOIT),
        epss=finding.optional_part("epss").optional_number("score"),
        first_observed_at=finding.optional_time("firstObservedAt"),
        last_observed_at=finding.optional_time("lastObservedAt"),
        updated_at=finding.optional_time("updatedAt"),
        remediation=_remediation(finding),
        arn=finding.optional_text("findingArn") or "",
    )
    if kind == FindingType.NETWORK:
        return _with_network(row, finding.part("networkReachabilityDetails"))
    if kind == FindingType.CODE:
        return _with_code(row, finding.part("codeVulnerabilityDetails"))
    return _with_packages(row, finding.part("packageVulnerabilityDetails"))


def _remediation(finding: Part) -> str:
    text = finding.optional_part("remediation").optional_part("recommendation").optional_text("text") or ""
    # Inspector's filler for a recommendation that it does not have.
    return "" if text == "None Provided" else text


def _with_network(row: Finding, details: Part) -> Finding:
    ports = details.part("openPortRange")
    begin, end = ports.whole_number("begin"), ports.whole_number("end")
    if not 0 <= begin <= end <= _LAST_PORT:
        details.refuse("openPortRange", f"is {begin} to {end}, not a range of ports")
    return replace(row, protocol=details.one_of("protocol", _PROTOCOLS), port_begin=begin, port_end=end)


def _with_code(row: Finding, details: Part) -> Finding:
    rule = details.optional_text("ruleId") or details.text("detectorId")
    return replace(row, vulnerability=rule)


def _with_packages(row: Finding, details: Part) -> Finding:
    return replace(
        row,
        vulnerability=details.text("vulnerabilityId"),
        disclosed_at=details.optional_time("vendorCreatedAt"),
        packages=tuple(_package(package) for package in details.parts("vulnerablePackages")),
        related=details.optional_texts("relatedVulnerabilities"),
    )


def _package(package: Part) -> Package:
    return Package(
        name=package.text("name"),
        version=package.optional_text("version") or "",
        epoch=package.whole_number("epoch") if package.has("epoch") else 0,
        release=package.optional_text("release") or "",
        arch=package.optional_text("arch") or "",
        manager=package.optional_text("packageManager") or "",
        file_path=package.optional_text("filePath") or "",
        # Kept as given: "NotAvailable" is Inspector's word that there is no fix, a missing field says nothing.
        fixed_in=package.optional_text("fixedInVersion"),
        remediation=package.optional_text("remediation") or "",
    )
