"""Suppression rules of Inspector v2: filters whose action is SUPPRESS."""

from datetime import UTC
from typing import Any

from postpatch.aws.session import Connection, asking
from postpatch.model import SuppressionRule


def suppression_rules(connection: Connection) -> tuple[SuppressionRule, ...]:
    """Return the suppression rules that this caller can see, by name; CouldNotCheck if they cannot be listed.

    In an organization the rules are the delegated administrator's (Inspector user guide, "Managing multiple accounts"),
    so that a member's caller may see none.
    """
    with asking("for the suppression rules"):
        pages = connection.client("inspector2").get_paginator("list_filters").paginate(action="SUPPRESS")
        rules = [_rule(row) for page in pages for row in page["filters"]]
    return tuple(sorted(rules, key=lambda rule: rule.name))


def _rule(row: dict[str, Any]) -> SuppressionRule:
    return SuppressionRule(
        arn=row["arn"],
        name=row["name"],
        created_at=row["createdAt"].astimezone(UTC),
        updated_at=row["updatedAt"].astimezone(UTC),
        reason=row.get("reason", ""),
    )
