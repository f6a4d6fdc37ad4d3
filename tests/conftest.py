"""Real recordings, and small exports made by hand from what they look like."""

import csv
import gc
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from postpatch.text import credentials
from tests.external import _starts_nothing, pytest_collection_modifyitems, pytest_configure

__all__ = ["_starts_nothing", "pytest_collection_modifyitems", "pytest_configure"]

REPOSITORY = Path(__file__).resolve().parents[1]

# The whole header of a report as Inspector writes it.
HEADER = (
    "AWS Account Id,Severity,Fix Available,Finding Type,Title,Description,Finding ARN,First Seen,Last Seen,"
    "Last Updated,Resource ID,Container Image Tags,Region,Platform,Resource Tags,Affected Packages,"
    "Package Installed Version,Fixed in Version,Package Remediation,File Path,Network Paths,Age (Days),"
    "Remediation,Inspector Score,Inspector Score Vector,Status,Vulnerability Id,Vendor,Vendor Severity,"
    "Vendor Advisory,Vendor Advisory Published,NVD CVSS3 Score,NVD CVSS3 Vector,NVD CVSS2 Score,NVD CVSS2 Vector,"
    "Vendor CVSS3 Score,Vendor CVSS3 Vector,Vendor CVSS2 Score,Vendor CVSS2 Vector,Resource Type,Ami,"
    "Resource Public Ipv4,Resource Private Ipv4,Resource Ipv6,Resource Vpc,Port Range,Epss Score,"
    "Exploit Available,Last Exploited At,Lambda Layers,Lambda Package Type,Lambda Last Updated At,Reference Urls,"
    "Detector Name,Package Manager"
)
COLUMNS = HEADER.split(",")

Document = dict[str, Any]
Report = Callable[..., bytes]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Spare the garbage collection what is collected, until fixtures/garbage.py sets it aside."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.fixture(autouse=True)
def _only_its_own_credentials() -> Iterator[None]:
    """Forget the credentials that a test made known: what looks like them would be left out of all later texts."""
    known = credentials._known
    before = set(known)
    yield
    known.clear()
    known.update(before)


@pytest.fixture(scope="session")
def recordings() -> Path:
    """Return the folder of real recordings beside the repository; skip where it was not handed over."""
    folder = REPOSITORY.parent / "shared" / "recordings"
    if not folder.is_dir():
        pytest.skip("the recordings are not here: they stand beside the repository in ../shared/recordings")
    return folder


@pytest.fixture(scope="session")
def columns() -> list[str]:
    """Return the columns of a real CSV report, in its order."""
    return COLUMNS


@pytest.fixture(scope="session")
def package_finding() -> Callable[..., Document]:
    """Make a package finding in the API's names; keyword arguments replace fields, None removes one."""

    def make(**changes: object) -> Document:
        finding: Document = {
            "findingArn": "arn:aws:inspector2:eu-central-1:012345678901:finding/0123456789abcdef0123456789abcdef",
            "awsAccountId": "012345678901",
            "type": "PACKAGE_VULNERABILITY",
            "title": "CVE-2024-29069 - snapd",
            "severity": "MEDIUM",
            "status": "ACTIVE",
            "fixAvailable": "YES",
            "firstObservedAt": 1725469184.356,
            "lastObservedAt": 1725469184.476,
            "updatedAt": 1725469236.951,
            "remediation": {"recommendation": {"text": "None Provided"}},
            "resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-12345678901234567", "region": "eu-central-1"}],
            "packageVulnerabilityDetails": {
                "vulnerabilityId": "CVE-2024-29069",
                "vulnerablePackages": [{"name": "snapd", "version": "2.63", "epoch": 0, "packageManager": "OS"}],
            },
        }
        return {name: value for name, value in (finding | changes).items() if value is not None}

    return make


@pytest.fixture(scope="session")
def network_finding(package_finding: Callable[..., Document]) -> Callable[..., Document]:
    """Make a finding of an open port, as `package_finding` does."""

    def make(**changes: object) -> Document:
        details = {"protocol": "TCP", "openPortRange": {"begin": 22, "end": 22}, "networkPath": {"steps": []}}
        network = {"type": "NETWORK_REACHABILITY", "fixAvailable": None, "packageVulnerabilityDetails": None}
        return package_finding(**(network | {"networkReachabilityDetails": details} | changes))

    return make


@pytest.fixture(scope="session")
def csv_report() -> Report:
    """Make a CSV report: a row for each mapping given, of the columns that differ from those of a package finding."""
    usual = {
        "AWS Account Id": "012345678901",
        "Severity": "HIGH",
        "Fix Available": "YES",
        "Finding Type": "PACKAGE_VULNERABILITY",
        "Title": "CVE-2022-3491 - vim-common, vim-data",
        "Description": 'Heap-based "overflow",\nin two lines… and a comma',
        "Finding ARN": "arn:aws:inspector2:us-east-1:012345678901:finding/01b10e26b93d6fb099b25dd674c0cc93",
        "First Seen": "2023-03-07T20:23:04.098Z",
        "Last Seen": "2023-03-07T20:23:04.098Z",
        "Last Updated": "2023-03-08T20:23:04.098Z",
        "Resource ID": "i-09f8489a200cc2a76",
        "Region": "us-east-1",
        "Affected Packages": "vim-common, vim-data",
        "Package Installed Version": "2:9.0.1160-1.amzn2.0.1, 2:9.0.1160-1.amzn2.0.1",
        "Fixed in Version": "2:9.0.1314-1.amzn2.0.1, NotAvailable",
        "Package Remediation": "yum update vim-common, yum update vim-data",
        "Remediation": "None Provided",
        "Inspector Score": "7.8",
        "Status": "ACTIVE",
        "Vulnerability Id": "CVE-2022-3491",
        "Vendor Advisory Published": "2022-12-03T13:15:00Z",
        "Resource Type": "AWS_EC2_INSTANCE",
        "Port Range": "-",
        "Epss Score": "0.00043",
        "Exploit Available": "NO",
        "Package Manager": "OS, OS",
    }

    def make(*rows: dict[str, str], columns: list[str] = COLUMNS) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(usual | row for row in rows)
        return text.getvalue().encode()

    return make
