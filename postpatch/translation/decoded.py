"""Findings decoded from the bytes of an answer, by type: what botocore's parser and `finding.py` make of them, sooner.

A field is here as `finding.py` requires it. What is not so raises NotTyped: then the slower way reads the same bytes,
and says what is wrong and where. So this module accepts less, never more, and gives equal rows
(`tests/translation/test_decoded.py`).

The hosts of a fleet share their vulnerabilities: what a finding says of one is decoded once for all findings that say
the same, byte by byte.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar

import msgspec

from postpatch.model import Package
from postpatch.translation.finding import EC2_INSTANCE, finding_rows
from postpatch.translation.row import ENCODER, NOTHING, Row, in_words, row_of

_ACCOUNT = re.compile(r"[0-9]{12}")
_INSTANCE = re.compile(r"i-[0-9a-z]+")
_LARGEST = 2**31 - 1  # as in parts.py
_ABSURD = 1e6
_FILLER = "None Provided"

_NULL = msgspec.Raw(b"null")

Severities = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED"]


One = TypeVar("One")


class NotTyped(Exception):
    """The bytes are not what the types have; the slower way says why."""


@dataclass(frozen=True)
class Decoding(Generic[One]):
    """What was decoded of an answer: its rows, its token, and each text that was kept.

    The texts `shared` come in many answers, those that are `own` in one.
    """

    rows: list[One]
    token: str | None
    shared: set[str]
    own: list[str]


class _Resource(msgspec.Struct, gc=False):
    id: str
    type: str
    region: str | None = None


class _Package(msgspec.Struct, gc=False):
    name: str
    version: str | None = None
    epoch: int | None = None
    release: str | None = None
    arch: str | None = None
    packageManager: str | None = None  # noqa: N815 - AWS's names, here and below
    filePath: str | None = None  # noqa: N815
    fixedInVersion: str | None = None  # noqa: N815
    remediation: str | None = None


class _Packages(msgspec.Struct, gc=False):
    vulnerabilityId: str  # noqa: N815
    vendorCreatedAt: float | None = None  # noqa: N815
    vulnerablePackages: list[_Package] | None = None  # noqa: N815
    relatedVulnerabilities: list[str] | None = None  # noqa: N815


class _Ports(msgspec.Struct, gc=False):
    begin: int
    end: int


class _Network(msgspec.Struct, gc=False):
    openPortRange: _Ports  # noqa: N815
    protocol: Literal["TCP", "UDP"]


class _Recommendation(msgspec.Struct, gc=False):
    text: str | None = None


class _Remediation(msgspec.Struct, gc=False):
    recommendation: _Recommendation | None = None


class _Epss(msgspec.Struct, gc=False):
    score: float | None = None


class _Finding(msgspec.Struct, gc=False):
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
    packageVulnerabilityDetails: msgspec.Raw = _NULL  # noqa: N815
    networkReachabilityDetails: msgspec.Raw = _NULL  # noqa: N815


class _Page(msgspec.Struct, gc=False):
    findings: list[_Finding]
    nextToken: str | None = None  # noqa: N815


class _Details(msgspec.Struct, frozen=True):
    """What a finding says of its vulnerability, or of its ports; `text` has each text of it."""

    vulnerability: str = ""
    protocol: str = ""
    port_begin: int = -1
    port_end: int = -1
    disclosed_at: str | None = None
    packages: msgspec.Raw = NOTHING
    related: msgspec.Raw = NOTHING
    text: str = ""


_DECODER = msgspec.json.Decoder(_Page)
_PACKAGES_DECODER = msgspec.json.Decoder(_Packages)
_NETWORK_DECODER = msgspec.json.Decoder(_Network)


def decoded_findings(body: bytes) -> Decoding[Row]:
    """Return what an answer of ListFindings holds; NotTyped if anything in it is not as it usually is."""
    try:
        # As a text: of bytes msgspec would not check those that it passes over.
        page = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise NotTyped from error
    answer = Decoding[Row]([], page.nextToken, set(), [page.nextToken or ""])
    for finding in page.findings:
        _add(answer, finding)
    return answer


def listed(findings: Iterable[Any]) -> Iterator[Row]:
    """Yield the rows of the findings of a page, which are rows already where they were decoded by type."""
    for one in findings:
        if isinstance(one, Mapping):
            yield from map(row_of, finding_rows(one))
        else:
            yield one


def _add(answer: Decoding[Row], finding: _Finding) -> None:
    if not finding.resources or not all(one.type and one.id for one in finding.resources):
        raise NotTyped
    for resource in finding.resources:
        if resource.type == EC2_INSTANCE:
            details = _details(finding)
            row = _row(finding, resource, details)
            answer.rows.append(row)
            answer.shared.update((row.host, row.region, row.title, row.remediation, details.text))
            answer.own.append(row.arn)


def _row(finding: _Finding, resource: _Resource, details: _Details) -> Row:
    account, region, host = _place(finding.awsAccountId, resource.region, resource.id)
    epss, advice = finding.epss, finding.remediation and finding.remediation.recommendation
    text = (advice and advice.text) or ""
    return Row(
        account=account,
        region=region,
        host=host,
        type=finding.type,
        vulnerability=details.vulnerability,
        status=finding.status,
        severity=finding.severity,
        title=_once(finding.title or ""),
        protocol=details.protocol,
        port_begin=details.port_begin,
        port_end=details.port_end,
        score=_number(finding.inspectorScore),
        fix_available=finding.fixAvailable,
        exploit_available=finding.exploitAvailable,
        epss=_number(epss.score) if epss else None,
        disclosed_at=details.disclosed_at,
        first_observed_at=_moment(finding.firstObservedAt),
        last_observed_at=_moment(finding.lastObservedAt),
        updated_at=_moment(finding.updatedAt),
        remediation="" if text == _FILLER else text,
        packages=details.packages,
        arn=finding.findingArn or "",
        related=details.related,
    )


def _details(finding: _Finding) -> _Details:
    try:
        if finding.type == "NETWORK_REACHABILITY":
            return _network(bytes(finding.networkReachabilityDetails))
        return _vulnerability(bytes(finding.packageVulnerabilityDetails))
    except (ValueError, RecursionError) as error:
        raise NotTyped from error


@lru_cache(maxsize=64)
def _network(document: bytes) -> _Details:
    details = _NETWORK_DECODER.decode(document)
    ports = details.openPortRange
    if not 0 <= ports.begin <= ports.end <= 65535:
        raise NotTyped
    return _Details(protocol=details.protocol, port_begin=ports.begin, port_end=ports.end)


@lru_cache(maxsize=4096)
def _vulnerability(document: bytes) -> _Details:
    details = _PACKAGES_DECODER.decode(document)
    if not details.vulnerabilityId:
        raise NotTyped
    packages = ENCODER.encode([_package(one) for one in details.vulnerablePackages or ()])
    related = ENCODER.encode(details.relatedVulnerabilities or ())
    return _Details(
        vulnerability=details.vulnerabilityId,
        disclosed_at=_moment(details.vendorCreatedAt),
        packages=msgspec.Raw(packages),
        related=msgspec.Raw(related),
        text=f"{details.vulnerabilityId} {packages.decode()} {related.decode()}",
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


# The rows of a host share its names, and those of a fleet their titles: a page that waits takes half the memory.
@lru_cache(maxsize=1024)
def _place(account: str, region: str | None, resource: str) -> tuple[str, str, str]:
    host = resource.rpartition("/")[2]
    if not region or not _ACCOUNT.fullmatch(account) or not _INSTANCE.fullmatch(host):
        raise NotTyped
    return account, region, host


@lru_cache(maxsize=4096)
def _once(text: str) -> str:
    return text


def _number(value: float | None) -> float | None:
    if value is not None and not abs(value) < _ABSURD:
        raise NotTyped
    return value


# The findings of a host share their times.
@lru_cache(maxsize=256)
def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    try:
        return in_words(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError, ValueError) as error:
        raise NotTyped from error
