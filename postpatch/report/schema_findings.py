"""The parts of `verify.json` that are about findings, and the kinds of values that all of its parts have."""

from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict  # the one that pydantic reads before Python 3.12

from postpatch.model import Severity
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.waivers import WaiverState

Count = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
# RFC 3339, as JSON Schema means it.
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
closed = with_config(ConfigDict(extra="forbid"))


@closed
class FindingCounts(TypedDict):
    """How many findings have each outcome.

    baseline = fixed + remaining + host_gone + not_scanned + suppressed + not_comparable. `after` are those open after
    patching: remaining, new and resurfaced ones; `renamed` are active under another name, and remain under their
    earlier one. `fixed_by_absence` are the fixed ones that no CLOSED row proves.
    """

    baseline: Count
    after: Count
    fixed: Count
    remaining: Count
    new: Count
    resurfaced: Count
    host_gone: Count
    not_scanned: Count
    suppressed: Count
    not_comparable: Count
    renamed: Count
    fixed_by_absence: Count


@closed
class EarlierRunsRead(TypedDict):
    """The earlier runs whose kept packs were read for what resurfaced; none is read where nothing is new."""

    read: Annotated[list[str], Field(description="the ids of the runs")]
    left_out: Annotated[list[str], Field(description="packs that were altered or cannot be read, a sentence each")]


@closed
class ActiveCounts(TypedDict):
    """How many findings of a severity were active before patching, and are after it; null where that is not known."""

    before: Count
    after: Count | None


@closed
class RemainingGroup(TypedDict):
    """The remaining findings of one cause: why patching did not remove them, what to do next, and who must act."""

    cause: Kind
    findings: Annotated[int, Field(ge=1, description="findings and failed CIS checks")]
    configuration: Annotated[int, Field(ge=0, description="those of them that are failed CIS checks")]
    title: str
    why: str
    next_step: str
    owner: str
    explained: Annotated[bool, Field(description="the cause is an explanation (FIND-5)")]
    patching_should: Annotated[bool, Field(description="successful patching leaves none of it (FIND-4)")]
    held_back: Annotated[bool, Field(description="the patch baseline holds it back; the policy may accept that")]


@closed
class WaiverResult(TypedDict):
    """A waiver of the policy and the number of active and suppressed findings, and of hosts, that it matches."""

    what: str
    where: str
    reason: str
    approver: str
    expires: Day
    ticket: str | None
    state: WaiverState
    findings: Count
    hosts: Count
    days_left: Annotated[int, Field(description="0 on its last day, negative after it")]


@closed
class LimitResult(TypedDict):
    """One limit of the policy: at most `limit` findings; the first few of those found are listed in `named`."""

    name: str
    limit: Count
    found: Count
    holds: bool
    named: list[str]


@closed
class GateResult(TypedDict):
    """The policy's limits. `unscanned` are hosts whose active findings are unknown, if a limit needs them."""

    limits: list[LimitResult]
    unscanned: list[str]
    compared: Annotated[int, Field(ge=0, description="hosts scanned both times")]
    opened: Annotated[int, Field(ge=0, description="settings and ports opened on them since the baseline")]


@closed
class DeadlineResult(TypedDict):
    """What the deadlines of `[deadline]` come to: active findings, and those that were fixed since the baseline."""

    rule: str
    source: str
    overdue: Count
    pending: Count
    fixed_in_time: Count
    fixed_late: Count


@closed
class LateFindings(TypedDict):
    """New findings disclosed after their host was patched; `gates`: they count like any other finding."""

    by_severity: dict[Severity, Count]
    hosts: Count
    gates: bool


@closed
class SuppressedCounts(TypedDict):
    """The suppressed findings of one snapshot: `fixable` are those that patching could remove."""

    fixable: Count
    other: Count


@closed
class SuppressionRuleResult(TypedDict):
    """A suppression rule; `hits` is null where it is not known how many findings of the hosts in scope it hides."""

    name: str
    reason: str
    created_at: Moment
    updated_at: Moment
    older_than_baseline: Annotated[bool, Field(description="neither created nor changed since the baseline")]
    hits: Count | None


@closed
class SuppressionResult(TypedDict):
    """What suppression rules hide on the hosts in scope, before and after patching.

    `rules` is null where they are not known, as with files. `not_visible` are the findings, at least, that no rule
    hides which the caller sees; null where that is not known.
    """

    before: SuppressedCounts
    after: SuppressedCounts
    rules: list[SuppressionRuleResult] | None
    not_visible: Count | None
