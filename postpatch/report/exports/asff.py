"""AWS Security Finding Format: one finding for each check, to import into Security Hub.

Not the vulnerabilities: Inspector sends its findings to Security Hub itself, where they would be there twice.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from postpatch.model import Caller, Notice
from postpatch.report.controls import controls_of
from postpatch.report.exports.json_files import write_lines
from postpatch.report.exports.names import HOMEPAGE, marked, partition_of
from postpatch.report.schema import VerdictJson
from postpatch.text.legible import one_line
from postpatch.verdict.run import CheckOutcome, Outcome, Run, Verdict

# AWS Security Hub user guide, "Required top-level ASFF attributes" and "Compliance": the longest texts, in characters.
_TITLE, _DESCRIPTION, _REQUIREMENTS = 256, 1024, 32
_TYPE = "Software and Configuration Checks/Patch Management"
_STATUS = {
    Outcome.PASSED: ("PASSED", "INFORMATIONAL", "RESOLVED"),
    Outcome.FAILED: ("FAILED", "HIGH", "NEW"),
    Outcome.ERROR: ("WARNING", "MEDIUM", "NEW"),
    Outcome.NOT_ASSESSED: ("NOT_AVAILABLE", "INFORMATIONAL", "NEW"),
}
_OUTCOMES = {
    Verdict.PASS: Outcome.PASSED,
    Verdict.FAIL: Outcome.FAILED,
    Verdict.ERROR: Outcome.ERROR,
    Verdict.PARTIAL: Outcome.NOT_ASSESSED,
}


class Asff:
    """`asff.ndjson`: a finding on each line; `securityhub:BatchImportFindings` takes up to 100 at once."""

    file = "asff.ndjson"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the checks; a run that does not know its account writes no file, since a finding belongs to one."""
        if run.caller:
            write_lines(path, checks_as_findings(run))


def checks_as_findings(run: Run) -> Iterator[dict[str, Any]]:
    """Yield a finding for each check; none if the run does not know its account."""
    for check in run.checks if run.caller else ():
        if run.caller:
            yield _finding(check, run, run.caller)


def verdict_as_finding(run: Run, caller: Caller, notice: Notice) -> dict[str, Any]:
    """Return the verdict as one finding, with the counts of a notice as its description."""
    outcome = _OUTCOMES[Verdict(notice.verdict)]
    about = "; ".join(f"{name}: {value}" for name, value in notice.counts) or notice.about
    finding = _finding_of(run, caller, "verdict", notice.title, about, outcome)
    if notice.link:
        finding["SourceUrl"] = notice.link
    return finding


def _finding(check: CheckOutcome, run: Run, caller: Caller) -> dict[str, Any]:
    title = marked(run, f"{check.id}: {check.sentence}")
    finding = _finding_of(run, caller, check.id, title, check.reason or check.sentence, check.outcome)
    finding["Compliance"]["RelatedRequirements"] = _requirements(check)
    return finding


def _finding_of(run: Run, caller: Caller, what: str, title: str, description: str, outcome: Outcome) -> dict[str, Any]:
    status, severity, workflow = _STATUS[outcome]
    partition, place = partition_of(caller.region), f"{caller.region}:{caller.account}"
    return {
        "SchemaVersion": "2018-10-08",
        # The same in every run, so that a later run updates the finding.
        "Id": "/".join(("postpatch", caller.account, caller.region, marked(run, str(run.scope)), what)),
        "ProductArn": f"arn:{partition}:securityhub:{place}:product/{caller.account}/default",
        "GeneratorId": f"postpatch/{what}",
        "AwsAccountId": caller.account,
        "Types": [_TYPE],
        "CreatedAt": run.started_at.isoformat(),
        "UpdatedAt": run.finished_at.isoformat(),
        "Severity": {"Label": severity},
        # By these a later import updates both (Security Hub API reference, BatchImportFindings); what people set, such
        # as the workflow, stays as it is.
        "FindingProviderFields": {"Severity": {"Label": severity}, "Types": [_TYPE]},
        "Title": _cut(one_line(title), _TITLE),
        "Description": _cut(one_line(description), _DESCRIPTION),
        "ProductName": "postpatch",
        "ProductFields": {
            "run": run.id,
            "mode": run.mode.value,
            "simulated": str(run.simulated).lower(),
            "url": HOMEPAGE,
        },
        "Resources": [{"Type": "Other", "Id": str(run.scope), "Partition": partition, "Region": caller.region}],
        "Compliance": {"Status": status},
        "Workflow": {"Status": workflow},
        "RecordState": "ACTIVE",
    }


def _requirements(check: CheckOutcome) -> list[str]:
    return [str(control) for control in controls_of(check.id)][:_REQUIREMENTS]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
