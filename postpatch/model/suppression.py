"""Suppression rules: what hides findings without fixing them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SuppressionRule:
    """A rule that hides findings, as `inspector2:ListFilters` reports it; `reason` is its author's text.

    `hits` is how many suppressed findings of the hosts in scope its criteria match; None where that is not known.
    """

    arn: str
    name: str
    created_at: datetime
    updated_at: datetime
    reason: str = ""
    hits: int | None = None
