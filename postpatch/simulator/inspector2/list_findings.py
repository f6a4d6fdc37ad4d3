"""ListFindings and BatchGetFindingDetails."""

from collections.abc import Callable
from typing import Any

from ..hosts.fleet import Fleet
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .filters import Look, Row, matches
from .rendering import render
from .scanner import Scanner

_SEVERITIES = ["UNTRIAGED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"]


def _ec2(row: Row) -> Row:
    details: Row = row["resources"][0]["details"]["awsEc2Instance"]
    return details


def _package(row: Row) -> Row:
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


_LOOKS: dict[str, Look] = {
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
    "vulnerabilityId": lambda row: _some(_package(row).get("vulnerabilityId")),
    "vulnerabilitySource": lambda row: _some(_package(row).get("source")),
    "vendorSeverity": lambda row: _some(_package(row).get("vendorSeverity")),
    "vulnerablePackages": lambda row: _package(row).get("vulnerablePackages", []),
    "relatedVulnerabilities": lambda row: _package(row).get("relatedVulnerabilities", []),
    "fixAvailable": lambda row: _some(row.get("fixAvailable")),
    "exploitAvailable": lambda row: _some(row.get("exploitAvailable")),
    "epssScore": lambda row: _some(row.get("epss", {}).get("score")),
    "cloudProvider": lambda _: ["AWS"],
}

_SORTS: dict[str, Callable[[Row], Any]] = {
    "AWS_ACCOUNT_ID": lambda row: row["awsAccountId"],
    "FINDING_TYPE": lambda row: row["type"],
    "SEVERITY": lambda row: _SEVERITIES.index(row["severity"]),
    "FIRST_OBSERVED_AT": lambda row: row["firstObservedAt"],
    "LAST_OBSERVED_AT": lambda row: row["lastObservedAt"],
    "FINDING_STATUS": lambda row: row["status"],
    "RESOURCE_TYPE": lambda row: row["resources"][0]["type"],
    "NETWORK_PROTOCOL": lambda row: _network(row).get("protocol", ""),
    "COMPONENT_TYPE": lambda row: (_steps(row) or [{"componentType": ""}])[0]["componentType"],
    "VULNERABILITY_ID": lambda row: _package(row).get("vulnerabilityId", ""),
    "VULNERABILITY_SOURCE": lambda row: _package(row).get("source", ""),
    "INSPECTOR_SCORE": lambda row: row.get("inspectorScore", 0.0),
    "VENDOR_SEVERITY": lambda row: _package(row).get("vendorSeverity", ""),
    "EPSS_SCORE": lambda row: row.get("epss", {}).get("score", 0.0),
}


class FindingOperations:
    """Answer what callers ask about findings."""

    def __init__(self, scanner: Scanner, fleet: Fleet, pages: Pages, account: str, region: str) -> None:
        self._scanner, self._fleet, self._pages = scanner, fleet, pages
        self._account, self._region = account, region

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"ListFindings": self.list_findings, "BatchGetFindingDetails": self.batch_get_finding_details}

    def list_findings(self, params: Params) -> dict[str, Any]:
        """List findings by filter and order; without `findingStatus` all statuses come."""
        rows, token = self._pages.cut(
            "ListFindings",
            params,
            lambda: self._rows(params.get("filterCriteria"), params.get("sortCriteria")),
            default=100,
            refuse=bad_token,
        )
        return {"findings": rows, "nextToken": token}

    def batch_get_finding_details(self, params: Params) -> dict[str, Any]:
        """Give score and references of up to ten findings; an ARN that is unknown is an entry in `errors`."""
        known = {row["findingArn"]: row for row in self._rows(None, None)}
        details, errors = [], []
        for arn in params["findingArns"]:
            if arn not in known:
                message = f"Finding details are not found for {arn}"
                errors.append({"findingArn": arn, "errorCode": "FINDING_DETAILS_NOT_FOUND", "errorMessage": message})
                continue
            row = known[arn]
            details.append(
                {
                    "findingArn": arn,
                    "epssScore": row.get("epss", {}).get("score"),
                    "riskScore": round(row["inspectorScore"] * 10) if "inspectorScore" in row else None,
                    "referenceUrls": _package(row).get("referenceUrls", []),
                    "cwes": [],
                    "evidences": [],
                    "tools": [],
                    "ttps": [],
                }
            )
        return {"findingDetails": details, "errors": errors}

    def _rows(self, criteria: dict[str, Any] | None, sort: dict[str, Any] | None) -> list[Row]:
        rows = []
        fleet = self._fleet
        hosts = {host.instance_id: (fleet.instance(host), fleet.facts(host)) for host in fleet.hosts()}
        for finding in self._scanner.findings:
            instance, facts = hosts[finding.host_id]
            row = render(finding, instance, facts, self._account, self._region)
            if matches(row, criteria, _LOOKS):
                rows.append(row)
        if sort:
            rows.sort(key=_SORTS.get(sort["field"], lambda _: ""), reverse=sort["sortOrder"] == "DESC")
        return rows


def bad_token(message: str) -> AwsError:
    """Make inspector2's error for a page token that is not ours."""
    fields = [{"name": "nextToken", "message": message}]
    return AwsError("ValidationException", message, reason="FIELD_VALIDATION_FAILED", fields=fields)
