"""Where each filter and each sort field of findings looks, by the names that the API gives them."""

from collections.abc import Callable
from typing import Any

from .filters import Look, Row

_SEVERITIES = ["UNTRIAGED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"]


def _ec2(row: Row) -> Row:
    details: Row = row["resources"][0]["details"]["awsEc2Instance"]
    return details


def package_details(row: Row) -> Row:
    """Find what a finding says about packages; nothing for one about the network."""
    details: Row = row.get("packageVulnerabilityDetails", {})
    return details


def _network(row: Row) -> Row:
    details: Row = row.get("networkReachabilityDetails", {})
    return details


def _steps(row: Row) -> list[Row]:
    steps: list[Row] = _network(row).get("networkPath", {}).get("steps", [])
    return steps


def _some(value: Any) -> list[Any]:
    return [] if value is None else [value]


LOOKS: dict[str, Look] = {
    "findingArn": lambda row: [row["findingArn"]],
    "awsAccountId": lambda row: [row["awsAccountId"]],
    "findingType": lambda row: [row["type"]],
    "severity": lambda row: [row["severity"]],
    "firstObservedAt": lambda row: [row["firstObservedAt"]],
    "lastObservedAt": lambda row: [row["lastObservedAt"]],
    "updatedAt": lambda row: [row["updatedAt"]],
    "findingStatus": lambda row: [row["status"]],
    "title": lambda row: [row["title"]],
    "inspectorScore": lambda row: _some(row.get("inspectorScore")),
    "resourceType": lambda row: [row["resources"][0]["type"]],
    "resourceId": lambda row: [row["resources"][0]["id"]],
    "resourceTags": lambda row: list(row["resources"][0]["tags"].items()),
    "ec2InstanceImageId": lambda row: [_ec2(row)["imageId"]],
    "ec2InstanceVpcId": lambda row: [_ec2(row)["vpcId"]],
    "ec2InstanceSubnetId": lambda row: [_ec2(row)["subnetId"]],
    "portRange": lambda row: [(r["begin"], r["end"]) for r in _some(_network(row).get("openPortRange"))],
    "networkProtocol": lambda row: _some(_network(row).get("protocol")),
    "componentId": lambda row: [step["componentId"] for step in _steps(row)],
    "componentType": lambda row: [step["componentType"] for step in _steps(row)],
    "vulnerabilityId": lambda row: _some(package_details(row).get("vulnerabilityId")),
    "vulnerabilitySource": lambda row: _some(package_details(row).get("source")),
    "vendorSeverity": lambda row: _some(package_details(row).get("vendorSeverity")),
    "vulnerablePackages": lambda row: package_details(row).get("vulnerablePackages", []),
    "relatedVulnerabilities": lambda row: package_details(row).get("relatedVulnerabilities", []),
    "fixAvailable": lambda row: _some(row.get("fixAvailable")),
    "exploitAvailable": lambda row: _some(row.get("exploitAvailable")),
    "epssScore": lambda row: _some(row.get("epss", {}).get("score")),
    "cloudProvider": lambda _: ["AWS"],
}

SORTS: dict[str, Callable[[Row], Any]] = {
    "AWS_ACCOUNT_ID": lambda row: row["awsAccountId"],
    "FINDING_TYPE": lambda row: row["type"],
    "SEVERITY": lambda row: _SEVERITIES.index(row["severity"]),
    "FIRST_OBSERVED_AT": lambda row: row["firstObservedAt"],
    "LAST_OBSERVED_AT": lambda row: row["lastObservedAt"],
    "FINDING_STATUS": lambda row: row["status"],
    "RESOURCE_TYPE": lambda row: row["resources"][0]["type"],
    "NETWORK_PROTOCOL": lambda row: _network(row).get("protocol", ""),
    "COMPONENT_TYPE": lambda row: (_steps(row) or [{"componentType": ""}])[0]["componentType"],
    "VULNERABILITY_ID": lambda row: package_details(row).get("vulnerabilityId", ""),
    "VULNERABILITY_SOURCE": lambda row: package_details(row).get("source", ""),
    "INSPECTOR_SCORE": lambda row: row.get("inspectorScore", 0.0),
    "VENDOR_SEVERITY": lambda row: package_details(row).get("vendorSeverity", ""),
    "EPSS_SCORE": lambda row: row.get("epss", {}).get("score", 0.0),
}
