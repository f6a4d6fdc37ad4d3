"""The steps of the baseline, and in a simulated run those of the phases before verifying."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from postpatch import __version__
from postpatch.evidence.snapshot import manifest_path, write_snapshot
from postpatch.model import Caller, Engine, Host, Manifest, Mode, ScanRun, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.engines import CLASSIC, ENGINES
from postpatch.run.kept_digests import kept_digests
from postpatch.run.preflight import open_baseline
from postpatch.run.session import Session
from postpatch.run.settings import Settings
from postpatch.run.steps.assessment import keep_findings, wait_for
from postpatch.run.steps.hosts import hosts_now, members_now
from postpatch.run.steps.hybrid import nodes_now
from postpatch.run.steps.reconstruct import reconstruct
from postpatch.verdict.agentless import as_of_the_day

WITHOUT_FINDINGS = "it notes when it was taken and which hybrid nodes there were: Inspector has no findings of them"
_AN_ASSESSMENT = timedelta(hours=1)


@dataclass(frozen=True)
class Rehearsal:
    """The earlier phases of a simulated run: the name of the baseline that was taken, empty if one was given."""

    baseline: str = ""


def rehearsal(collection: Collection) -> Rehearsal:
    """Simulate the tutorial's earlier phases in the embedded AWS: assess, then remediate. A live run does nothing."""
    session = collection.session
    if session.settings.mode is not Mode.SIMULATED:
        return Rehearsal()
    phases = "patching without a baseline" if session.settings.reconstruct else "baseline assessment, then patching"
    session.progress.say(f"simulating the earlier phases: {phases}")
    taken = ""
    if session.settings.baseline or session.settings.reconstruct:
        # Let as much time pass as an assessment for the baseline would have taken.
        session.simulator.clock.advance(_AN_ASSESSMENT)
    else:
        taken = _assessed_before(session.earlier(), collection.folder / "baseline.ndjson.gz")
    session.simulator.remediate()
    session.progress.say("the next morning: verifying")
    return Rehearsal(taken)


def baseline(collection: Collection) -> Snapshot:
    """Return the findings before patching: complete, for this account, scope and engine, and part of the evidence.

    With Inspector Classic they are those of the template's last completed run, unless a file is named. With
    `--baseline=reconstruct` they are reconstructed here from the data that AWS still has after patching.
    """
    settings: Settings = collection.session.settings
    caller: Caller = collection.value("account")
    lived: Rehearsal = collection.value("rehearsal")
    copy = collection.folder / "baseline.ndjson.gz"
    if settings.engine is Engine.CLASSIC and not settings.baseline:
        return _last_run(collection.session, caller, copy)
    if settings.reconstruct:
        return reconstruct(collection.session, caller, collection.value("hosts"), copy)
    path = collection.folder / lived.baseline if lived.baseline else settings.baseline_path
    snapshot = open_baseline(settings, path)
    if path == copy:
        return snapshot
    shutil.copyfile(path, copy)
    shutil.copyfile(manifest_path(path), manifest_path(copy))
    return Snapshot(copy, snapshot.manifest)


def take_baseline(session: Session, caller: Caller, path: Path) -> Snapshot:
    """Assess the hosts in scope now, and save their findings at `path`; of hybrid nodes, only which there are."""
    if session.settings.policy.scope.nodes_alone:
        hosts_now(session, members_now(session))
        return write_snapshot(path, (), lambda: _without_findings(session, caller, nodes_now(session)))
    nodes = nodes_now(session) if session.settings.policy.scope.hybrid else None
    hosts, run = _assess(session, caller)
    return keep_findings(session, path, caller, hosts, run, with_fixes=False, nodes=nodes)


def _assessed_before(session: Session, path: Path) -> str:
    caller = session.connection.caller()
    if session.settings.engine is Engine.CLASSIC:
        _assess(session, caller)  # Classic stores the run itself, and the baseline is read from there
        return ""
    return take_baseline(session, caller, path).path.name


def _assess(session: Session, caller: Caller) -> tuple[tuple[Host, ...], ScanRun]:
    hosts = hosts_now(session, members_now(session))
    engine = ENGINES[session.settings.engine]
    engine.require_ready(session, caller)
    launched = engine.start(session, caller, hosts)
    newer_than: dict[str, datetime] = {host.id: launched.launched_at for host in hosts}
    kept = kept_digests(session.settings, caller)
    return hosts, as_of_the_day(wait_for(session, caller, launched, newer_than, kept=kept))


def _without_findings(session: Session, caller: Caller, nodes: tuple[Host, ...]) -> Manifest:
    now = session.connection.clock()
    return Manifest(
        mode=session.settings.mode,
        engine=session.settings.engine.service,
        account=caller.account,
        region=caller.region,
        scope=session.settings.policy.scope.scope,
        caller=caller.arn,
        started_at=now,
        taken_at=now,
        tool=f"postpatch {__version__}",
        stage=session.settings.stage,
        hosts=(),
        limits=(WITHOUT_FINDINGS,),
        hybrid_nodes=tuple(node.id for node in nodes),
    )


def _last_run(session: Session, caller: Caller, path: Path) -> Snapshot:
    run = CLASSIC.run_before(session)
    hosts = tuple(Host(scan.host) for scan in run.hosts)
    return keep_findings(session, path, caller, hosts, run, with_fixes=False)
