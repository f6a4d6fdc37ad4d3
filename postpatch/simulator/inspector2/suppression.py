"""Filters that are kept, and those among them that suppress findings.

A suppression rule hides a finding, it fixes nothing: the finding goes on being seen, under the status SUPPRESSED
(Inspector user guide, "Suppressing findings"). In an organization the rules are the delegated administrator's, and hide
findings of the members' accounts ("Managing multiple accounts in Amazon Inspector with AWS Organizations"); a member's
own list of filters holds none of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..clock import Clock
from ..ids import Ids
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .filters import Row, matches
from .finding import Finding
from .finding_fields import LOOKS
from .tokens import bad_token

RULE_QUOTA = 500  # Inspector user guide, quotas: suppression rules per account


@dataclass
class KeptFilter:
    """One filter, as it was created and changed since."""

    arn: str
    params: Params
    created_at: datetime
    updated_at: datetime
    tags: dict[str, str]


class Suppression:
    """Keep filters, and judge which findings they suppress."""

    def __init__(self, clock: Clock, pages: Pages, account: str, region: str) -> None:
        self.filters: dict[str, KeptFilter] = {}
        self._of_administrator: list[dict[str, Any]] = []
        self._clock, self._pages, self._account = clock, pages, account
        self._owner = f"arn:aws:inspector2:{region}:{account}:owner/{account}/filter/"
        self._ids = Ids("filters")

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "CreateFilter": self.create,
            "ListFilters": self.list_filters,
            "UpdateFilter": self.update,
            "DeleteFilter": self.delete,
        }

    def judge(self, finding: Finding, row: Row) -> Row:
        """Suppress a finding, or show it again, as the rules of this moment say."""
        own = [kept.params["filterCriteria"] for kept in self.filters.values() if kept.params["action"] == "SUPPRESS"]
        rules, shown = [*own, *self._of_administrator], row | {"status": "ACTIVE"}
        hidden = finding.status == "ACTIVE" and any(matches(shown, rule, LOOKS) for rule in rules)
        if hidden != finding.suppressed:
            finding.suppress(hidden, self._clock.now())
        return row | {"status": finding.shown, "updatedAt": finding.updated_at}

    def suppress_by_administrator(self, criteria: dict[str, Any]) -> None:
        """Have the organization's delegated administrator make a suppression rule, in an account of their own."""
        self._of_administrator.append(criteria)

    def create(self, params: Params) -> dict[str, Any]:
        """Keep a filter; with action SUPPRESS it is a suppression rule."""
        if len(self.filters) >= RULE_QUOTA:
            message = f"The quota of {RULE_QUOTA} filters is reached"
            raise AwsError("ServiceQuotaExceededException", message, status=402, resourceId="filter")
        if any(kept.params["name"] == params["name"] for kept in self.filters.values()):
            raise AwsError("BadRequestException", f"There is a filter {params['name']} already")
        arn, now = self._owner + self._ids.hexadecimal(16), self._clock.now()
        kept = {name: value for name, value in params.items() if name != "tags"}
        self.filters[arn] = KeptFilter(arn, kept, now, now, dict(params.get("tags", {})))
        return {"arn": arn}

    def list_filters(self, params: Params) -> dict[str, Any]:
        """List filters by ARN and action."""

        def rows() -> list[Row]:
            chosen = [kept for kept in self.filters.values() if kept.arn in params.get("arns", [kept.arn])]
            return [self._told(kept) for kept in chosen if params.get("action") in (None, kept.params["action"])]

        found, token = self._pages.cut("ListFilters", params, rows, default=100, refuse=bad_token)
        return {"filters": found, "nextToken": token}

    def update(self, params: Params) -> dict[str, Any]:
        """Change a filter; what is not given stays."""
        kept = self._find(params["filterArn"])
        kept.params |= {name: value for name, value in params.items() if name != "filterArn"}
        kept.updated_at = self._clock.now()
        return {"arn": kept.arn}

    def delete(self, params: Params) -> dict[str, Any]:
        """Delete a filter; what it suppressed is shown again."""
        return {"arn": self.filters.pop(self._find(params["arn"]).arn).arn}

    def _find(self, arn: str) -> KeptFilter:
        if arn not in self.filters:
            raise AwsError("ResourceNotFoundException", f"There is no filter {arn}", status=404)
        return self.filters[arn]

    def _told(self, kept: KeptFilter) -> Row:
        return {
            "arn": kept.arn,
            "ownerId": self._account,
            "name": kept.params["name"],
            "criteria": kept.params["filterCriteria"],
            "action": kept.params["action"],
            "description": kept.params.get("description"),
            "reason": kept.params.get("reason"),
            "createdAt": kept.created_at,
            "updatedAt": kept.updated_at,
            "tags": kept.tags,
        }
