"""The CIS operations of inspector2: configurations, scans, results by host and by check."""

from collections.abc import Callable, Sequence
from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .cis_scans import CheckResult, CisScan, CisScans, TargetResult
from .filters import Look, Row, matches
from .tokens import bad_token

_CONFIGURATION_LOOKS: dict[str, Look] = {
    "scanNameFilters": lambda row: [row["scanName"]],
    "scanConfigurationArnFilters": lambda row: [row["scanConfigurationArn"]],
    "targetResourceTagFilters": lambda row: _flat(row["targets"]["targetResourceTags"]),
}
_SCAN_LOOKS: dict[str, Look] = _CONFIGURATION_LOOKS | {
    "scanStatusFilters": lambda row: [row["status"]],
    "scanArnFilters": lambda row: [row["scanArn"]],
    "scanAtFilters": lambda row: [row["scanDate"]],
    "scheduledByFilters": lambda row: [row["scheduledBy"]],
    "failedChecksFilters": lambda row: [row["failedChecks"]],
    "targetAccountIdFilters": lambda row: row["targets"]["accountIds"],
    "targetResourceIdFilters": lambda row: row["_hosts"],
}
_DETAIL_LOOKS: dict[str, Look] = {
    "findingStatusFilters": lambda row: [row["status"]],
    "checkIdFilters": lambda row: [row["checkId"]],
    "titleFilters": lambda row: [row["title"]],
    "securityLevelFilters": lambda row: [row["level"]],
    "findingArnFilters": lambda row: [row["findingArn"]],
}
_TARGET_LOOKS: dict[str, Look] = {
    "accountIdFilters": lambda row: [row["accountId"]],
    "statusFilters": lambda row: [name.upper() for name, count in row["statusCounts"].items() if count],
    "checkIdFilters": lambda row: row["_checks"],
    "targetResourceIdFilters": lambda row: [row["targetResourceId"]],
    "targetResourceTagFilters": lambda row: _flat(row["targetResourceTags"]),
    "platformFilters": lambda row: [row["platform"]],
    "targetStatusFilters": lambda row: [row["targetStatus"]],
    "targetStatusReasonFilters": lambda row: [row["targetStatusReason"]] if row.get("targetStatusReason") else [],
    "failedChecksFilters": lambda row: [row["statusCounts"]["failed"]],
}
_SORTS: dict[str, Callable[[Row], Any]] = {
    "SCAN_NAME": lambda row: row["scanName"],
    "SCAN_CONFIGURATION_ARN": lambda row: row["scanConfigurationArn"],
    "STATUS": lambda row: row["status"],
    "SCHEDULED_BY": lambda row: row["scheduledBy"],
    "SCAN_START_DATE": lambda row: row["scanDate"],
    "FAILED_CHECKS": lambda row: row["failedChecks"],
    "CHECK_ID": lambda row: [int(part) for part in row["checkId"].split(".")],
    "RESOURCE_ID": lambda row: row["targetResourceId"],
    "FAILED_COUNTS": lambda row: row["statusCounts"]["failed"],
    "ACCOUNT_ID": lambda row: row["accountId"],
    "PLATFORM": lambda row: row["platform"],
    "TARGET_STATUS": lambda row: row["targetStatus"],
    "TARGET_STATUS_REASON": lambda row: row.get("targetStatusReason") or "",
}


def _flat(tags: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(key, value) for key, values in tags.items() for value in values]


class CisOperations:
    """Answer what callers ask about CIS scans."""

    def __init__(self, cis: CisScans, pages: Pages, account: str) -> None:
        self._cis, self._pages, self._account = cis, pages, account

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "CreateCisScanConfiguration": self.create_configuration,
            "ListCisScanConfigurations": self.list_configurations,
            "DeleteCisScanConfiguration": self.delete_configuration,
            "ListCisScans": self.list_scans,
            "GetCisScanResultDetails": self.get_result_details,
            "ListCisScanResultsAggregatedByTargetResource": self.list_results_by_target,
        }

    def create_configuration(self, params: Params) -> dict[str, Any]:
        """Create a scan configuration; a one-time one scans at once."""
        return {"scanConfigurationArn": self._cis.create(params).arn}

    def delete_configuration(self, params: Params) -> dict[str, Any]:
        """Delete a scan configuration; its scans stay."""
        arn = params["scanConfigurationArn"]
        if self._cis.configurations.pop(arn, None) is None:
            raise AwsError("ResourceNotFoundException", f"There is no CIS scan configuration {arn}", status=404)
        return {"scanConfigurationArn": arn}

    def list_configurations(self, params: Params) -> dict[str, Any]:
        """List scan configurations by filter."""
        rows, token = self._page("ListCisScanConfigurations", params, self._configurations, _CONFIGURATION_LOOKS, 100)
        return {"scanConfigurations": rows, "nextToken": token}

    def list_scans(self, params: Params) -> dict[str, Any]:
        """List scans by filter."""
        rows, token = self._page("ListCisScans", params, self._scans, _SCAN_LOOKS, 50)
        return {"scans": rows, "nextToken": token}

    def get_result_details(self, params: Params) -> dict[str, Any]:
        """List what each check said about one host of one scan."""
        scan = self._cis.scan(params["scanArn"])
        target = next((t for t in scan.targets if t.host.instance_id == params["targetResourceId"]), None)
        if target is None or params["accountId"] != self._account:
            message = f"The scan holds no results for {params['targetResourceId']} of account {params['accountId']}"
            raise AwsError("ValidationException", message, reason="OTHER")
        rows, token = self._page(
            "GetCisScanResultDetails",
            params,
            lambda: [self._detail(scan, target, result) for result in target.results],
            _DETAIL_LOOKS,
            100,
        )
        return {"scanResultDetails": rows or None, "nextToken": token}

    def list_results_by_target(self, params: Params) -> dict[str, Any]:
        """List the counts of one scan by host."""
        scan = self._cis.scan(params["scanArn"])
        rows, token = self._page(
            "ListCisScanResultsAggregatedByTargetResource",
            params,
            lambda: [self._target(scan, target) for target in scan.targets],
            _TARGET_LOOKS,
            100,
        )
        # A scan that looked at no host has no list: the model knows no empty one.
        return {"targetResourceAggregations": rows or None, "nextToken": token}

    def _page(
        self, name: str, params: Params, make: Callable[[], list[Row]], looks: dict[str, Look], default: int
    ) -> tuple[list[Row], str | None]:
        def rows() -> Sequence[Row]:
            chosen = [row for row in make() if matches(row, params.get("filterCriteria"), looks)]
            if "sortBy" in params:
                chosen.sort(key=_SORTS[params["sortBy"]], reverse=params.get("sortOrder") == "DESC")
            # Members with an underscore serve the filters only.
            return [{key: value for key, value in row.items() if key[0] != "_"} for row in chosen]

        found, token = self._pages.cut(name, params, rows, default=default, refuse=bad_token)
        return found, token

    def _configurations(self) -> list[Row]:
        return [
            {
                "scanConfigurationArn": kept.arn,
                "ownerId": self._account,
                "scanName": kept.params["scanName"],
                "securityLevel": kept.params["securityLevel"],
                "schedule": kept.params["schedule"],
                "targets": self._targets(kept.params["targets"]["targetResourceTags"]),
                "tags": kept.tags,
            }
            for kept in self._cis.configurations.values()
        ]

    def _scans(self) -> list[Row]:
        return [
            {
                "scanArn": scan.arn,
                "scanConfigurationArn": scan.configuration_arn,
                "status": scan.status,
                "scanName": scan.name,
                "scanDate": scan.started_at,
                "failedChecks": scan.failed_checks(),
                "totalChecks": scan.total_checks(),
                "targets": self._targets(scan.tags),
                "scheduledBy": self._account,
                "securityLevel": scan.level,
                "_hosts": [target.host.instance_id for target in scan.targets],
            }
            for scan in reversed(self._cis.scans)
        ]

    def _targets(self, tags: dict[str, list[str]]) -> Row:
        return {"accountIds": [self._account], "targetResourceTags": tags}

    def _detail(self, scan: CisScan, target: TargetResult, result: CheckResult) -> Row:
        return {
            "scanArn": scan.arn,
            "accountId": self._account,
            "targetResourceId": target.host.instance_id,
            "platform": target.host.platform,
            "status": result.status,
            "statusReason": "The setting is not present on this host" if result.status == "SKIPPED" else None,
            "checkId": result.check.id,
            "title": result.check.title,
            "checkDescription": result.check.title,
            "remediation": result.check.remediation,
            "level": result.check.level,
            "findingArn": result.arn,
        }

    def _target(self, scan: CisScan, target: TargetResult) -> Row:
        return {
            "scanArn": scan.arn,
            "targetResourceId": target.host.instance_id,
            "accountId": self._account,
            "targetResourceTags": {key: [value] for key, value in target.tags.items()},
            "statusCounts": {
                "failed": target.count("FAILED"),
                "skipped": target.count("SKIPPED"),
                "passed": target.count("PASSED"),
            },
            "platform": target.host.platform,
            "targetStatus": target.status,
            "targetStatusReason": target.reason,
            "_checks": [result.check.id for result in target.results],
        }
