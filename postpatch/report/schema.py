"""The format of `verify.json`: its types, from which its JSON Schema is generated. No other key is allowed.

`python -m postpatch.report.schema` writes docs/verify.schema.json.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict  # the one that pydantic reads before Python 3.12

from postpatch.model import Mode, Sending, Severity
from postpatch.report.schema_findings import (
    ActiveCounts,
    Count,
    Day,
    DeadlineResult,
    EarlierRunsRead,
    FindingCounts,
    GateResult,
    LateFindings,
    Moment,
    RemainingGroup,
    Sha256,
    SuppressionResult,
    WaiverResult,
    closed,
)
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.run import Outcome, Verdict

SCHEMA = Path(__file__).parents[2] / "docs" / "verify.schema.json"


@closed
class PolicyFile(TypedDict):
    """The policy of the run, as it was when the run began."""

    file: str
    sha256: Sha256


@closed
class Assessment(TypedDict):
    """What was launched so that the hosts are assessed again; `taken_up`: resumed from an earlier, interrupted run."""

    launched_at: Moment
    started: bool
    taken_up: bool


@closed
class SnapshotSummary(TypedDict):
    """One of the two compared snapshots. `limits` say what it cannot know or does not prove."""

    source: str
    taken_at: Moment
    sha256: Sha256
    rows: Count
    set_aside: Annotated[dict[str, Count], Field(description="findings of other resource types, by type")]
    reconstructed: bool
    limits: list[str]


@closed
class ScannedHosts(TypedDict):
    """Which hosts were scanned again. Of those that are `missing` it is not known which findings are active."""

    hosts: Annotated[int, Field(ge=0, description="hosts that exist after patching")]
    missing: Annotated[list[str], Field(description="those of them that were not scanned again")]
    none: Annotated[bool, Field(description="true: no host was scanned again, and counts after patching mean nothing")]
    sentence: Annotated[str, Field(description="the same in words, empty if every host was scanned again")]


@closed
class FactResult(TypedDict):
    """One fact of a check: what was expected, what was found, and whether they agree."""

    name: str
    expected: str
    found: str
    holds: bool


@closed
class RootCauseResult(TypedDict):
    """A root cause: its own checks (`ids`), those that fail because of them (`follow`), and what to do about it."""

    ids: list[str]
    follow: list[str]
    outcome: Outcome
    sentence: str
    next_step: str
    owner: str
    due: Annotated[Day | None, Field(description="the earliest deadline of what it leaves; null without [deadline]")]
    commands: Annotated[list[str], Field(description="of the AWS CLI, to copy into a POSIX shell")]


@closed
class CheckResult(TypedDict):
    """One check: the sentence that it proves, its outcome and the reason, and related controls."""

    id: Annotated[str, Field(pattern="^[A-Z]+-[0-9]+$")]
    sentence: str
    outcome: Outcome
    reason: str
    facts: list[FactResult]
    notes: list[str]
    controls: list[str]


@closed
class ChangeResult(TypedDict):
    """The change that a run belongs to, as whoever started the run said."""

    ticket: str | None
    approver: str | None


@closed
class NoticeResult(TypedDict):
    """What became of the verdict at one destination of `[notify]`."""

    to: str
    state: Sending
    why: Annotated[str | None, Field(description="why it was not sent")]


@closed
class VerdictJson(TypedDict):
    """The verdict of a run of postpatch. What could not be collected is null or an empty list."""

    format: Literal[1]
    run: Annotated[str, Field(description="the run's id, the same in its evidence pack")]
    tool: str
    rules: Annotated[int, Field(ge=1, description="the version of the judging rules; a verdict without it has 1")]
    verdict: Verdict
    sentence: str
    headline: Annotated[list[str], Field(description="what is shown beside the verdict, a line each")]
    active: Annotated[
        dict[Severity, ActiveCounts] | None, Field(description="active package and network findings, all hosts")
    ]
    interrupted: bool
    mode: Mode
    simulated: Annotated[bool, Field(description="true: this proves nothing about any real host")]
    world: str | None
    endpoint_url: str | None
    engine: str
    read_only: bool
    account: str | None
    region: str | None
    caller: str | None
    scope: str
    policy: PolicyFile
    change: ChangeResult | None
    started_at: Moment
    finished_at: Moment
    hosts: list[str]
    hybrid_nodes: Annotated[list[str], Field(description="judged by Patch Manager alone, beside `hosts`")]
    assessment: Assessment | None
    baseline: SnapshotSummary | None
    after: SnapshotSummary | None
    counts: Annotated[FindingCounts | None, Field(description="package and network findings, all hosts")]
    comparable: Annotated[FindingCounts | None, Field(description="on hosts scanned both times")]
    severities: Annotated[dict[Severity, FindingCounts] | None, Field(description="like `comparable`, by severity")]
    configuration: Annotated[FindingCounts | None, Field(description="CIS checks that failed")]
    scanned_again: ScannedHosts | None
    earlier_runs: EarlierRunsRead | None
    remaining_kinds: Annotated[dict[Kind, Count] | None, Field(description="every cause, zeros too")]
    remaining: list[RemainingGroup]
    waivers: list[WaiverResult]
    gate: GateResult | None
    deadlines: DeadlineResult | None
    disclosed_late: LateFindings | None
    suppression: SuppressionResult | None
    by_versions: Annotated[
        list[str],
        Field(description="hosts patched by another tool, as installed versions show and Patch Manager does not"),
    ]
    causes: Annotated[list[RootCauseResult], Field(description="why checks are not proven, failed ones first")]
    checks: list[CheckResult]
    notices: Annotated[list[NoticeResult], Field(description="where the verdict was sent, or was not")]
    calls: Annotated[dict[str, Count], Field(description="the number of calls of each AWS operation")]


class _WithoutTitles(GenerateJsonSchema):
    """Leave out the titles that pydantic derives from the keys: they add nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic asks key by key
        return False


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of `verify.json`, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:postpatch:verify:1",
        **TypeAdapter(VerdictJson).json_schema(schema_generator=_WithoutTitles),
    }


def as_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(as_text(), encoding="utf-8")
