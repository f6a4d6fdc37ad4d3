"""The steps of the comparison: the baseline, and in a rehearsal the phases that come before verifying."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from postpatch.evidence.snapshot import manifest_path, open_snapshot, require_same
from postpatch.model import Caller, Engine, Host, Mode, Patching, ScanRun, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.engines import CLASSIC, ENGINES
from postpatch.run.session import Session
from postpatch.run.settings import Settings
from postpatch.run.steps.assessment import keep_findings, wait_for
from postpatch.run.steps.hosts import hosts_now, members_now
from postpatch.run.steps.reconstruct import reconstruct

_AN_ASSESSMENT = timedelta(hours=1)


@dataclass(frozen=True)
class Rehearsal:
    """The earlier phases, lived through in a simulated run: the baseline it took, empty where one was given."""

    baseline: str = ""


def rehearsal(collection: Collection) -> Rehearsal:
    """Live through the tutorial's earlier phases in the embedded AWS: assess, then remediate. Live, nothing is done."""
    session = collection.session
    if session.settings.mode is not Mode.SIMULATED:
        return Rehearsal()
    assessed = "patch without a baseline" if session.settings.reconstruct else "assess for the baseline, then patch"
    session.progress.say(f"rehearsing the phases before this one: {assessed}")
    taken = ""
    if session.settings.baseline or session.settings.reconstruct:
        # The evening is as long as if somebody had assessed in it: for the file, or at all.
        session.simulator.clock.advance(_AN_ASSESSMENT)
    else:
        taken = _assessed_before(session.earlier(), collection.folder / "baseline.ndjson.gz")
    session.simulator.remediate()
    session.progress.say("the next morning: verifying")
    return Rehearsal(taken)


def baseline(collection: Collection) -> Snapshot:
    """Return the findings before patching: of this account, scope and engine, whole, and part of the evidence.

    With Inspector Classic that is the template's last completed run, unless a file is named. One that is to be
    reconstructed is put together here, from what AWS tells after the patch round.
    """
    settings: Settings = collection.session.settings
    caller: Caller = collection.value("account")
    lived: Rehearsal = collection.value("rehearsal")
    copy = collection.folder / "baseline.ndjson.gz"
    if settings.engine is Engine.CLASSIC and not settings.baseline:
        return _last_run(collection.session, caller, copy)
    if settings.reconstruct:
        return reconstruct(collection.session, caller, collection.value("hosts"), copy)
    path = Path(lived.baseline) if lived.baseline else settings.baseline_path
    snapshot = open_snapshot(path, settings.remedy_afterwards)
    require_same(
        snapshot,
        mode=settings.mode,
        stage=settings.stage,
        engine=settings.engine.service,
        account=caller.account,
        region=caller.region,
        scope=settings.policy.scope.scope,
        remedy=settings.remedy,
    )
    if path == copy:
        return snapshot
    shutil.copyfile(path, copy)
    shutil.copyfile(manifest_path(path), manifest_path(copy))
    return Snapshot(copy, snapshot.manifest)


def take_baseline(session: Session, caller: Caller, path: Path) -> Snapshot:
    """Assess the hosts in scope now, and keep their findings at `path`."""
    hosts, run = _assess(session, caller)
    return keep_findings(session, path, caller, hosts, run, with_fixes=False)


def _assessed_before(session: Session, path: Path) -> str:
    caller = session.connection.caller()
    if session.settings.engine is Engine.CLASSIC:
        _assess(session, caller)  # Classic keeps the run itself, and the baseline is read from there
        return ""
    return str(take_baseline(session, caller, path).path)


def _assess(session: Session, caller: Caller) -> tuple[tuple[Host, ...], ScanRun]:
    hosts = hosts_now(session, members_now(session))
    launched = ENGINES[session.settings.engine].start(session, caller)
    newer_than: dict[str, datetime] = {host.id: launched.launched_at for host in hosts}
    return hosts, wait_for(session, launched, newer_than, Patching())


def _last_run(session: Session, caller: Caller, path: Path) -> Snapshot:
    run = CLASSIC.run_before(session)
    hosts = tuple(Host(scan.host) for scan in run.hosts)
    return keep_findings(session, path, caller, hosts, run, with_fixes=False)
