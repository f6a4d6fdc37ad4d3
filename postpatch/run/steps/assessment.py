"""The steps of the assessment: launch it, wait for it, save its findings."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from postpatch import __version__
from postpatch.aws.leftovers import unchanged_windows
from postpatch.errors import CouldNotCheck
from postpatch.evidence.kept import keep
from postpatch.evidence.members import READING, Reading
from postpatch.evidence.package_names import PackageNames
from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import (
    Caller,
    Exploits,
    Host,
    InventoryDigest,
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
from postpatch.run.members import await_findings, reading_for, scanned_before
from postpatch.run.resuming import remember, take_up
from postpatch.run.session import Session
from postpatch.verdict.agentless import not_scanned_yet
from postpatch.verdict.case import known
from postpatch.verdict.clocks import clock_notes, clock_off, installed_by
from postpatch.verdict.deadlines import asked_about
from postpatch.verdict.gates import unsettled
from postpatch.verdict.holding import in_question
from postpatch.verdict.hybrid import WITHOUT_INSPECTOR


def launch(collection: Collection) -> Launch:
    """Start the assessment after patching, or resume an unfinished one; a read-only run starts nothing."""
    caller: Caller = collection.value("account")
    collection.value("baseline")  # without a baseline there is nothing to compare with, so start nothing
    hosts: tuple[Host, ...] = collection.value("hosts")
    collection.value("preflight")
    if collection.session.settings.policy.scope.nodes_alone:
        raise CouldNotCheck(WITHOUT_INSPECTOR)
    launched = take_up(collection) or ENGINES[collection.session.settings.engine].start(
        collection.session, caller, hosts
    )
    remember(collection, launched)
    return launched


def scan(collection: Collection) -> ScanRun:
    """Wait until every host was scanned after its patching; CouldNotCheck if all that lacks is a daily scan.

    So it is while the findings are still to be read by Inspector's delegated administrator.
    """
    patching: Patching = collection.value("patching")
    baseline: Snapshot = collection.value("baseline")
    hosts: tuple[Host, ...] = collection.value("hosts")
    taken_at = baseline.manifest.taken_at
    for note in clock_notes(patching, hosts):
        collection.session.progress.say(note)
    newer_than = {host.id: max(installed_by(patching, host.id) or taken_at, taken_at) for host in hosts}
    caller, launched = collection.value("account"), collection.value("launch")
    clocks = {host.id: off for host in hosts if (off := clock_off(patching, host.id))}
    settings = collection.session.settings
    if before := scanned_before(settings, launched, newer_than, clocks):
        return before
    run = wait_for(collection.session, caller, launched, newer_than, clocks, baseline.manifest.digests)
    if what_to_do := not_scanned_yet(run, collection.session.connection.clock()):
        raise CouldNotCheck(what_to_do)
    run = replace(run, set_aside=ENGINES[settings.engine].set_aside(collection.session, caller))
    await_findings(settings, run, collection.folder)
    return run


def after(collection: Collection) -> Snapshot:
    """Save the findings after patching, and what is installed on hosts whose scan time does not show enough."""
    run: ScanRun = collection.value("scan")
    baseline: Snapshot = collection.value("baseline")
    names = PackageNames({scan.host for scan in run.hosts if scan.by_inventory})
    names.read(baseline.path)
    hosts: tuple[Host, ...] = collection.value("hosts")
    since, patching = baseline.manifest.taken_at, collection.value("patching")
    return keep_findings(
        collection.session,
        collection.folder / "after.ndjson.gz",
        collection.value("account"),
        hosts,
        run,
        with_fixes=True,
        names=names,
        unchanged=unchanged_windows(collection.session.connection, patching, since),
    )


def suppression(collection: Collection) -> tuple[SuppressionRule, ...]:
    """Return the suppression rules, requested after the findings so that no rule that hid one of them is missed."""
    collection.value("after")
    hidden_on = collection.case.delta.hidden.hosts
    return ENGINES[collection.session.settings.engine].rules(collection.session, hidden_on)


def exploits(collection: Collection) -> Exploits:
    """Return what AWS reports about exploits beyond its findings.

    Asked is about what the policy limits or gives a deadline, and about what the patch baseline holds back and the
    policy accepts.
    """
    gate, case = collection.session.settings.policy.gate, collection.case
    arns = unsettled(case.delta, gate.epss_from) if gate.exploited_max is not None else {}
    if case.policy.deadline and case.policy.deadline.rule.needs_catalog:
        arns |= asked_about(case.delta)
    # A run whose causes are unknown shows that by its own checks.
    remaining = known(lambda: case.remaining)
    if remaining and not case.policy.patching.held_back_fails:
        arns |= in_question(remaining, case.suppressed)
    if not arns:
        return Exploits()
    return ENGINES[collection.session.settings.engine].exploits(collection.session, arns)


def wait_for(
    session: Session,
    caller: Caller,
    launched: Launch,
    newer_than: Mapping[str, datetime],
    clocks: Mapping[str, timedelta] | None = None,
    kept: Iterable[InventoryDigest] = (),
) -> ScanRun:
    """Wait for a launched assessment, then remove the progress line."""
    try:
        return ENGINES[session.settings.engine].wait_for(session, caller, launched, newer_than, clocks or {}, kept)
    finally:
        session.progress.close()


def keep_findings(
    session: Session,
    path: Path,
    caller: Caller,
    hosts: tuple[Host, ...],
    run: ScanRun,
    *,
    with_fixes: bool,
    names: PackageNames | None = None,
    unchanged: Container[str] = (),
    nodes: Iterable[Host] | None = None,
) -> Snapshot:
    """Stream the findings of `hosts` to a snapshot at `path`, with a manifest that says how each host was scanned.

    Of the hosts of `names` it has the installed versions of the packages in their findings; nothing was installed on
    those of `unchanged` since the baseline. `nodes` are the hybrid nodes in scope, which it names.
    """
    engine, noted = ENGINES[session.settings.engine], names or PackageNames(())
    reading = reading_for(session.settings, caller, run)
    if reading:
        keep(path.with_name(READING), reading, Reading)
    rows = noted.passing(engine.findings(session, caller, hosts, run, with_fixes=with_fixes))
    return write_snapshot(path, rows, lambda: _manifest(session, caller, hosts, run, noted, unchanged, nodes, reading))


def _manifest(
    session: Session,
    caller: Caller,
    hosts: tuple[Host, ...],
    run: ScanRun,
    names: PackageNames,
    unchanged: Container[str],
    nodes: Iterable[Host] | None,
    reading: Reading | None,
) -> Manifest:
    scans = {scan.host: scan for scan in run.hosts}
    checked = cis_checked(run)
    engine = ENGINES[session.settings.engine]
    inventories = (engine.inventory(session, host, names.by_host[host]) for host in sorted(names.by_host))
    return Manifest(
        mode=session.settings.mode,
        engine=run.launch.engine,
        account=caller.account,
        region=caller.region,
        scope=session.settings.policy.scope.scope,
        caller=caller.arn,
        started_at=run.launch.launched_at,
        # The findings of an assessment run are as of its end, those of v2 as of the time at which they were read.
        taken_at=run.finished_at
        if run.assessment_run
        else reading.finished_at
        if reading
        else session.connection.clock(),
        read_by=reading.administrator if reading else "",
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
                mode=scans[host.id].mode,
                reason=scans[host.id].reason,
                image=host.image,
                unchanged=host.id in unchanged,
            )
            for host in hosts
        ),
        scanning=engine.scanning(session),
        inventories=tuple(one for one in inventories if one),
        digests=run.digests,
        hybrid_nodes=None if nodes is None else tuple(node.id for node in nodes),
    )
