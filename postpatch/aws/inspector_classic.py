"""Inspector Classic: run the template of the Assess phase again, wait through its states, read both runs' findings.

Classic ended on 2026-05-20 (AWS: "Amazon Inspector Classic end of support"); it answers in simulation alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from postpatch.aws.hosts import batches
from postpatch.aws.patch_manager import patches_available
from postpatch.aws.session import Connection, asking
from postpatch.aws.waiting import attempts_in, wait
from postpatch.errors import CouldNotCheck
from postpatch.model import Finding, HostScan, Launch, ScanRun
from postpatch.translation.classic_finding import classic_row

_A_CALL = 10  # ARNs in one Describe call
_COMPLETED = ("COMPLETED", "COMPLETED_WITH_ERRORS")
_HEALTHY = "HEALTHY"


@dataclass(frozen=True)
class Template:
    """An assessment template: its rules packages and its target."""

    arn: str
    name: str
    rules_packages: tuple[str, ...]


def find_template(connection: Connection, name: str | None) -> Template:
    """Return the template of that name, or the only one; CouldNotCheck lists them if none or several match."""
    client = connection.client("inspector")
    with asking("for the assessment templates"):
        pages = client.get_paginator("list_assessment_templates").paginate()
        arns = [arn for page in pages for arn in page["assessmentTemplateArns"]]
        rows = _described(client.describe_assessment_templates, "assessmentTemplate", arns)
        templates = [Template(row["arn"], row["name"], tuple(sorted(row["rulesPackageArns"]))) for row in rows]
    found = [template for template in templates if name in (None, template.name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(template.name for template in templates)) or "none"
    wanted = f"named {name!r} " if name else ""
    raise CouldNotCheck(
        "Name the template of the Assess phase as inspector.template in the policy: "
        f"there are {len(found)} assessment templates {wanted}where one is needed; this account has: {names}."
    )


def launch(connection: Connection, template: Template, announce: Callable[[str], None]) -> Launch:
    """Start a run of the template; a read-only connection starts nothing."""
    now = connection.clock()
    if connection.read_only:
        return Launch("inspector", now, started=False)
    announce(f"starting an assessment run of template {template.name}")
    with asking(f"for a run of template {template.name}"):
        answer = connection.client("inspector").start_assessment_run(
            assessmentTemplateArn=template.arn, assessmentRunName=f"Run - {template.name} - {now:%Y-%m-%dT%H:%M:%S.%fZ}"
        )
    return Launch("inspector", now, started=True, assessment_run=answer["assessmentRunArn"])


def wait_for(
    connection: Connection,
    started: Launch,
    newer_than: Mapping[str, datetime],
    minutes: int,
    progress: Callable[[int, int, str], None],
) -> ScanRun:
    """Wait until the run has ended, and return how each host was scanned.

    Its findings cannot be seen before. A run that does not end in `minutes` is returned in its current state.
    """

    def poll() -> dict[str, Any]:
        run = _run(connection, started.assessment_run)
        progress(0, len(newer_than), f"assessment run {run['state']}")
        return {"state": run["state"]}

    attempts = attempts_in(minutes, connection.poll_seconds)
    in_time, _ = wait("AssessmentRunEnded", poll, delay=connection.poll_seconds, attempts=attempts)
    return described_run(connection, started, started.assessment_run, newer_than, timed_out=not in_time)


def described_run(
    connection: Connection, started: Launch, arn: str, newer_than: Mapping[str, datetime], *, timed_out: bool = False
) -> ScanRun:
    """Return a run in its current state, with the health of its agents and its exclusions as the hosts' scans."""
    run = _run(connection, arn)
    agents = _agents(connection, arn)
    excluded = _excluded_hosts(connection, arn) if run["state"] in _COMPLETED else {}
    began = run["startedAt"].astimezone(UTC) if "startedAt" in run else None
    return ScanRun(
        launch=started,
        finished_at=run["completedAt"].astimezone(UTC) if "completedAt" in run else connection.clock(),
        assessment_run=arn,
        assessment_state=run["state"],
        covers=tuple(sorted(run["rulesPackageArns"])),
        timed_out=timed_out,
        hosts=tuple(
            _look(host, after, began, agents.get(host), excluded.get(host, ""), run["state"])
            for host, after in sorted(newer_than.items())
        ),
    )


def completed_run(connection: Connection, template: Template, before: datetime, *, back: int = 0) -> str:
    """Return the ARN of the template's last completed run before a moment, or of a run `back` runs earlier.

    CouldNotCheck if there is none: one that failed is no run to compare with.
    """
    client = connection.client("inspector")
    with asking(f"for the runs of template {template.name}"):
        pages = client.get_paginator("list_assessment_runs").paginate(assessmentTemplateArns=[template.arn])
        arns = [arn for page in pages for arn in page["assessmentRunArns"]]
        runs = list(_described(client.describe_assessment_runs, "assessmentRun", arns))
    earlier = [run for run in runs if run["state"] in _COMPLETED and run["completedAt"] < before]
    if len(earlier) <= back:
        raise CouldNotCheck(
            "Run the template before patching, pytest -m baseline --inspector classic: "
            f"{template.name} has {len(earlier)} completed runs from before {before:%Y-%m-%d %H:%M} UTC, "
            f"{back + 1} needed to compare with."
        )
    return str(sorted(earlier, key=lambda run: run["completedAt"], reverse=True)[back]["arn"])


def agents_of(connection: Connection, run: str) -> frozenset[str]:
    """Return the hosts whose agents took part in a run, healthy or not."""
    return frozenset(_agents(connection, run))


def findings(connection: Connection, run: ScanRun, account: str, *, with_fixes: bool) -> Iterator[Finding]:
    """Yield the findings of a completed run, described in tens.

    `with_fixes` asks Patch Manager, once for each ten findings, for which of their CVEs a patch is available.
    """
    client = connection.client("inspector")
    names = _rules_packages(connection, run.covers)
    fixed: dict[str, bool] = {}
    with asking(f"for the findings of run {run.assessment_run}"):
        pages = client.get_paginator("list_findings").paginate(
            assessmentRunArns=[run.assessment_run], PaginationConfig={"PageSize": 100}
        )
        for page in pages:
            for rows in _described_batches(client.describe_findings, "finding", page["findingArns"]):
                if with_fixes:
                    unknown = sorted(_cves(rows) - fixed.keys())
                    fixed.update(patches_available(connection, unknown))
                for row in rows:
                    finding = classic_row(row, account, connection.session.region_name, names, fixed)
                    if finding:
                        yield finding


def _look(
    host: str, after: datetime, began: datetime | None, health: tuple[str, str] | None, excluded: str, state: str
) -> HostScan:
    if health is None:
        return HostScan(host, after, status="INACTIVE", reason="its agent did not take part in the run")
    status, code = health
    reason = excluded or (f"its agent is {status} ({code})" if status != _HEALTHY else "")
    good = not reason and state in _COMPLETED and began is not None and began > after
    return HostScan(
        host,
        after,
        scanned_at=began,
        status="INACTIVE" if reason else "ACTIVE",
        reason=reason,
        mode="AGENT",
        proof="assessment run" if good else "",
    )


def _run(connection: Connection, arn: str) -> dict[str, Any]:
    with asking(f"for assessment run {arn}"):
        (run,) = _described(connection.client("inspector").describe_assessment_runs, "assessmentRun", [arn])
    return run


def _agents(connection: Connection, run: str) -> dict[str, tuple[str, str]]:
    with asking(f"for the agents of run {run}"):
        pages = (
            connection.client("inspector").get_paginator("list_assessment_run_agents").paginate(assessmentRunArn=run)
        )
        return {
            row["agentId"]: (row["agentHealth"], row["agentHealthCode"])
            for page in pages
            for row in page["assessmentRunAgents"]
        }


def _excluded_hosts(connection: Connection, run: str) -> dict[str, str]:
    client = connection.client("inspector")
    with asking(f"what was excluded from run {run}"):
        pages = client.get_paginator("list_exclusions").paginate(assessmentRunArn=run)
        arns = [arn for page in pages for arn in page["exclusionArns"]]
        excluded: dict[str, str] = {}
        for batch in batches(arns, _A_CALL):
            answer = client.describe_exclusions(exclusionArns=batch)
            _refuse_failed(answer)
            for row in answer["exclusions"].values():
                excluded |= {scope["value"]: row["title"] for scope in row["scopes"] if scope["key"] == "INSTANCE_ID"}
    return excluded


def _rules_packages(connection: Connection, arns: Iterable[str]) -> dict[str, str]:
    client = connection.client("inspector")
    with asking("for the rules packages"):
        return {row["arn"]: row["name"] for row in _described(client.describe_rules_packages, "rulesPackage", arns)}


def _cves(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    return {part["value"] for row in rows for part in row["attributes"] if part["key"] == "CVE_ID"}


def _described(describe: Callable[..., Any], what: str, arns: Iterable[str]) -> Iterator[dict[str, Any]]:
    return chain.from_iterable(_described_batches(describe, what, arns))


def _described_batches(describe: Callable[..., Any], what: str, arns: Iterable[str]) -> Iterator[list[dict[str, Any]]]:
    for batch in batches(arns, _A_CALL):
        answer = describe(**{f"{what}Arns": batch})
        _refuse_failed(answer)
        yield answer[f"{what}s"]


def _refuse_failed(answer: Mapping[str, Any]) -> None:
    # Classic answers 200 with an empty list where it failed; what it could not tell must not look like nothing.
    if failed := answer["failedItems"]:
        arn, why = next(iter(failed.items()))
        raise CouldNotCheck(
            "Run again if it is retryable; otherwise the item was deleted, and with it its findings: "
            f"Inspector could not describe {len(failed)} of the items asked for; {arn}: {why['failureCode']}."
        )
