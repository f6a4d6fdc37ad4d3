"""A round of patching as its pack recorded it: what a history is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from postpatch.model.finding import Severity


@dataclass(frozen=True)
class Accepted:
    """A waiver as a round used it; `state` is as in verify.json."""

    what: str
    where: str
    approver: str
    expires: date
    state: str
    findings: int


def subject_of(scope: str, account: str, region: str, *, recorded: bool) -> str:
    """Return what a round is about in words: rounds of the same subject are of the same hosts."""
    place = ", ".join(filter(None, (scope, account, region)))
    return f"{place} (recorded files)" if recorded else place


@dataclass(frozen=True)
class Round:
    """One run that judged, from its pack. `subject` is what was judged: scope, account and Region.

    `altered` says what is wrong with the pack; where it is not empty, nothing else of the pack is used but when it says
    that it ended, and what it says its verdict was. `active` are the findings after patching, None where they are not
    known. Active ones that were `overdue`, and those that were fixed too late, are None without deadlines.
    `baseline_at` and `after_at` are when they were read, by AWS's clock, simulated or not. `delta` is its
    delta.csv and `before` its baseline, None where there is none.
    """

    folder: Path
    run: str
    finished_at: datetime
    verdict: str
    subject: str = ""
    simulated: bool = False
    active: Mapping[Severity, int] | None = None
    fixed: int = 0
    new: int = 0
    overdue: int | None = None
    fixed_late: int | None = None
    baseline_at: datetime | None = None
    after_at: datetime | None = None
    delta: Path | None = None
    before: Path | None = None
    accepted: tuple[Accepted, ...] = ()
    altered: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """Return whether the round came to a verdict on whole evidence."""
        return not self.altered and self.verdict in ("PASS", "FAIL")
