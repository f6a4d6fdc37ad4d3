"""SARIF 2.1.0, as GitHub code scanning reads it: a result for each active finding and for each failed check."""

from collections.abc import Iterator
from hashlib import sha256
from heapq import nsmallest
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from postpatch.model import Severity
from postpatch.report.exports.json_files import write_value
from postpatch.report.exports.names import HOMEPAGE, identity_of, marked
from postpatch.report.exports.states import Stated, active
from postpatch.report.exports.texts import without_links
from postpatch.report.schema import VerdictJson
from postpatch.text.legible import one_line
from postpatch.verdict.run import CheckOutcome, Outcome, Run, Verdict

# GitHub docs, "SARIF support for code scanning": a file with more results in a run is refused.
MOST = 25_000
_LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}
# The same page: GitHub shows a rule's `security-severity` as critical, high, medium or low by these numbers.
_SCORE = {Severity.CRITICAL: 9.5, Severity.HIGH: 8.0, Severity.MEDIUM: 5.5, Severity.LOW: 2.0}


class Sarif:
    """`verify.sarif`, with the 25,000 worst findings at most; a notification in it says how many are left out."""

    file = "verify.sarif"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the results; GitHub wants a place in the repository for each, which is `hosts/ID`, or the policy."""
        failed = [check for check in run.checks if check.outcome is Outcome.FAILED]
        order, number = list(Severity), 0

        def counted() -> Iterator[tuple[int, int, Stated]]:
            nonlocal number
            for number, one in enumerate(active(run), 1):
                yield order.index(Severity(one.finding.severity)), number, one

        # Never more than the limit are held; the number keeps the order of the delta among equals.
        worst = [one for _, _, one in nsmallest(MOST - len(failed), counted())]
        rules = {rule["id"]: rule for rule in chain(map(_rule_of_check, failed), map(_rule_of_finding, worst))}
        write_value(
            path,
            {
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [
                    {
                        "tool": {"driver": _driver(run, list(rules.values()))},
                        "automationDetails": {"id": f"postpatch/{run.scope}/", "guid": run.id} if run.id else {},
                        "invocations": [_invocation(run, number - len(worst))],
                        "properties": {"verdict": run.verdict, "mode": run.mode.value, "simulated": run.simulated},
                        "results": [
                            *(_of_check(one, run) for one in failed),
                            *(_of_finding(one, run) for one in worst),
                        ],
                    }
                ],
            },
        )


def _driver(run: Run, rules: list[dict[str, Any]]) -> dict[str, Any]:
    version = run.tool.removeprefix("postpatch ")
    return {"name": "postpatch", "version": version, "informationUri": HOMEPAGE, "rules": rules}


def _invocation(run: Run, left_out: int) -> dict[str, Any]:
    notes = [
        _notification(f"{check.id} could not be checked: {check.reason}", "error")
        for check in run.checks
        if check.outcome is Outcome.ERROR
    ]
    if left_out:
        notes.append(_notification(f"{left_out:,} more active findings are not in this file: see delta.csv", "warning"))
    return {
        "executionSuccessful": run.verdict is not Verdict.ERROR,
        "startTimeUtc": run.started_at.isoformat(),
        "endTimeUtc": run.finished_at.isoformat(),
        "toolExecutionNotifications": notes,
    }


def _notification(text: str, level: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": without_links(text)}}


def _rule_of_check(check: CheckOutcome) -> dict[str, Any]:
    return {
        "id": check.id,
        "shortDescription": {"text": check.sentence},
        "helpUri": f"{HOMEPAGE}/blob/main/docs/checks.md#{check.id.lower()}",
        "properties": {"security-severity": str(_SCORE[Severity.HIGH]), "tags": ["security", "patching"]},
    }


def _rule_of_finding(one: Stated) -> dict[str, Any]:
    severity = Severity(one.finding.severity)
    rule: dict[str, Any] = {
        "id": _rule_id(one),
        "shortDescription": {"text": without_links(one.finding.title) or _rule_id(one)},
        "properties": {"tags": ["security", "vulnerability"]},
    }
    if severity in _SCORE:
        rule["properties"]["security-severity"] = str(_SCORE[severity])
    if one.why:
        rule["help"] = {"text": one.why.next_step}
    return rule


def _rule_id(one: Stated) -> str:
    return one_line(one.finding.vulnerability or one.finding.port or one.finding.type)


def _of_check(check: CheckOutcome, run: Run) -> dict[str, Any]:
    return {
        "ruleId": check.id,
        "level": "error",
        "message": {"text": without_links(marked(run, check.reason))},
        "locations": [_location(quote(run.policy))],
        "partialFingerprints": {"postpatchCheck/v1": check.id},
    }


def _of_finding(one: Stated, run: Run) -> dict[str, Any]:
    finding = one.finding
    why = f" {one.why.title}: {one.why.next_step}" if one.why else ""
    identity = "\n".join(identity_of(finding))
    return {
        "ruleId": _rule_id(one),
        "level": _LEVEL.get(Severity(finding.severity), "note"),
        "message": {"text": without_links(marked(run, f"{finding.title} on {finding.host} ({one.state}).{why}"))},
        "locations": [_location(f"hosts/{quote(finding.host, safe='')}")],
        "partialFingerprints": {"postpatchFinding/v1": sha256(identity.encode("utf-8", "replace")).hexdigest()},
    }


def _location(uri: str) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}}
