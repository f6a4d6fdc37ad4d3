"""Findings decoded from the bytes of an answer, by type: what botocore's parser and `finding.py` make of them, sooner.

A field is here as `finding.py` requires it. What is not so raises NotTyped: then the slower way reads the same bytes,
and says what is wrong and where. So this module accepts less, never more, and gives equal rows
(`tests/translation/test_decoded.py`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

import msgspec

from postpatch.model import Finding, Package
from postpatch.translation.finding import EC2_INSTANCE, finding_rows

_ACCOUNT = re.compile(r"[0-9]{12}")
_INSTANCE = re.compile(r"i-[0-9a-z]+")
_LARGEST = 2**31 - 1  # as in parts.py
_ABSURD = 1e6
_FILLER = "None Provided"

Severities = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED"]


class NotTyped(Exception):
    """The bytes are not what the types have; the slower way says why."""


class _Resource(msgspec.Struct):
    id: str
    type: str
    region: str | None = None


class _Package(msgspec.Struct):
    name: str
    version: str | None = None
    epoch: int | None = None
    release: str | None = None
    arch: str | None = None
    packageManager: str | None = None  # noqa: N815 - AWS's names, here and below
    filePath: str | None = None  # noqa: N815
    fixedInVersion: str | None = None  # noqa: N815
    remediation: str | None = None


class _Packages(msgspec.Struct):
    vulnerabilityId: str  # noqa: N815
    vendorCreatedAt: float | None = None  # noqa: N815
    vulnerablePackages: list[_Package] | None = None  # noqa: N815
    relatedVulnerabilities: list[str] | None = None  # noqa: N815


class _Ports(msgspec.Struct):
    begin: int
    end: int


class _Network(msgspec.Struct):
    openPortRange: _Ports  # noqa: N815
    protocol: Literal["TCP", "UDP"]


class _Recommendation(msgspec.Struct):
    text: str | None = None


class _Remediation(msgspec.Struct):
    recommendation: _Recommendation | None = None


class _Epss(msgspec.Struct):
    score: float | None = None


class _Finding(msgspec.Struct):
    awsAccountId: str  # noqa: N815
    type: Literal["PACKAGE_VULNERABILITY", "NETWORK_REACHABILITY"]
    status: Literal["ACTIVE", "SUPPRESSED", "CLOSED"]
    severity: Severities
    resources: list[_Resource]
    findingArn: str | None = None  # noqa: N815
    title: str | None = None
    inspectorScore: float | None = None  # noqa: N815
    fixAvailable: Literal["YES", "NO", "PARTIAL"] | None = None  # noqa: N815
    exploitAvailable: Literal["YES", "NO"] | None = None  # noqa: N815
    epss: _Epss | None = None
    firstObservedAt: float | None = None  # noqa: N815
    lastObservedAt: float | None = None  # noqa: N815
    updatedAt: float | None = None  # noqa: N815
    remediation: _Remediation | None = None
    packageVulnerabilityDetails: _Packages | None = None  # noqa: N815
    networkReachabilityDetails: _Network | None = None  # noqa: N815


class _Page(msgspec.Struct):
    findings: list[_Finding]
    nextToken: str | None = None  # noqa: N815


_DECODER = msgspec.json.Decoder(_Page)
_ENCODER = msgspec.json.Encoder()


def decoded_findings(body: bytes) -> tuple[list[Finding], str | None, bytes]:
    """Return the rows of an answer of ListFindings, its token, and everything of it that was read, as JSON.

    NotTyped if anything in it is not as it usually is.
    """
    try:
        page = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise NotTyped from error
    return [row for finding in page.findings for row in _rows(finding)], page.nextToken, _ENCODER.encode(page)


def listed(findings: Iterable[Any]) -> Iterator[Finding]:
    """Yield the rows of the findings of a page, which are rows already where they were decoded by type."""
    for one in findings:
        if isinstance(one, Mapping):
            yield from finding_rows(one)
        else:
            yield one


def _rows(finding: _Finding) -> Iterator[Finding]:
    if not finding.resources or not all(one.type and one.id for one in finding.resources):
        raise NotTyped
    for resource in finding.resources:
        if resource.type == EC2_INSTANCE:
            yield _row(finding, resource)


def _row(finding: _Finding, resource: _Resource) -> Finding:
    host = resource.id.rpartition("/")[2]
    if not resource.region or not _is_plain(finding.awsAccountId, host):
        raise NotTyped
    epss, advice = finding.epss, finding.remediation and finding.remediation.recommendation
    text = (advice and advice.text) or ""
    shared = {
        "account": finding.awsAccountId,
        "region": resource.region,
        "host": host,
        "type": finding.type,
        "status": finding.status,
        "severity": finding.severity,
        "title": finding.title or "",
        "score": _number(finding.inspectorScore),
        "fix_available": finding.fixAvailable,
        "exploit_available": finding.exploitAvailable,
        "epss": _number(epss.score) if epss else None,
        "first_observed_at": _moment(finding.firstObservedAt),
        "last_observed_at": _moment(finding.lastObservedAt),
        "updated_at": _moment(finding.updatedAt),
        "remediation": "" if text == _FILLER else text,
        "arn": finding.findingArn or "",
    }
    if finding.type == "NETWORK_REACHABILITY":
        return _with_network(shared, finding.networkReachabilityDetails)
    return _with_packages(shared, finding.packageVulnerabilityDetails)


def _with_network(shared: dict[str, Any], details: _Network | None) -> Finding:
    if details is None or not 0 <= details.openPortRange.begin <= details.openPortRange.end <= 65535:
        raise NotTyped
    ports = details.openPortRange
    return Finding(**shared, vulnerability="", protocol=details.protocol, port_begin=ports.begin, port_end=ports.end)


def _with_packages(shared: dict[str, Any], details: _Packages | None) -> Finding:
    if details is None or not details.vulnerabilityId:
        raise NotTyped
    return Finding(
        **shared,
        vulnerability=details.vulnerabilityId,
        disclosed_at=_moment(details.vendorCreatedAt),
        packages=tuple(map(_package, details.vulnerablePackages or ())),
        related=tuple(details.relatedVulnerabilities or ()),
    )


def _package(one: _Package) -> Package:
    epoch = one.epoch or 0
    if not one.name or not 0 <= epoch <= _LARGEST:
        raise NotTyped
    return Package(
        one.name,
        one.version or "",
        epoch,
        one.release or "",
        one.arch or "",
        one.packageManager or "",
        one.filePath or "",
        one.fixedInVersion,
        one.remediation or "",
    )


@lru_cache(maxsize=64)
def _is_plain(account: str, host: str) -> bool:
    return bool(_ACCOUNT.fullmatch(account) and _INSTANCE.fullmatch(host))


def _number(value: float | None) -> float | None:
    if value is not None and not abs(value) < _ABSURD:
        raise NotTyped
    return value


# The findings of a host share their times.
@lru_cache(maxsize=256)
def _moment(seconds: float | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise NotTyped from error
