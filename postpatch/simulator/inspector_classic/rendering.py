"""Findings and exclusions as the API writes them (botocore: shapes Finding and Exclusion)."""

from typing import Any

from .records import Asset, Exclusion, Finding
from .templates import attributes

SERVICE = "Inspector"
SCHEMA_VERSION = 1

# A finding with root login over SSH that Amazon Inspector reported: Medium is 6, its confidence 10.
_NUMERIC = {"High": 9.0, "Medium": 6.0, "Low": 3.0, "Informational": 0.0, "Undefined": 0.0}
_CONFIDENCE = 10


def render_finding(finding: Finding) -> dict[str, Any]:
    """Write one finding; the placeholder of a rules package has neither rule nor agent."""
    return {
        "arn": finding.arn,
        "schemaVersion": SCHEMA_VERSION,
        "service": SERVICE,
        "serviceAttributes": {
            "schemaVersion": SCHEMA_VERSION,
            "assessmentRunArn": finding.run_arn,
            "rulesPackageArn": finding.rules_package,
        },
        "assetType": "ec2-instance",
        "assetAttributes": _asset(finding.asset),
        "id": finding.rule,
        "title": finding.title,
        "description": finding.description,
        "recommendation": finding.recommendation,
        "severity": finding.severity,
        "numericSeverity": _NUMERIC[finding.severity],
        "confidence": _CONFIDENCE,
        "indicatorOfCompromise": False,
        "attributes": attributes(finding.attributes),
        "userAttributes": attributes(finding.user_attributes),
        "createdAt": finding.created_at,
        "updatedAt": finding.updated_at,
    }


def render_exclusion(exclusion: Exclusion) -> dict[str, Any]:
    """Write one exclusion."""
    return {
        "arn": exclusion.arn,
        "title": exclusion.title,
        "description": exclusion.description,
        "recommendation": exclusion.recommendation,
        "scopes": [{"key": key, "value": value} for key, value in exclusion.scopes],
        "attributes": [],
    }


def _asset(asset: Asset | None) -> dict[str, Any]:
    if asset is None:
        return {"schemaVersion": SCHEMA_VERSION, "ipv4Addresses": []}
    return {
        "schemaVersion": SCHEMA_VERSION,
        "agentId": asset.agent_id,
        "autoScalingGroup": asset.group,
        "amiId": asset.image_id,
        "hostname": asset.hostname,
        "ipv4Addresses": list(asset.addresses),
        "tags": attributes(asset.tags),
    }
