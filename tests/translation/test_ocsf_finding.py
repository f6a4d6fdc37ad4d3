"""Inspector's findings in OCSF: the same rows as from Inspector itself, but for what OCSF does not hold."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.errors import BadEvidence
from postpatch.model import Finding
from postpatch.translation.finding import finding_rows
from postpatch.translation.ocsf_finding import api_documents, is_inspectors
from tests.ocsf import in_ocsf

Make = Callable[..., dict[str, Any]]
_TEXT = st.text("abcz-._0123", min_size=1, max_size=8)
_PACKAGES = st.lists(
    st.fixed_dictionaries(
        {"name": _TEXT, "epoch": st.integers(0, 9)},
        optional={"version": _TEXT, "release": _TEXT, "arch": _TEXT, "filePath": _TEXT,
                  "packageManager": st.sampled_from(["OS", "PIP"]), "fixedInVersion": _TEXT},
    ),
    max_size=3,
)  # fmt: skip
_CHANGES = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["ACTIVE", "SUPPRESSED", "CLOSED"]),
        "severity": st.sampled_from(["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED"]),
        "fixAvailable": st.sampled_from([None, "YES", "NO", "PARTIAL"]),
        "exploitAvailable": st.sampled_from([None, "YES", "NO"]),
        "epss": st.fixed_dictionaries({"score": st.sampled_from([0.0, 0.5, 0.94422])}),
        "packageVulnerabilityDetails": st.fixed_dictionaries(
            {
                "vulnerabilityId": st.sampled_from(["CVE-2024-29069", "ALAS2-2024-1"]),
                "vulnerablePackages": _PACKAGES,
                "relatedVulnerabilities": st.lists(st.sampled_from(["CVE-1", "CVE-2"]), max_size=2),
            }
        ),
    }
)


def rows(record: dict[str, Any]) -> list[Finding]:
    """Return the rows of a record."""
    return [row for document in api_documents(record) for row in finding_rows(document)]


@given(changes=_CHANGES)
def test_a_record_gives_the_rows_of_the_finding_that_it_was_made_of(
    package_finding: Make, changes: dict[str, Any]
) -> None:
    """Identity, status, severity, fix, packages and times are the same; times to the millisecond."""
    finding = package_finding(**changes)
    expected = [
        replace(row, score=None, disclosed_at=None, remediation="", packages=tuple(
            replace(one, remediation="") for one in row.packages
        ))
        for row in finding_rows(finding)
    ]  # fmt: skip
    assert rows(in_ocsf(finding)) == expected


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"activity_id": 1}, "ACTIVE"),
        ({"activity_id": 2, "status_id": 4, "status": "Resolved"}, "ACTIVE"),
        ({"activity_id": 2, "status_id": 3}, "SUPPRESSED"),
        ({"activity_id": 3, "status_id": 1}, "CLOSED"),
        ({"activity_id": 3, "status_id": 3}, "CLOSED"),
    ],
)
def test_only_who_found_it_closes_it(package_finding: Make, changes: dict[str, Any], status: str) -> None:
    """Resolved is what a person may set in Security Hub: that alone is no proof that a finding is gone."""
    (row,) = rows(in_ocsf(package_finding()) | changes)
    assert row.status == status


def test_the_severity_is_that_of_its_source(package_finding: Make) -> None:
    """A finding that a person rated lower in Security Hub is as severe as Inspector said."""
    record = in_ocsf(package_finding(severity="CRITICAL")) | {"severity_id": 1}
    assert rows(record)[0].severity == "CRITICAL"
    del record["vendor_attributes"]
    assert rows(record)[0].severity == "INFORMATIONAL"


@pytest.mark.parametrize(("fixed", "fix"), [(["2", "3"], "YES"), (["2", None], "PARTIAL"), ([], "PARTIAL")])
def test_a_fix_whose_coverage_is_not_said(package_finding: Make, fixed: list[Any], fix: str) -> None:
    """All packages have one only where each names the version."""
    record = in_ocsf(package_finding())
    record["vulnerabilities"][0] |= {
        "is_fix_available": True,
        "fix_coverage": None,
        "affected_packages": [{"name": "a", "fixed_in_version": one} for one in fixed],
    }
    assert rows(record)[0].fix_available == fix


def test_the_older_name_of_an_instance_is_known(package_finding: Make) -> None:
    """As an ARN too, as Security Hub wrote resources before; other resources give no row."""
    record = in_ocsf(package_finding())
    arn = "arn:aws:ec2:eu-central-1:012345678901:instance/i-12345678901234567"
    record["resources"] = [{"type": "AwsEc2Instance", "uid": arn}, {"type": "AwsEcrContainerImage", "uid": "x"}]
    (row,) = rows(record)
    assert (row.host, row.region) == ("i-12345678901234567", "eu-central-1")


def test_the_vulnerability_may_stand_in_the_title_alone(package_finding: Make) -> None:
    """An id that is neither a CVE nor an advisory; where nothing names it, the record is refused."""
    record = in_ocsf(package_finding(title="KB5034127 - Windows"))
    record["vulnerabilities"][0]["cve"] = {}
    assert rows(record)[0].vulnerability == "KB5034127"
    record["finding_info"]["title"] = "something"
    with pytest.raises(BadEvidence, match=r"vulnerabilities\[0\].cve.uid is missing"):
        rows(record)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vulnerabilities": []}, "vulnerabilities is missing"),
        ({"vulnerabilities": "x"}, "vulnerabilities is 'x', not a list"),
        ({"cloud": {}}, "cloud.account is missing"),
        ({"activity_id": None}, "activity_id is missing"),
        ({"severity_id": "High", "vendor_attributes": None}, "severity_id is 'High', not a whole number"),
        ({"resources": None}, "resources is missing"),
        (
            {"finding_info": {"uid": "arn:aws:inspector2:x", "modified_time": 1e30}},
            "finding_info.modified_time is",
        ),
    ],
)
def test_what_is_not_of_its_kind_is_refused(package_finding: Make, changes: dict[str, Any], words: str) -> None:
    """With the finding and the field."""
    with pytest.raises(BadEvidence, match=f"finding arn:aws:inspector2:.*: {words}"):
        rows(in_ocsf(package_finding()) | changes)


@pytest.mark.parametrize(
    "changes",
    [{"class_uid": 2003}, {"finding_info": {"uid": "arn:aws:guardduty:x"}}, {"finding_info": {}}, {"finding_info": 1}],
)
def test_what_is_no_finding_of_inspector(package_finding: Make, changes: dict[str, Any]) -> None:
    """By class, and by the service in the ARN."""
    assert is_inspectors(in_ocsf(package_finding()))
    assert not is_inspectors(in_ocsf(package_finding()) | changes)
