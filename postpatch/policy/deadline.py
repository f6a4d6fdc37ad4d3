"""`[deadline]`: by when a finding must be gone, by a published rule or by days per severity."""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from postpatch.model import Severity
from postpatch.policy.section import Section, Tag, Text

_PRESETS = Path(__file__).with_name("deadlines.json")
_Days = Annotated[int, Field(ge=1, le=3_650)]


class Starts(StrEnum):
    """When the days begin: when Inspector first saw the finding, or when the vulnerability was disclosed."""

    FIRST_SEEN = "first_seen"
    DISCLOSED = "disclosed"


@dataclass(frozen=True)
class DeadlineRow:
    """One row of a rule: it applies where all of `when` does, and allows so many days; None is no deadline."""

    when: tuple[tuple[str, Any], ...]
    days: int | None
    words: str


@dataclass(frozen=True)
class DeadlineRule:
    """A rule: its rows, of which the first that applies counts.

    `catalog_due`: for what CISA's catalog holds, its due date counts if it is earlier.
    """

    name: str
    source: str
    starts: Starts
    catalog_due: bool
    rows: tuple[DeadlineRow, ...]

    @property
    def needs_catalog(self) -> bool:
        """Return whether the rule asks if a vulnerability is in CISA's catalog of exploited ones."""
        return self.catalog_due or any(name in ("kev", "exploited") for row in self.rows for name, _ in row.when)

    @property
    def needs_decisions(self) -> bool:
        """Return whether the rule asks what CISA decided of a vulnerability: automatable, technical impact."""
        return any(name in ("automatable", "impact") for row in self.rows for name, _ in row.when)


class DeadlinePolicy(Section):
    """By when a finding with a fix must be gone: a `preset`, or `days` for each severity.

    `vulnrichment` is a file or folder with CISA's CVE records, beside the policy or with a whole path. Hosts with
    `internal_tag` are not reachable from the internet, unless a network finding shows that they are; every other host
    counts as exposed. What is not known counts as what leaves less time.
    """

    preset: Literal["bod-26-04", "essential-eight", "cyber-essentials", "pci-dss", "fedramp"] | None = None
    days: dict[Annotated[Severity, Field(strict=False)], _Days] = Field(default_factory=dict)
    vulnrichment: Text | None = None
    internal_tag: Tag | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if (self.preset is None) == (not self.days):
            raise PydanticCustomError("deadline", "give exactly one of preset, days")
        if self.vulnrichment and not self.rule.needs_decisions:
            raise PydanticCustomError("deadline", 'vulnrichment needs preset = "bod-26-04": no other rule asks for it')
        return self

    @property
    def rule(self) -> DeadlineRule:
        """Return the rule."""
        if self.preset:
            return _presets()[self.preset]
        # A finding without a rating may have any: the shortest time counts.
        days = {Severity.UNTRIAGED: min(self.days.values()), **self.days}
        rows = tuple(
            DeadlineRow((("severity", (severity.value,)),), days[severity], f"{days[severity]} days: {severity}")
            for severity in Severity
            if severity in days
        )
        none = DeadlineRow((), None, "no deadline at this severity")
        return DeadlineRule("days", "the policy", Starts.FIRST_SEEN, False, (*rows, none))


@cache
def _presets() -> dict[str, DeadlineRule]:
    document = json.loads(_PRESETS.read_text(encoding="utf-8"))
    return {
        name: DeadlineRule(
            name,
            rule["source"],
            Starts(rule["starts"]),
            rule["catalog_due"],
            tuple(DeadlineRow(tuple(row["when"].items()), row["days"], row["words"]) for row in rule["rows"]),
        )
        for name, rule in document.items()
    }
