"""Patch baselines, as `ssm:GetPatchBaseline` returns them and as a baseline override holds them."""

from datetime import date
from typing import Any

from postpatch.aws.session import Connection, asking
from postpatch.model import ApprovalRule, PatchBaseline

_Filters = tuple[tuple[str, tuple[str, ...]], ...]


def read_baseline(connection: Connection, baseline: str) -> PatchBaseline:
    """Return the patch baseline of an id or ARN.

    It keeps the id by which the patch state names it, since AWS writes its own baselines' in two ways.
    """
    with asking(f"for patch baseline {baseline}"):
        return patch_baseline(baseline, connection.client("ssm").get_patch_baseline(BaselineId=baseline))


def patch_baseline(baseline: str, row: dict[str, Any]) -> PatchBaseline:
    """Return a baseline from AWS's fields; shapes GetPatchBaselineResult and BaselineOverride have the same ones."""
    return PatchBaseline(
        id=baseline,
        name=row.get("Name", ""),
        rejected=tuple(row.get("RejectedPatches", ())),
        approved=tuple(row.get("ApprovedPatches", ())),
        system=row.get("OperatingSystem", ""),
        filters=_filters(row.get("GlobalFilters", {})),
        rules=tuple(_rule(rule) for rule in row.get("ApprovalRules", {}).get("PatchRules", [])),
    )


def _rule(rule: dict[str, Any]) -> ApprovalRule:
    until = rule.get("ApproveUntilDate")
    return ApprovalRule(
        filters=_filters(rule["PatchFilterGroup"]),
        after_days=rule.get("ApproveAfterDays"),
        until=date.fromisoformat(until) if until else None,
    )


def _filters(group: dict[str, Any]) -> _Filters:
    return tuple((one["Key"], tuple(one["Values"])) for one in group.get("PatchFilters", []))
