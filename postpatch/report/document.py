"""The verdict for machines: `verify.json`, described in docs/verify-json.md."""

from dataclasses import asdict
from typing import Any

from postpatch.model import Severity
from postpatch.verdict.delta import Delta
from postpatch.verdict.findings import Stories, remaining
from postpatch.verdict.residuals import Kind
from postpatch.verdict.run import CheckOutcome, Looked, Run

FORMAT = 1


def document(run: Run) -> dict[str, Any]:
    """Return the run as plain values: times are ISO 8601 in UTC, counts whole numbers, what is unknown is null."""
    return {
        "format": FORMAT,
        "tool": run.tool,
        "verdict": run.verdict.value,
        "sentence": run.sentence,
        "mode": run.mode.value,
        "simulated": run.simulated,
        "world": run.world or None,
        "endpoint_url": run.endpoint_url or None,
        "engine": run.engine,
        "read_only": run.read_only,
        "account": run.caller.account if run.caller else None,
        "region": run.caller.region if run.caller else None,
        "caller": (run.caller.arn or None) if run.caller else None,
        "scope": str(run.scope),
        "policy": {"file": run.policy, "sha256": run.policy_sha256},
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat(),
        "hosts": [host.id for host in run.hosts],
        "baseline": _looked(run.baseline),
        "after": _looked(run.after),
        **(_findings(run.delta, run.stories) if run.delta else {"counts": None}),
        "checks": [_check(check) for check in run.checks],
        "calls": dict(run.calls),
    }


def _findings(delta: Delta, stories: Stories) -> dict[str, Any]:
    kinds = dict.fromkeys((kind.value for kind in Kind), 0)
    for one in remaining(delta, stories):
        kinds[one.kind.value] += 1
    return {
        "counts": asdict(delta.counts),
        "comparable": asdict(delta.comparable),
        "severities": {severity.value: asdict(delta.severities[severity]) for severity in Severity},
        "configuration": asdict(delta.configuration),
        "remaining_kinds": kinds,
    }


def _looked(looked: Looked | None) -> dict[str, Any] | None:
    if looked is None:
        return None
    return {
        "source": looked.source,
        "taken_at": looked.taken_at.isoformat(),
        "sha256": looked.sha256,
        "rows": looked.rows,
        "set_aside": dict(looked.set_aside),
    }


def _check(check: CheckOutcome) -> dict[str, Any]:
    return {
        "id": check.id,
        "sentence": check.sentence,
        "outcome": check.outcome.value,
        "reason": check.reason,
        "facts": [asdict(fact) for fact in check.facts],
        "notes": list(check.notes),
    }
