"""OCSF 1.6.0 events: a Vulnerability Finding for each vulnerability on a host, a Compliance Finding for each check."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from postpatch.model import Finding, FindingType, Package, Severity
from postpatch.report.controls import controls_of
from postpatch.report.exports.json_files import write_lines
from postpatch.report.exports.names import instance_arn, marked, uuid_of
from postpatch.report.exports.states import State, Stated, active, fixed
from postpatch.report.schema import VerdictJson
from postpatch.text.legible import one_line
from postpatch.verdict.run import CheckOutcome, Outcome, Run

_VERSION = "1.6.0"
_VULNERABILITY, _COMPLIANCE = 2002, 2003
_SEVERITY = {
    Severity.INFORMATIONAL: 1,
    Severity.LOW: 2,
    Severity.MEDIUM: 3,
    Severity.HIGH: 4,
    Severity.CRITICAL: 5,
    Severity.UNTRIAGED: 0,
}
# OCSF: activity 1 creates a finding, 2 updates it, 3 closes it; status 1 is new, 2 in progress, 4 resolved.
_STATE = {State.NEW: (1, 1, "New"), State.REMAINING: (2, 2, "In Progress"), State.FIXED: (3, 4, "Resolved")}
_OUTCOME = {
    Outcome.PASSED: (1, "Pass", 1, 4),
    Outcome.FAILED: (3, "Fail", 4, 1),
    Outcome.ERROR: (2, "Warning", 3, 1),
    Outcome.NOT_ASSESSED: (0, "Unknown", 1, 1),
}
_TYPES = (FindingType.PACKAGE, FindingType.CODE)


class Ocsf:
    """`ocsf.ndjson`: an event on each line; ports and settings are no vulnerabilities and have none."""

    file = "ocsf.ndjson"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the events: of the checks, then of the findings in the order of their identity."""
        checks = (_of_check(check, run) for check in run.checks)
        write_lines(path, chain(checks, _of_findings(run)))


def _of_findings(run: Run) -> Iterator[dict[str, Any]]:
    for one in chain(active(run), fixed(run)):
        if one.finding.type in _TYPES:
            yield _of_finding(one, run)


def _event(run: Run, class_uid: int, activity: int, severity: int) -> dict[str, Any]:
    event = {
        "category_uid": 2,
        "class_uid": class_uid,
        "activity_id": activity,
        "type_uid": class_uid * 100 + activity,
        "severity_id": severity,
        "time": _milliseconds(run.finished_at),
        "metadata": {
            "version": _VERSION,
            "product": {
                "name": "postpatch",
                "version": run.tool.removeprefix("postpatch "),
                "vendor_name": "postpatch",
            },
            "profiles": ["cloud"],
            "labels": [f"mode: {run.mode.value}", *(["SIMULATED"] if run.simulated else [])],
            "correlation_uid": run.id,
        },
        "cloud": {"provider": "AWS"},
    }
    if run.caller:
        event["cloud"] = _cloud(run.caller.account, run.caller.region)
    return event


def _of_finding(one: Stated, run: Run) -> dict[str, Any]:
    finding = one.finding
    activity, status, word = _STATE[one.state]
    return _event(run, _VULNERABILITY, activity, _SEVERITY[Severity(finding.severity)]) | {
        "cloud": _cloud(finding.account, finding.region),
        "status_id": status,
        "status": word,
        "status_detail": one.why.title if one.why else "active in the baseline, and no longer",
        "finding_info": {
            "uid": finding.arn or uuid_of(run, finding.host, finding.type, finding.vulnerability),
            "title": one_line(marked(run, finding.title)),
            **_moments(finding),
        },
        "resources": [{"uid": instance_arn(finding), "name": finding.host, "type": "AWS::EC2::Instance"}],
        "vulnerabilities": [_vulnerability(one)],
    }


def _vulnerability(one: Stated) -> dict[str, Any]:
    finding = one.finding
    found: dict[str, Any] = {
        "title": one_line(finding.title),
        "severity": finding.severity,
        "affected_packages": [_package(package) for package in finding.packages],
        "is_fix_available": finding.fix_available in ("YES", "PARTIAL"),
        "related_vulnerabilities": list(finding.related),
    }
    if finding.exploit_available:
        found["is_exploit_available"] = finding.exploit_available == "YES"
    if finding.vulnerability.startswith("CVE-"):
        found["cve"] = {"uid": finding.vulnerability}
        if finding.epss is not None:
            found["cve"]["epss"] = {"score": str(finding.epss)}
    else:
        found["advisory"] = {"uid": finding.vulnerability}
    if one.why:
        found["remediation"] = {"desc": one.why.next_step}
    return found


def _package(package: Package) -> dict[str, Any]:
    optional = {
        "release": package.release,
        "architecture": package.arch,
        "package_manager": package.manager,
        "path": package.file_path,
        "fixed_in_version": package.fixed_in,
        "epoch": package.epoch,
    }
    return {"name": package.name, "version": package.version} | {
        name: value for name, value in optional.items() if value
    }


def _of_check(check: CheckOutcome, run: Run) -> dict[str, Any]:
    verdict, word, severity, status = _OUTCOME[check.outcome]
    controls = controls_of(check.id)
    return _event(run, _COMPLIANCE, 1, severity) | {
        "status_id": status,
        "finding_info": {
            "uid": uuid_of(run, check.id),
            "title": marked(run, f"{check.id}: {check.sentence}"),
            "desc": one_line(check.reason),
        },
        "compliance": {
            "control": check.id,
            "standards": list(dict.fromkeys(str(control.framework) for control in controls)),
            "requirements": [str(control) for control in controls],
            "status_id": verdict,
            "status": word,
            "status_detail": one_line(check.reason),
        },
    }


def _cloud(account: str, region: str) -> dict[str, Any]:
    return {"provider": "AWS", "region": region, "account": {"uid": account, "type_id": 10, "type": "AWS Account"}}


def _moments(finding: Finding) -> dict[str, int]:
    moments = {"first_seen_time": finding.first_observed_at, "last_seen_time": finding.last_observed_at}
    return {name: _milliseconds(moment) for name, moment in moments.items() if moment}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
