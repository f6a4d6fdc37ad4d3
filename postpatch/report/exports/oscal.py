"""OSCAL 1.1.2 assessment results: an observation for each check, a finding for each that failed.

A check that passed supports a control and does not satisfy it alone, so that no finding says `satisfied`.
"""

from pathlib import Path
from typing import Any

from postpatch.model import Manifest
from postpatch.report.controls import controls_of
from postpatch.report.exports.json_files import write_value
from postpatch.report.exports.names import HOMEPAGE, marked, uuid_of
from postpatch.report.exports.texts import as_markup
from postpatch.report.schema import VerdictJson
from postpatch.verdict.run import CheckOutcome, Outcome, Run

OSCAL = "1.1.2"
NAMESPACE = f"{HOMEPAGE}/ns/oscal"
_NIST = "nist-800-53"


class AssessmentResults:
    """`oscal-assessment-results.json`, by NIST's OSCAL 1.1.2 JSON schema."""

    file = "oscal-assessment-results.json"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the results; the policy stands for the assessment plan, and evidence is named by its SHA-256."""
        judged = [check for check in run.checks if check.outcome is not Outcome.NOT_ASSESSED]
        controls = sorted({id_ for check in judged for id_ in control_ids(check)})
        result = {
            "uuid": uuid_of(run, "result"),
            "title": marked(run, f"Patch verification: {run.verdict}"),
            "description": as_markup(run.sentence),
            "start": run.started_at.isoformat(),
            "end": run.finished_at.isoformat(),
            "props": properties(mode=run.mode.value, simulated=str(run.simulated).lower(), verdict=run.verdict),
            "reviewed-controls": {
                "control-selections": [{"include-controls": [{"control-id": id_} for id_ in controls]}]
                if controls
                else [{"description": "no check was judged"}]
            },
        }
        if judged:
            result["observations"] = [_observation(check, run) for check in judged]
        failed = [_finding(check, run) for check in judged if check.outcome is Outcome.FAILED]
        if failed:
            result["findings"] = failed
        resources = _resources(run)
        write_value(
            path,
            {
                "assessment-results": {
                    "uuid": uuid_of(run, self.file),
                    "metadata": metadata(run, "Patch verification"),
                    "import-ap": {"href": f"#{resources[0]['uuid']}"},
                    "results": [result],
                    "back-matter": {"resources": resources},
                }
            },
        )


def metadata(run: Run, title: str) -> dict[str, Any]:
    """Return a document's metadata: its title, when the run ended, the tool, and the version of OSCAL."""
    return {
        "title": marked(run, f"{title} of {as_markup(str(run.scope))}"),
        "last-modified": run.finished_at.isoformat(),
        "version": run.tool.removeprefix("postpatch "),
        "oscal-version": OSCAL,
    }


def properties(**values: str) -> list[dict[str, str]]:
    """Return properties in our namespace; those without a value are left out."""
    return [
        {"name": name.replace("_", "-"), "ns": NAMESPACE, "value": value} for name, value in values.items() if value
    ]


def control_ids(check: CheckOutcome) -> list[str]:
    """Return the NIST SP 800-53 controls that a check supports, as OSCAL's catalog writes them: `si-2.2`."""
    named = (control.id for control in controls_of(check.id) if control.framework.id == _NIST)
    return [id_.lower().replace("(", ".").replace(")", "") for id_ in named]


def _observation(check: CheckOutcome, run: Run) -> dict[str, Any]:
    return {
        "uuid": uuid_of(run, "observation", check.id),
        "title": f"{check.id}: {check.sentence}",
        "description": as_markup(check.reason) or check.sentence,
        "props": properties(check=check.id, outcome=check.outcome),
        "methods": ["TEST"],
        "types": ["control-objective"],
        "collected": run.finished_at.isoformat(),
        "relevant-evidence": [
            {"href": f"#{one['uuid']}", "description": one["title"]} for one in _resources(run) if "rlinks" in one
        ],
    }


def _finding(check: CheckOutcome, run: Run) -> dict[str, Any]:
    return {
        "uuid": uuid_of(run, "finding", check.id),
        "title": marked(run, f"{check.id} failed"),
        "description": as_markup(check.reason) or check.sentence,
        "target": {
            "type": "objective-id",
            "target-id": f"{control_ids(check)[0]}_obj",
            "status": {"state": "not-satisfied", "reason": "fail"},
        },
        "related-observations": [{"observation-uuid": uuid_of(run, "observation", check.id)}],
    }


def _resources(run: Run) -> list[dict[str, Any]]:
    """Return the policy first, then the snapshots that were compared."""
    found = [_resource(run, "the policy", f"evidence/{run.policy}", run.policy_sha256)]
    sides: tuple[tuple[str, Manifest | None], ...] = (("the baseline", run.baseline), ("after patching", run.after))
    for title, manifest in sides:
        if manifest and manifest.sha256:
            found.append(_resource(run, f"findings: {title}", f"evidence/{title.split()[0]}", manifest.sha256))
    return found


def _resource(run: Run, title: str, href: str, digest: str) -> dict[str, Any]:
    link = {"href": href.replace(" ", "%20"), "hashes": [{"algorithm": "SHA-256", "value": digest}]}
    return {"uuid": uuid_of(run, "resource", title), "title": title, "rlinks": [link]}
