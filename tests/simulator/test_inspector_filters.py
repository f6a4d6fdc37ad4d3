from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import equals, findings, of_stack


@pytest.mark.parametrize(
    ("criteria", "holds"),
    [
        ({"severity": equals("CRITICAL")}, lambda f: f["severity"] == "CRITICAL"),
        ({"severity": [{"comparison": "NOT_EQUALS", "value": "LOW"}]}, lambda f: f["severity"] != "LOW"),
        ({"severity": equals("HIGH") + equals("LOW")}, lambda f: f["severity"] in ("HIGH", "LOW")),
        ({"findingType": equals("NETWORK_REACHABILITY")}, lambda f: f["type"] == "NETWORK_REACHABILITY"),
        ({"fixAvailable": equals("NO")}, lambda f: f.get("fixAvailable") == "NO"),
        ({"exploitAvailable": equals("YES")}, lambda f: f.get("exploitAvailable") == "YES"),
        ({"title": [{"comparison": "PREFIX", "value": "Port 22"}]}, lambda f: f["title"].startswith("Port 22")),
        ({"resourceType": equals("AWS_EC2_INSTANCE")}, lambda _: True),
        ({"resourceType": equals("AWS_ECR_CONTAINER_IMAGE")}, lambda _: False),
        ({"resourceTags": of_stack()}, lambda f: "aws:cloudformation:stack-name" in f["resources"][0]["tags"]),
        ({"awsAccountId": equals("999999999999")}, lambda _: False),
        (
            {"inspectorScore": [{"lowerInclusive": 9.0, "upperInclusive": 10.0}]},
            lambda f: f.get("inspectorScore", 0) >= 9,
        ),
        ({"portRange": [{"beginInclusive": 20, "endInclusive": 25}]}, lambda f: f["title"].startswith("Port 22")),
        ({"networkProtocol": equals("UDP")}, lambda _: False),
        ({"ecrImageTags": equals("latest")}, lambda _: False),
        (
            {"vulnerablePackages": [{"name": {"comparison": "EQUALS", "value": "openssl-libs"}}]},
            lambda f: (
                "openssl-libs"
                in [p["name"] for p in f.get("packageVulnerabilityDetails", {}).get("vulnerablePackages", [])]
            ),
        ),
    ],
)
def test_filters_filter(standing: Simulator, criteria: dict[str, Any], holds: Any) -> None:
    """Each filter gives exactly the findings that hold it."""
    chosen = {f["findingArn"] for f in findings(standing, **criteria)}
    assert chosen == {f["findingArn"] for f in findings(standing) if holds(f)}


def test_dates_filter(standing: Simulator) -> None:
    """A date filter takes both ends in."""
    seen = findings(standing)[0]["firstObservedAt"]
    assert findings(standing, firstObservedAt=[{"startInclusive": seen, "endInclusive": seen}])
    assert not findings(standing, firstObservedAt=[{"startInclusive": seen + timedelta(days=1)}])
    assert not findings(standing, updatedAt=[{"endInclusive": seen - timedelta(days=1)}])


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_findings_are_sorted(standing: Simulator, order: str) -> None:
    """SortCriteria sorts, severities by weight and not by letter."""
    weights = ["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"]
    pages = (
        standing.client("inspector2")
        .get_paginator("list_findings")
        .paginate(sortCriteria={"field": "SEVERITY", "sortOrder": order})
    )
    told = [weights.index(f["severity"]) for page in pages for f in page["findings"]]
    assert told == sorted(told, reverse=order == "DESC")
