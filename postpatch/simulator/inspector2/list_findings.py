"""ListFindings and BatchGetFindingDetails."""

from collections.abc import Callable, Sequence
from typing import Any

from ..hosts.fleet import Fleet
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .filters import Row, matches
from .finding_fields import LOOKS, SORTS, package_details
from .rendering import render, resource_of
from .scanner import Scanner
from .suppression import Suppression
from .tokens import bad_token


class FindingOperations:
    """Answer what callers ask about findings; `members` are those of other accounts that this one sees as its own."""

    def __init__(
        self, scanner: Scanner, suppression: Suppression, fleet: Fleet, pages: Pages, account: str, region: str
    ) -> None:
        self._scanner, self._suppression, self._fleet, self._pages = scanner, suppression, fleet, pages
        self._account, self._region = account, region
        self.members: Callable[[], Sequence[FindingOperations]] = tuple

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"ListFindings": self.list_findings, "BatchGetFindingDetails": self.batch_get_finding_details}

    def list_findings(self, params: Params) -> dict[str, Any]:
        """List findings by filter and order; without `findingStatus` all statuses come."""
        rows, token = self._pages.cut(
            "ListFindings",
            params,
            lambda: self.rows(params.get("filterCriteria"), params.get("sortCriteria")),
            default=100,
            refuse=bad_token,
        )
        return {"findings": rows, "nextToken": token}

    def batch_get_finding_details(self, params: Params) -> dict[str, Any]:
        """Give score, references and CISA's dates of up to ten findings; an unknown ARN is an entry in `errors`."""
        known = {row["findingArn"]: row for row in self.rows()}
        catalogued = self._catalogued()
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
                    "referenceUrls": package_details(row).get("referenceUrls", []),
                    "cisaData": catalogued.get(package_details(row).get("vulnerabilityId", "")),
                    "cwes": [],
                    "evidences": [],
                    "tools": [],
                    "ttps": [],
                }
            )
        return {"findingDetails": details, "errors": errors}

    def _catalogued(self) -> dict[str, Row]:
        platforms = {id(facts): facts for facts in map(self._fleet.facts, self._fleet.hosts())}.values()
        return {
            cve: {"dateAdded": known.exploited_since, "dateDue": known.due}
            for facts in platforms
            for cve, known in facts.vulnerabilities.items()
            if known.exploited_since
        }

    def rows(self, criteria: dict[str, Any] | None = None, sort: dict[str, Any] | None = None) -> list[Row]:
        """Write the findings that pass a filter, in an order: those of members too."""
        members = self.members()
        rows = [row for one in (self, *members) for row in one.own_rows(criteria)]
        if sort:
            rows.sort(key=SORTS.get(sort["field"], lambda _: ""), reverse=sort["sortOrder"] == "DESC")
        return rows

    def own_rows(self, criteria: dict[str, Any] | None) -> list[Row]:
        """Write the findings of this account that pass a filter."""
        rows = []
        fleet = self._fleet
        hosts = {host.instance_id: (fleet.instance(host), fleet.facts(host)) for host in fleet.hosts()}
        resources = {
            host_id: resource_of(instance, facts.platform, self._region) for host_id, (instance, facts) in hosts.items()
        }
        for finding in self._scanner.findings:
            resource = resources[finding.host_id]
            wire = render(finding, *hosts[finding.host_id], self._account, resource)
            row = self._suppression.judge(finding, wire)
            if matches(row, criteria, LOOKS):
                rows.append(row)
        return rows
