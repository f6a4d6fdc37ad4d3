"""The steps of the assessment: launch it, wait for it, save its findings."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from postpatch import __version__
from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import (
    Caller,
    Exploits,
    Host,
    Launch,
    Manifest,
    Patching,
    ScannedHost,
    ScanRun,
    Snapshot,
    SuppressionRule,
)
from postpatch.run.collection import Collection
from postpatch.run.engines import ENGINES, cis_checked
from postpatch.run.resuming import remember, take_up
from postpatch.run.session import Session
from postpatch.verdict.case import known
from postpatch.verdict.clocks import clock_notes, installed_by
from postpatch.verdict.gates import unsettled
from postpatch.verdict.holding import in_question


def launch(collection: Collection) -> Launch:
    """Start the assessment after patching, or resume an unfinished one; a read-only run starts nothing."""
    caller: Caller = collection.value("account")
    collection.value("baseline")  # without a baseline there is nothing to compare with, so start nothing
    collection.value("hosts")
    collection.value("preflight")
    launched = take_up(collection) or ENGINES[collection.session.settings.engine].start(collection.session, caller)
    remember(collection, launched)
    return launched


def scan(collection: Collection) -> ScanRun:
    """Wait until every host was scanned after its patching."""
    patching: Patching = collection.value("patching")
    baseline: Snapshot = collection.value("baseline")
    hosts: tuple[Host, ...] = collection.value("hosts")
    taken_at = baseline.manifest.taken_at
    for note in clock_notes(patching, hosts):
        collection.session.progress.say(note)
    newer_than = {host.id: max(installed_by(patching, host.id) or taken_at, taken_at) for host in hosts}
    return wait_for(collection.session, collection.value("launch"), newer_than, patching)


def after(collection: Collection) -> Snapshot:
    """Save the findings after patching."""
    run: ScanRun = collection.value("scan")
    path = collection.folder / "after.ndjson.gz"
    return keep_findings(
        collection.session, path, collection.value("account"), collection.value("hosts"), run, with_fixes=True
    )


def suppression(collection: Collection) -> tuple[SuppressionRule, ...]:
    """Return the suppression rules, requested after the findings so that no rule that hid one of them is missed."""
    collection.value("after")
    hidden_on = collection.case.delta.hidden.hosts
    return ENGINES[collection.session.settings.engine].rules(collection.session, hidden_on)


def exploits(collection: Collection) -> Exploits:
    """Return what AWS reports about exploits beyond its findings.

    Asked is about what the policy limits, and about what the patch baseline holds back and the policy accepts.
    """
    gate, case = collection.session.settings.policy.gate, collection.case
    arns = unsettled(case.delta, gate.epss_from) if gate.exploited_max is not None else {}
    # A run whose causes are unknown shows that by its own checks.
    remaining = known(lambda: case.remaining)
    if remaining and not case.policy.patching.held_back_fails:
        arns |= in_question(remaining)
    if not arns:
        return Exploits()
    return ENGINES[collection.session.settings.engine].exploits(collection.session, arns)


def wait_for(session: Session, launched: Launch, newer_than: Mapping[str, datetime], patching: Patching) -> ScanRun:
    """Wait for a launched assessment, then remove the progress line."""
    try:
        return ENGINES[session.settings.engine].wait_for(session, launched, newer_than, patching)
    finally:
        session.progress.close()


def keep_findings(
    session: Session, path: Path, caller: Caller, hosts: tuple[Host, ...], run: ScanRun, *, with_fixes: bool
) -> Snapshot:
    """Stream the findings of `hosts` to a snapshot at `path`, with a manifest that says how each host was scanned."""
    rows = ENGINES[session.settings.engine].findings(session, caller, hosts, run, with_fixes=with_fixes)
    return write_snapshot(path, rows, lambda: _manifest(session, caller, hosts, run))


def _manifest(session: Session, caller: Caller, hosts: tuple[Host, ...], run: ScanRun) -> Manifest:
    scans = {scan.host: scan for scan in run.hosts}
    checked = cis_checked(run)
    return Manifest(
        mode=session.settings.mode,
        engine=run.launch.engine,
        account=caller.account,
        region=caller.region,
        scope=session.settings.policy.scope.scope,
        caller=caller.arn,
        started_at=run.launch.launched_at,
        # The findings of an assessment run are as of its end, those of v2 as of the time at which they were read.
        taken_at=run.finished_at if run.assessment_run else session.connection.clock(),
        tool=f"postpatch {__version__}",
        covers=run.covers,
        stage=session.settings.stage,
        hosts=tuple(
            ScannedHost(
                id=host.id,
                scanned=scans[host.id].fresh,
                cis_scanned=host.id in checked,
                scanned_at=scans[host.id].scanned_at,
                proof=scans[host.id].proof,
                tags=host.tags,
            )
            for host in hosts
        ),
    )
