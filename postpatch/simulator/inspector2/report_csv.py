"""A findings report as CSV, with the columns of real reports.

Columns: Inspector user guide, "Exporting findings reports". AWS documents no values; public readers of such reports
rely on the API's words, on lists that run in parallel and are separated by commas, and on `-` where there is nothing.
"""

import csv
import io
from datetime import datetime

from .filters import Row
from .finding_fields import package_details

COLUMNS = (
    "AWS Account Id", "Severity", "Fix Available", "Finding Type", "Title", "Description", "Finding ARN", "First Seen",
    "Last Seen", "Last Updated", "Resource ID", "Container Image Tags", "Region", "Platform", "Resource Tags",
    "Affected Packages", "Package Installed Version", "Fixed in Version", "Package Remediation", "File Path",
    "Network Paths", "Age (Days)", "Remediation", "Inspector Score", "Inspector Score Vector", "Status",
    "Vulnerability Id", "Vendor", "Vendor Severity", "Vendor Advisory", "Vendor Advisory Published", "NVD CVSS3 Score",
    "NVD CVSS3 Vector", "NVD CVSS2 Score", "NVD CVSS2 Vector", "Vendor CVSS3 Score", "Vendor CVSS3 Vector",
    "Vendor CVSS2 Score", "Vendor CVSS2 Vector", "Resource Type", "Ami", "Resource Public Ipv4",
    "Resource Private Ipv4", "Resource Ipv6", "Resource Vpc", "Port Range", "Epss Score", "Exploit Available",
    "Last Exploited At", "Lambda Layers", "Lambda Package Type", "Lambda Last Updated At", "Reference Urls",
    "Detector Name", "Package Manager",
)  # fmt: skip
_NOTHING = "-"


def as_csv(rows: list[Row], now: datetime) -> bytes:
    """Write findings as ListFindings has them, one in a row."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval=_NOTHING, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        cells = _cells(row, now)
        writer.writerow({name: _NOTHING if value in (None, "") else value for name, value in cells.items()})
    return text.getvalue().encode()


def _cells(row: Row, now: datetime) -> dict[str, object]:
    resource, details = row["resources"][0], package_details(row)
    instance = resource["details"]["awsEc2Instance"]
    return {
        "AWS Account Id": row["awsAccountId"],
        "Severity": row["severity"],
        "Fix Available": row.get("fixAvailable"),
        "Finding Type": row["type"],
        "Title": row["title"],
        "Description": row["description"],
        "Finding ARN": row["findingArn"],
        "First Seen": _moment(row["firstObservedAt"]),
        "Last Seen": _moment(row["lastObservedAt"]),
        "Last Updated": _moment(row["updatedAt"]),
        "Resource ID": resource["id"],
        "Region": resource["region"],
        "Platform": instance["platform"],
        "Resource Tags": ",".join(f"{key}:{value}" for key, value in resource["tags"].items()),
        "Age (Days)": (now - row["firstObservedAt"]).days,
        "Remediation": row["remediation"]["recommendation"]["text"],
        "Inspector Score": row.get("inspectorScore"),
        "Status": row["status"],
        "Vulnerability Id": details.get("vulnerabilityId"),
        "Vendor": details.get("source"),
        "Vendor Severity": details.get("vendorSeverity"),
        "Vendor Advisory": details.get("sourceUrl"),
        "Vendor Advisory Published": _moment(details.get("vendorCreatedAt")),
        "Resource Type": resource["type"],
        "Ami": instance["imageId"],
        "Resource Vpc": instance["vpcId"],
        "Port Range": _ports(row),
        "Epss Score": row.get("epss", {}).get("score"),
        "Exploit Available": row.get("exploitAvailable"),
        "Reference Urls": ",".join(details.get("referenceUrls", ())),
        **_packages(details.get("vulnerablePackages", ())),
    }


def _packages(packages: list[Row]) -> dict[str, object]:
    def each(name: str) -> str:
        values = [str(package.get(name) or _NOTHING) for package in packages]
        return ", ".join(values) if any(value != _NOTHING for value in values) else ""

    return {
        "Affected Packages": each("name"),
        "Package Installed Version": ", ".join(map(_version, packages)),
        "Fixed in Version": each("fixedInVersion"),
        "Package Remediation": each("remediation"),
        "File Path": each("filePath"),
        "Package Manager": each("packageManager"),
    }


def _version(package: Row) -> str:
    release = f"-{package['release']}" if package.get("release") else ""
    return f"{package.get('epoch') or 0}:{package['version']}{release}"


def _ports(row: Row) -> str:
    span = row.get("networkReachabilityDetails", {}).get("openPortRange")
    if not span:
        return ""
    return str(span["begin"]) if span["begin"] == span["end"] else f"{span['begin']}-{span['end']}"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z" if moment else ""
