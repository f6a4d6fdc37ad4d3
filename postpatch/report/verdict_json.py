"""The verdict for machines: `verify.json`, described in docs/verify-json.md, with the types of `schema.py`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import cast

from postpatch.evidence.pack import VERDICT_JSON
from postpatch.model import Change, EarlierRuns, FindingType, Launch, Manifest, Severity, SuppressionRule
from postpatch.report.controls import controls_of
from postpatch.report.schema import (
    Assessment,
    ChangeResult,
    CheckResult,
    RootCauseResult,
    ScannedHosts,
    SnapshotSummary,
    VerdictJson,
)
from postpatch.report.schema_findings import (
    ActiveCounts,
    DeadlineResult,
    EarlierRunsRead,
    FindingCounts,
    GateResult,
    LateFindings,
    RemainingGroup,
    SuppressedCounts,
    SuppressionResult,
    SuppressionRuleResult,
    WaiverResult,
)
from postpatch.report.todo import Item, todo
from postpatch.text.characters import escaped_in_json
from postpatch.text.credentials import redacted, redacted_values
from postpatch.verdict import rules
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.deadlines import Deadlines
from postpatch.verdict.delta import Counts, Delta
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.gates import Gate
from postpatch.verdict.headline import Headline
from postpatch.verdict.installed_versions import labelled
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.run import CheckOutcome, Run
from postpatch.verdict.scanned_again import ScannedAgain
from postpatch.verdict.suppression import Suppression
from postpatch.verdict.waivers import WaiverUse


class VerdictFile:
    """`verify.json`."""

    file = VERDICT_JSON

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the verdict for machines."""
        text = json.dumps(verdict, indent=1, ensure_ascii=False)
        if redacted(text) != text:  # text by text, so that it stays JSON
            text = json.dumps(redacted_values(verdict), indent=1, ensure_ascii=False)
        path.write_text(f"{escaped_in_json(text)}\n", encoding="utf-8")


def verdict_json(run: Run) -> VerdictJson:
    """Return the run as plain values: times in ISO 8601 and UTC, counts as integers, unknown values as null."""
    delta = run.delta
    kinds = _kinds(run.remaining) if run.remaining else None
    settings = _kinds(run.remaining, of=FindingType.CONFIGURATION) if run.remaining else {}
    found = run.headline
    return {
        "format": 1,
        "run": run.id,
        "tool": run.tool,
        "rules": rules.current(),
        "verdict": run.verdict,
        "sentence": run.sentence,
        "headline": list(found.lines) if found else [],
        "active": _active(found) if found else None,
        "interrupted": run.interrupted,
        "mode": run.mode,
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
        "change": _change(run.change) if run.change else None,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat(),
        "hosts": [host.id for host in run.hosts],
        "hybrid_nodes": list(run.hybrid.ids),
        "assessment": _assessment(run.launch) if run.launch else None,
        "baseline": _snapshot(run.baseline) if run.baseline else None,
        "after": _snapshot(run.after) if run.after else None,
        "counts": _counts(delta.counts) if delta else None,
        "comparable": _counts(delta.comparable) if delta else None,
        "severities": _severities(delta) if delta else None,
        "configuration": _counts(delta.configuration) if delta else None,
        "scanned_again": _scanned(delta.scans) if delta else None,
        "earlier_runs": _earlier(delta.earlier) if delta else None,
        "remaining_kinds": kinds,
        "remaining": [_group(kind, number, settings[kind]) for kind, number in (kinds or {}).items() if number],
        "waivers": [_waiver(waiver) for waiver in run.waivers],
        "gate": _gate(run.gate) if run.gate else None,
        "deadlines": _deadlines(run.deadlines) if run.deadlines else None,
        "disclosed_late": _late(run.late) if run.late else None,
        "by_versions": list(labelled(run.by_versions)),
        "suppression": _suppression(run.suppression) if run.suppression else None,
        "causes": [_cause(item) for item in todo(run)],
        "checks": [_check(check) for check in run.checks],
        "notices": [{"to": one.to, "state": one.state, "why": one.why or None} for one in run.notices],
        "calls": dict(run.calls),
    }


def _change(change: Change) -> ChangeResult:
    return {"ticket": change.ticket or None, "approver": change.approver or None}


def _assessment(launch: Launch) -> Assessment:
    return {
        "launched_at": launch.launched_at.isoformat(),
        "started": launch.started,
        "taken_up": launch.taken_up,
    }


def _snapshot(manifest: Manifest) -> SnapshotSummary:
    return {
        "source": manifest.origin,
        "taken_at": manifest.taken_at.isoformat(),
        "sha256": manifest.sha256,
        "rows": manifest.rows,
        "set_aside": dict(manifest.set_aside),
        "reconstructed": manifest.reconstructed,
        "limits": list(manifest.limits),
    }


def _counts(counts: Counts) -> FindingCounts:
    return cast(FindingCounts, asdict(counts))


def _active(found: Headline) -> dict[Severity, ActiveCounts]:
    return {one: {"before": found.before[one], "after": found.after[one] if found.known else None} for one in Severity}


def _severities(delta: Delta) -> dict[Severity, FindingCounts]:
    return {severity: _counts(delta.severities[severity]) for severity in Severity}


def _scanned(scans: ScannedAgain) -> ScannedHosts:
    return {
        "hosts": len(scans.present),
        "missing": list(scans.missing),
        "none": scans.none,
        "sentence": scans.words,
    }


def _earlier(found: EarlierRuns) -> EarlierRunsRead:
    return {"read": list(found.read), "left_out": list(found.left_out)}


def _kinds(remaining: RemainingFindings, of: FindingType | None = None) -> dict[Kind, int]:
    kinds = dict.fromkeys(Kind, 0)
    for (kind, its), number in remaining.numbers.items():
        kinds[kind] += number if of in (None, its) else 0
    return kinds


def _group(kind: Kind, number: int, settings: int) -> RemainingGroup:
    words = EXPLANATIONS[kind]
    return {
        "cause": kind,
        "findings": number,
        "configuration": settings,
        "title": words.title,
        "why": words.why,
        "next_step": words.next_step,
        "owner": words.owner,
        "explained": words.explained,
        "patching_should": words.patching_should,
        "held_back": words.held_back,
    }


def _waiver(use: WaiverUse) -> WaiverResult:
    return {
        "what": use.what,
        "where": use.where,
        "reason": use.reason,
        "approver": use.approver,
        "expires": use.expires.isoformat(),
        "ticket": use.ticket or None,
        "state": use.state,
        "findings": use.findings,
        "hosts": use.hosts,
        "days_left": use.days_left,
    }


def _gate(gate: Gate) -> GateResult:
    return {
        "limits": [
            {
                "name": one.name,
                "limit": one.limit,
                "found": one.found,
                "holds": one.holds,
                "named": list(one.named),
            }
            for one in gate.limits
        ],
        "unscanned": list(gate.unscanned),
        "compared": gate.compared,
        "opened": gate.opened,
    }


def _deadlines(found: Deadlines) -> DeadlineResult:
    return cast(DeadlineResult, {"rule": found.rule.name, "source": found.rule.source, **asdict(found.counts)})


def _late(late: LateDisclosures) -> LateFindings:
    return {"by_severity": dict(late.by_severity), "hosts": late.hosts, "gates": late.gates}


def _suppression(found: Suppression) -> SuppressionResult:
    return {
        "before": cast(SuppressedCounts, asdict(found.before)),
        "after": cast(SuppressedCounts, asdict(found.after)),
        "rules": None if found.rules is None else [_rule(rule, found) for rule in found.rules],
        "not_visible": found.not_visible,
    }


def _rule(rule: SuppressionRule, found: Suppression) -> SuppressionRuleResult:
    return {
        "name": rule.name,
        "reason": rule.reason,
        "created_at": rule.created_at.isoformat(),
        "updated_at": rule.updated_at.isoformat(),
        "older_than_baseline": found.is_older(rule),
        "hits": rule.hits,
    }


def _cause(item: Item) -> RootCauseResult:
    return {
        "ids": [check.id for check in item.cause.checks],
        "follow": [check.id for check in item.cause.follow],
        "outcome": item.cause.outcome,
        "sentence": item.sentence,
        "next_step": item.next_step,
        "owner": item.owner,
        "due": item.due or None,
        "commands": list(item.commands),
    }


def _check(check: CheckOutcome) -> CheckResult:
    return {
        "id": check.id,
        "sentence": check.sentence,
        "outcome": check.outcome,
        "reason": check.reason,
        "facts": [
            {"name": fact.name, "expected": fact.expected, "found": fact.found, "holds": fact.holds}
            for fact in check.facts
        ],
        "notes": list(check.notes),
        "controls": [str(control) for control in controls_of(check.id)],
    }
