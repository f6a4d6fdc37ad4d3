"""Answers decoded by type give the rows that the slower way gives, or none."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.errors import BadEvidence
from postpatch.model import Finding
from postpatch.translation.decoded import NotTyped, decoded_findings, listed
from postpatch.translation.decoded_checks import decoded_checks
from postpatch.translation.row import Row

Document = dict[str, Any]
ARN = "arn:aws:inspector2:eu-central-1:012345678901:finding/0123456789abcdef0123456789abcdef"
HOST = {"type": "AWS_EC2_INSTANCE", "id": "i-12345678901234567", "region": "eu-central-1"}
PACKAGE = {"name": "snapd", "version": "2.63", "epoch": 0, "packageManager": "OS", "fixedInVersion": "2.64"}
FINDING: Document = {
    "findingArn": ARN,
    "awsAccountId": "012345678901",
    "type": "PACKAGE_VULNERABILITY",
    "title": "CVE-2024-29069 - snapd",
    "severity": "MEDIUM",
    "status": "ACTIVE",
    "fixAvailable": "YES",
    "exploitAvailable": "NO",
    "inspectorScore": 4.8,
    "epss": {"score": 0.00043},
    "firstObservedAt": 1725469184.356,
    "lastObservedAt": 1725469184,
    "updatedAt": 1725469236.951,
    "remediation": {"recommendation": {"text": "None Provided"}},
    "resources": [HOST],
    "packageVulnerabilityDetails": {
        "vulnerabilityId": "CVE-2024-29069",
        "vendorCreatedAt": 1725000000.5,
        "relatedVulnerabilities": ["USN-1"],
        "vulnerablePackages": [PACKAGE],
    },
    "networkReachabilityDetails": {"protocol": "TCP", "openPortRange": {"begin": 22, "end": 80}},
}
TEXTS = st.text("aé\x00\x1f\u2028\ud800😀i-0/", max_size=4)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.lists(TEXTS, max_size=2),
    st.sampled_from(["", "0", "1.5", 2**31, -1, 1e7, 1e300, {}, [], [None], [{}], "i-1", "x/i-1", "AWS_EC2_INSTANCE"]),
    st.sampled_from(["NETWORK_REACHABILITY", "CODE_VULNERABILITY", "CLOSED", "UNTRIAGED", "PARTIAL", "UDP", 65536]),
)  # fmt: skip


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each part of a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([here] if here else []), *(path for name, one in inner for path in paths(one, (*here, name)))]


@st.composite
def documents(draw: Callable[..., Any]) -> Document:
    """Draw a finding in which some parts are others, or missing."""
    document: Document = json.loads(json.dumps(FINDING))
    for path in draw(st.lists(st.sampled_from(paths(FINDING)), max_size=3)):
        part: Any = document
        try:
            for name in path[:-1]:
                part = part[name]
            if draw(st.booleans()):
                part[path[-1]] = draw(VALUES)
            else:
                del part[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
    return document


def slow(findings: list[Document]) -> list[Finding] | str:
    """Return what the slower way gives: rows, or its error."""
    try:
        return [row.finding() for row in listed(findings)]
    except BadEvidence as error:
        return str(error)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(documents(), max_size=3))
def test_what_is_decoded_by_type_is_what_the_slower_way_gives(findings: list[Document]):
    """Whatever a page holds, its rows are the same, or the types refuse it and leave it to the slower way."""
    body = json.dumps({"findings": findings, "nextToken": "7"}).encode()
    try:
        answer = decoded_findings(body)
    except NotTyped:
        return
    assert [row.finding() for row in answer.rows] == slow(json.loads(body)["findings"])
    assert int(answer.token or 0) == 7


def test_a_usual_page_is_decoded_by_type(
    package_finding: Callable[..., Document], network_finding: Callable[..., Document]
):
    """Packages and ports are decoded; a shared finding is a row of each of its hosts."""
    both = package_finding(resources=[HOST, {**HOST, "id": "i-2"}])
    answer = decoded_findings(json.dumps({"findings": [both, network_finding(), FINDING]}).encode())
    assert [row.host for row in answer.rows] == [HOST["id"], "i-2", HOST["id"], HOST["id"]]
    assert [row.finding() for row in answer.rows] == slow([both, network_finding(), FINDING])
    assert answer.token is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"findings":[]', b'{"findings":[],"x":"\xff"}', b"[" * 100_000, b'{"findings":[{}]}']
)
def test_what_cannot_be_read_is_not_decoded(body: bytes):
    """Bytes that are no such answer are left to the checks of every answer."""
    with pytest.raises(NotTyped):
        decoded_findings(body)
    with pytest.raises(NotTyped):
        decoded_checks(body.replace(b"findings", b"scanResultDetails") if body != b"{}" else b"")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(TEXTS, TEXTS)
def test_all_that_is_kept_is_in_what_is_searched(title: str, name: str):
    """The texts that are searched for credentials hold each text of a row that may be anything."""
    details = {**FINDING["packageVulnerabilityDetails"], "vulnerablePackages": [{**PACKAGE, "remediation": name}]}
    finding = {**FINDING, "title": title, "packageVulnerabilityDetails": details}
    try:
        answer = decoded_findings(json.dumps({"findings": [finding], "nextToken": "7"}).encode())
    except NotTyped:
        return
    (row,) = answer.rows
    assert {row.host, row.region, row.title, row.remediation} <= answer.shared
    assert {row.arn, answer.token} <= {*answer.own}
    for part in (row.vulnerability, bytes(row.packages).decode(), bytes(row.related).decode()):
        assert any(part in text for text in answer.shared)


def test_a_vulnerability_that_is_decoded_once_is_told_from_another():
    """Findings that say the same of a vulnerability share it; one that differs in a single field has its own."""
    other = json.loads(json.dumps(FINDING))
    other["packageVulnerabilityDetails"]["vulnerablePackages"][0]["version"] = "2.62"
    rows = decoded_findings(json.dumps({"findings": [FINDING, other, FINDING]}).encode()).rows
    assert [row.finding().packages[0].version for row in rows] == ["2.63", "2.62", "2.63"]
    assert rows[0].packages is rows[2].packages


def test_a_row_has_the_fields_of_a_finding():
    """A line of a snapshot has each field of a finding, in the same order, whichever of both it is written from."""
    assert Row.__struct_fields__ == tuple(field.name for field in fields(Finding))
