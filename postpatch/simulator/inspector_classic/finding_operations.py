"""ListFindings, DescribeFindings, the attributes that users put on findings, and exclusions."""

from collections.abc import Callable, Sequence
from typing import Any

from ..clock import Clock
from ..wire.front import Operations
from ..wire.reading import Params
from .arns import EXCLUSION, FINDING
from .listing import Lists, describe, failed_item, falls_within
from .records import Finding, Records
from .rendering import render_exclusion, render_finding

USER_ATTRIBUTES = 10  # botocore: UserAttributeList


class FindingOperations:
    """Answer what callers ask about findings and exclusions; both are there once their run has ended."""

    def __init__(self, records: Records, clock: Clock, lists: Lists) -> None:
        self._records, self._clock, self._lists = records, clock, lists

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "ListFindings": self.list,
            "DescribeFindings": self.describe,
            "AddAttributesToFindings": self.add_attributes,
            "RemoveAttributesFromFindings": self.remove_attributes,
            "ListExclusions": self.list_exclusions,
            "DescribeExclusions": self.describe_exclusions,
        }

    def list(self, params: Params) -> dict[str, Any]:
        """List the ARNs of findings by run and filter."""
        runs = [self._records.run(arn).arn for arn in params.get("assessmentRunArns", [])]
        wanted = params.get("filter", {})

        def rows() -> Sequence[str]:
            return [
                arn
                for arn, finding in self._records.findings.items()
                if (not runs or finding.run_arn in runs) and _passes(finding, wanted)
            ]

        found, token = self._lists.cut("ListFindings", params, rows)
        return {"findingArns": found, "nextToken": token}

    def describe(self, params: Params) -> dict[str, Any]:
        """Describe up to ten findings."""
        found, failed = self._find(params)
        return {"findings": [render_finding(finding) for finding in found], "failedItems": failed}

    def add_attributes(self, params: Params) -> dict[str, Any]:
        """Put attributes on up to ten findings; a finding that would have too many fails."""
        given = {attribute["key"]: attribute.get("value", "") for attribute in params["attributes"]}
        return self._change(params, lambda before: before | given)

    def remove_attributes(self, params: Params) -> dict[str, Any]:
        """Take attributes off up to ten findings; what is not there is no error."""
        keys = set(params["attributeKeys"])
        return self._change(params, lambda before: {key: before[key] for key in before if key not in keys})

    def list_exclusions(self, params: Params) -> dict[str, Any]:
        """List the ARNs of a run's exclusions."""
        run = self._records.run(params["assessmentRunArn"])
        rows, token = self._lists.cut(
            "ListExclusions",
            params,
            lambda: [arn for arn in self._records.exclusions if arn.startswith(f"{run.arn}/")],
        )
        return {"exclusionArns": rows, "nextToken": token}

    def describe_exclusions(self, params: Params) -> dict[str, Any]:
        """Describe up to a hundred exclusions."""
        records = self._records
        found, failed = describe(records.arns, EXCLUSION, params["exclusionArns"], records.exclusions)
        return {"exclusions": {each.arn: render_exclusion(each) for each in found}, "failedItems": failed}

    def _find(self, params: Params) -> tuple[Sequence[Finding], dict[str, Any]]:
        return describe(self._records.arns, FINDING, params["findingArns"], self._records.findings)

    def _change(self, params: Params, change: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, Any]:
        found, failed = self._find(params)
        for finding in found:
            changed = change(finding.user_attributes)
            if len(changed) > USER_ATTRIBUTES:
                failed[finding.arn] = failed_item("LIMIT_EXCEEDED")
                continue
            finding.user_attributes, finding.updated_at = changed, self._clock.now()
        return {"failedItems": failed}


def _passes(finding: Finding, wanted: dict[str, Any]) -> bool:
    asset = finding.asset
    held = {
        "agentIds": asset.agent_id if asset else None,
        "autoScalingGroups": asset.group if asset else None,
        "ruleNames": finding.rule,
        "severities": finding.severity,
        "rulesPackageArns": finding.rules_package,
    }
    return (
        all(value in wanted[name] for name, value in held.items() if wanted.get(name))
        and _carries(finding.attributes, wanted.get("attributes", ()))
        and _carries(finding.user_attributes, wanted.get("userAttributes", ()))
        and falls_within(wanted.get("creationTimeRange"), finding.created_at)
    )


def _carries(held: dict[str, str], wanted: Sequence[dict[str, str]]) -> bool:
    return all(held.get(entry["key"]) == entry.get("value", "") for entry in wanted)
