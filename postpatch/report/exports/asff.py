"""AWS Security Finding Format: one finding for each check, to import into Security Hub.

Not the vulnerabilities: Inspector sends its findings to Security Hub itself, where they would be there twice.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from postpatch.model import Caller
from postpatch.report.controls import controls_of
from postpatch.report.exports.json_files import write_lines
from postpatch.report.exports.names import HOMEPAGE, marked, partition_of
from postpatch.report.schema import VerdictJson
from postpatch.verdict.run import CheckOutcome, Outcome, Run

# AWS Security Hub user guide, "Required top-level ASFF attributes" and "Compliance": the longest texts, in characters.
_TITLE, _DESCRIPTION, _REQUIREMENTS = 256, 1024, 32
_STATUS = {
    Outcome.PASSED: ("PASSED", "INFORMATIONAL", "RESOLVED"),
    Outcome.FAILED: ("FAILED", "HIGH", "NEW"),
    Outcome.ERROR: ("WARNING", "MEDIUM", "NEW"),
    Outcome.NOT_ASSESSED: ("NOT_AVAILABLE", "INFORMATIONAL", "NEW"),
}


class Asff:
    """`asff.ndjson`: a finding on each line; `securityhub:BatchImportFindings` takes up to 100 at once."""

    file = "asff.ndjson"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the checks; a run that does not know its account writes no file, since a finding belongs to one."""
        if run.caller:
            write_lines(path, _findings(run, run.caller))


def _findings(run: Run, caller: Caller) -> Iterator[dict[str, Any]]:
    for check in run.checks:
        yield _finding(check, run, caller)


def _finding(check: CheckOutcome, run: Run, caller: Caller) -> dict[str, Any]:
    status, severity, workflow = _STATUS[check.outcome]
    partition, place = partition_of(caller.region), f"{caller.region}:{caller.account}"
    title = marked(run, f"{check.id}: {check.sentence}")
    return {
        "SchemaVersion": "2018-10-08",
        # The same in every run, so that a later run updates the finding.
        "Id": "/".join(("postpatch", caller.account, caller.region, marked(run, str(run.scope)), check.id)),
        "ProductArn": f"arn:{partition}:securityhub:{place}:product/{caller.account}/default",
        "GeneratorId": f"postpatch/{check.id}",
        "AwsAccountId": caller.account,
        "Types": ["Software and Configuration Checks/Patch Management"],
        "CreatedAt": run.started_at.isoformat(),
        "UpdatedAt": run.finished_at.isoformat(),
        "Severity": {"Label": severity},
        "Title": _cut(title, _TITLE),
        "Description": _cut(check.reason or check.sentence, _DESCRIPTION),
        "ProductName": "postpatch",
        "ProductFields": {
            "run": run.id,
            "mode": run.mode.value,
            "simulated": str(run.simulated).lower(),
            "url": HOMEPAGE,
        },
        "Resources": [{"Type": "Other", "Id": str(run.scope), "Partition": partition, "Region": caller.region}],
        "Compliance": {"Status": status, "RelatedRequirements": _requirements(check)},
        "Workflow": {"Status": workflow},
        "RecordState": "ACTIVE",
    }


def _requirements(check: CheckOutcome) -> list[str]:
    return [str(control) for control in controls_of(check.id)][:_REQUIREMENTS]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
