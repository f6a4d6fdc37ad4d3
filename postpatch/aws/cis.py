"""CIS scans of Inspector, which find root login over SSH. Their checks are saved as findings of type CONFIGURATION."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec

from postpatch.aws.session import Connection, asking
from postpatch.aws.side_by_side import side_by_side
from postpatch.errors import CouldNotCheck
from postpatch.model import CisHost, FindingType, Scope, Severity
from postpatch.translation.decoded_checks import Check
from postpatch.translation.row import Row

# CisFindingStatus to a finding's status: a check that passes closes, one that was skipped proves nothing.
_STATUS = {"FAILED": "ACTIVE", "PASSED": "CLOSED", "SKIPPED": "SKIPPED"}
FINISHED = frozenset({"COMPLETED", "FAILED", "CANCELLED"})
_LEVEL = "LEVEL_1"
_A_PAGE = 1000  # botocore shape GetCisScanResultDetailsMaxResults
_HOSTS_A_PAGE = 100  # botocore shape CisScanResultsMaxResults
TAGS = {"created-by": "postpatch"}


def create_scan(connection: Connection, scope: Scope, tags: dict[str, list[str]], now: datetime) -> str:
    """Create a one-time CIS scan of the hosts with `tags`; it starts at once. Return its configuration's ARN."""
    with asking(f"for a CIS scan of {scope}"):
        answer = connection.client("inspector2").create_cis_scan_configuration(
            scanName=f"postpatch {now:%Y-%m-%dT%H:%M:%SZ} {scope}"[:128],
            securityLevel=_LEVEL,
            schedule={"oneTime": {}},
            targets={"accountIds": ["SELF"], "targetResourceTags": tags},
            tags=TAGS,
        )
    return str(answer["scanConfigurationArn"])


def find_scan(connection: Connection, configuration: str, since: datetime | None = None) -> tuple[str, str]:
    """Return ARN and status of the newest scan of `configuration`; empty strings while there is none.

    An empty `configuration` looks at every scan that began at or after `since`, for a run that starts nothing.
    """
    criteria: dict[str, Any] = {}
    if configuration:
        criteria["scanConfigurationArnFilters"] = [{"comparison": "EQUALS", "value": configuration}]
    elif since:
        criteria["scanAtFilters"] = [{"earliestScanStartTime": since}]
    with asking("for the state of the CIS scan"):
        pages = connection.client("inspector2").get_paginator("list_cis_scans").paginate(filterCriteria=criteria)
        scans = sorted((scan for page in pages for scan in page["scans"]), key=lambda scan: scan["scanDate"])
    return (scans[-1]["scanArn"], scans[-1]["status"]) if scans else ("", "")


def scanned_hosts(connection: Connection, account: str, scan: str) -> tuple[CisHost, ...]:
    """Return the part in the scan of each host of the account."""
    client = connection.client("inspector2")
    criteria = {"accountIdFilters": [{"comparison": "EQUALS", "value": account}]}
    with asking("which hosts the CIS scan covered"):
        paginator = client.get_paginator("list_cis_scan_results_aggregated_by_target_resource")
        pages = paginator.paginate(scanArn=scan, filterCriteria=criteria, maxResults=_HOSTS_A_PAGE)
        found = [_cis_host(row) for page in pages for row in page.get("targetResourceAggregations", [])]
    return tuple(sorted(found, key=lambda host: host.host))


def _cis_host(row: dict[str, Any]) -> CisHost:
    counts = row.get("statusCounts", {})
    return CisHost(
        host=row["targetResourceId"],
        status=row.get("targetStatus", ""),
        reason=row.get("targetStatusReason", ""),
        failed=counts.get("failed", 0),
        passed=counts.get("passed", 0),
        skipped=counts.get("skipped", 0),
    )


def checks(connection: Connection, scan: str, account: str, hosts: Iterable[str]) -> Iterator[Row]:
    """Yield every check of the scan on every host as a finding, passed ones too: a missing check is not a fix."""
    pages = connection.client("inspector2").get_paginator("get_cis_scan_result_details")
    region = connection.session.region_name

    def of(host: str) -> Iterator[list[Row]]:
        with asking(f"for the CIS checks of {host}"):
            for page in pages.paginate(scanArn=scan, targetResourceId=host, accountId=account, maxResults=_A_PAGE):
                # One that was decoded by type is a Check; botocore's parser gives the same fields as a dict.
                rows = page.get("scanResultDetails", [])
                checks = (row if isinstance(row, Check) else _check(host, row) for row in rows)
                yield [_row(account, region, host, check) for check in checks]

    yield from chain.from_iterable(side_by_side(hosts, of, connection.at_once))


def _check(host: str, row: dict[str, Any]) -> Check:
    try:
        return msgspec.convert(row, Check)
    except msgspec.ValidationError as error:
        raise CouldNotCheck(f"{host} has a CIS check that is not as Inspector's API has it: {error}") from error


def _row(account: str, region: str, host: str, check: Check) -> Row:
    return Row(
        account=account,
        region=region,
        host=host,
        type=FindingType.CONFIGURATION.value,
        vulnerability=check.checkId,
        status=_STATUS[check.status],
        severity=Severity.UNTRIAGED.value,
        title=check.title or "",
        remediation=check.remediation or "",
        arn=check.findingArn or "",
    )
