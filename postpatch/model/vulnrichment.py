"""What CISA decided of vulnerabilities: its Vulnrichment records."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Decision:
    """CISA's two decision points of one CVE; None where its record does not have one. `impact`: total or partial."""

    automatable: bool | None = None
    impact: str | None = None


@dataclass(frozen=True)
class Vulnrichment:
    """The decisions by CVE, and how many records were read; a CVE without a record is absent."""

    decisions: Mapping[str, Decision] = field(default_factory=dict)
