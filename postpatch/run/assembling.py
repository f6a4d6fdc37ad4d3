"""Assemble a run from its case and its checks' outcomes; nothing is derived here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from postpatch import __version__
from postpatch.errors import NOT_RECORDED
from postpatch.evidence.calls import CALLS, count_calls
from postpatch.evidence.kept import read_kept
from postpatch.evidence.pack import sha256_of
from postpatch.evidence.request import POLICY, REQUEST, RunRequest
from postpatch.model import Delivery, Exploits, HybridNodes, Mode
from postpatch.run.collection import Collection
from postpatch.run.notifying import NOTICES
from postpatch.run.rejudging import EarlierVerdict, earlier_verdict
from postpatch.run.settings import Settings
from postpatch.run.steps.hybrid import hybrid_of
from postpatch.verdict.case import known
from postpatch.verdict.checks import CHECKS, Check
from postpatch.verdict.hybrid import WITHOUT_INSPECTOR, left_out
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.run import CheckOutcome, Outcome, Run


def assemble(collection: Collection, outcomes: Mapping[str, CheckOutcome], *, interrupted: bool) -> Run:
    """Return the run: every check, judged or not, and what its case derives from the collected evidence."""
    settings, folder = collection.session.settings, collection.folder
    request: RunRequest = read_kept(folder / REQUEST, RunRequest)
    before = earlier_verdict(settings.pack) if settings.pack else EarlierVerdict(interrupted)
    return Run(
        mode=settings.mode,
        world=settings.world,
        endpoint_url=settings.endpoint_url,
        engine=settings.engine.label,
        tool=f"postpatch {__version__}",
        read_only=settings.read_only,
        policy=request.policy,
        change=request.change,
        policy_sha256=sha256_of(folder / POLICY),
        scope=settings.policy.scope.scope,
        time_zone=settings.policy.time_zone,
        recurs_by=settings.policy.recurs_by_kind,
        expected=settings.policy.expected_window if settings.policy.window else None,
        started_at=request.started_at,
        # Judged again, it is the same run: its report is the same, byte for byte.
        finished_at=before.finished_at or datetime.now(UTC),
        checks=tuple(outcomes.get(check.id) or _not_assessed(check, settings, before) for check in CHECKS),
        nodes_alone=settings.policy.scope.nodes_alone,
        calls=count_calls(folder / CALLS),
        id=request.id,
        interrupted=before.interrupted,
        notices=_notices(folder),
        **_evidence(collection),
    )


def _notices(folder: Path) -> tuple[Delivery, ...]:
    # A run that is judged again sends nothing, and says what the run itself sent.
    path = folder / NOTICES
    return tuple(read_kept(path, tuple[Delivery, ...])) if path.exists() else ()


def _evidence(collection: Collection) -> dict[str, Any]:
    case = collection.case
    stored, delta = case.evidence, known(lambda: case.delta)
    baseline, after = known(lambda: stored.baseline), known(lambda: stored.after)
    return {
        "caller": known(lambda: stored.caller),
        "hosts": known(lambda: stored.hosts) or (),
        "launch": known(lambda: stored.launch),
        "scan": known(lambda: stored.scan),
        "patching": known(lambda: stored.patching),
        "window": known(lambda: stored.window),
        "baseline": baseline.manifest if baseline else None,
        "after": after.manifest if after else None,
        "delta": delta,
        # Even without the hosts' stories, the findings' own fields determine their kind.
        "remaining": known(lambda: case.remaining) or (RemainingFindings(delta, {}) if delta else None),
        "unremoved": known(lambda: case.unremoved) or (),
        "waivers": known(lambda: case.waiver_uses) or (),
        "accepted": known(lambda: case.waivers),
        "exploits": known(lambda: stored.exploits) or Exploits(),
        "gate": known(lambda: case.gate),
        "deadlines": known(lambda: case.deadlines),
        "late": known(lambda: case.late),
        "suppression": known(lambda: case.suppression),
        "headline": known(lambda: case.headline),
        "by_versions": known(lambda: case.by_versions) or {},
        "hybrid": known(lambda: hybrid_of(collection)) or HybridNodes(),
    }


def _not_assessed(check: Check, settings: Settings, before: EarlierVerdict) -> CheckOutcome:
    needs_aws = settings.mode is Mode.RECORDED and not check.recorded
    needs_inspector = check.id in left_out(settings.policy)
    if needs_inspector:
        reason = WITHOUT_INSPECTOR
    elif needs_aws:
        reason = "needs AWS; exported files do not contain this"
    elif before.interrupted:
        reason = "the run was interrupted before this check"
    else:
        reason = "not selected, or not reached"
    reason = before.left_out.get(check.id, reason)
    declared = needs_aws or needs_inspector or reason.startswith(NOT_RECORDED)
    return CheckOutcome(check.id, check.sentence, Outcome.NOT_ASSESSED, reason, declared=declared)
