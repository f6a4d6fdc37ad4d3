"""Small exports of Inspector, as `list-findings` prints them, for pairs of files that a run of `recorded` compares."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

ACCOUNT, REGION = "123456789012", "us-east-1"
BEFORE, LATER = 1_700_000_000.0, 1_700_600_000.0
HOSTS = ("i-00000000000000001", "i-00000000000000002")
Row = dict[str, Any]


def finding(host: str, cve: str, fixed_in: str = "NotAvailable", at: float = BEFORE, **differently: Any) -> Row:
    """Return one finding of a package, in the shape of inspector2's Finding; times are seconds since 1970."""
    row = {
        "findingArn": f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/{host}{cve}",
        "awsAccountId": ACCOUNT,
        "type": "PACKAGE_VULNERABILITY",
        "status": "ACTIVE",
        "severity": "HIGH",
        "title": f"{cve} - curl",
        "description": "",
        "firstObservedAt": BEFORE - 3_600,
        "lastObservedAt": at,
        "updatedAt": at,
        "fixAvailable": "NO" if fixed_in == "NotAvailable" else "YES",
        "remediation": {"recommendation": {"text": "None Provided"}},
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": host, "region": REGION}],
        "packageVulnerabilityDetails": {
            "vulnerabilityId": cve,
            "source": "NVD",
            "vendorCreatedAt": BEFORE - 86_400,
            "vulnerablePackages": [
                {"name": "curl", "version": "8.0", "packageManager": "OS", "fixedInVersion": fixed_in}
            ],
        },
    }
    return row | differently


def fixable(at: float = BEFORE, **differently: Any) -> list[Row]:
    """Return three findings on each of two hosts that an update of curl fixes."""
    cves = [f"CVE-2023-000{number}" for number in range(1, 4)]
    return [finding(host, cve, "0:8.1-1", at, **differently) for host in HOSTS for cve in cves]


def unfixable(at: float = BEFORE, **differently: Any) -> list[Row]:
    """Return a finding on each of two hosts that nothing fixes yet."""
    return [finding(host, "CVE-2023-0009", at=at, **differently) for host in HOSTS]


def fixed(at: float) -> list[Row]:
    """Return the findings of `fixable` as Inspector keeps them once they are closed."""
    return fixable(at, status="CLOSED")


def port(host: str, number: int, at: float = BEFORE, **differently: Any) -> Row:
    """Return one finding of an open port."""
    row = finding(host, f"port{number}", at=at, type="NETWORK_REACHABILITY", severity="MEDIUM", fixAvailable=None)
    del row["packageVulnerabilityDetails"]
    ports = {"begin": number, "end": number}
    return row | {"networkReachabilityDetails": {"openPortRange": ports, "protocol": "TCP"}} | differently


def recorded(rows: list[Row], *pages: int, **request: Any) -> list[Row]:
    """Return the rows as recorded pages of one list; `pages` are the rows at which a further page begins."""
    edges = [0, *pages, len(rows)]
    last = len(edges) - 2
    return [
        {
            "request": request | ({"nextToken": f"token-{page}"} if page else {}),
            "response": {"findings": rows[begin:end], "nextToken": None if page == last else f"token-{page + 1}"},
        }
        for page, (begin, end) in enumerate(pairwise(edges))
    ]


def asking(*statuses: str, **filters: str) -> Row:
    """Return the filter criteria of a request for findings of these statuses."""
    wanted = {"findingStatus": statuses} | {name: (value,) for name, value in filters.items()}
    return {
        "filterCriteria": {
            name: [{"comparison": "EQUALS", "value": value} for value in values] for name, values in wanted.items()
        }
    }


def export(path: Path, rows: list[Row]) -> Path:
    """Write the rows as one export and return its path."""
    path.write_text(json.dumps({"findings": rows}), encoding="utf-8")
    return path
