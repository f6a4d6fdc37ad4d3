"""Resume the assessment that an interrupted run launched, instead of launching another one.

Never in a simulated run, where AWS ends with the run; and only with Inspector v2, because the baseline of Classic is
its last completed run, which the running one would become.

A run resumes by itself what an interrupted one launched within the limit of the wait. With `--resume` it continues a
launch of any age, as for a fleet whose daily scan has not come yet, and it never launches another one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from postpatch.aws import cis
from postpatch.errors import BadEvidence, CouldNotCheck
from postpatch.evidence.kept import keep, read_kept
from postpatch.model import Caller, Host, Launch, Mode, Patching, Scope, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.settings import Settings

LAUNCHED = "launched.json"
# CisScanStatus, botocore's model of inspector2: a failed or cancelled scan must be launched again.
_USABLE = ("IN_PROGRESS", "COMPLETED")
_WITHOUT = "Verify again without --resume, which starts another assessment"


@dataclass(frozen=True)
class Launched:
    """A launch whose end no published run has reported: what was started, where, and for which hosts."""

    launch: Launch
    stage: str
    account: str
    region: str
    scope: Scope
    hosts: tuple[str, ...]


def remember(collection: Collection, launch: Launch) -> None:
    """Store a launch next to the reports until a run that saw its end is published."""
    settings: Settings = collection.session.settings
    if settings.mode is Mode.LIVE and launch.started and not launch.assessment_run:
        keep(settings.reports / LAUNCHED, _of_this_run(collection, launch), Launched)


def forget(reports: Path, launch: Launch) -> None:
    """Delete the stored launch whose end a published run saw; keep a newer launch of another run."""
    stored = _stored(reports / LAUNCHED)
    if stored and stored.launch == replace(launch, taken_up=False):
        (reports / LAUNCHED).unlink(missing_ok=True)


def take_up(collection: Collection) -> Launch | None:
    """Return the launch to resume, for these hosts and later than their patching, or None to launch another one.

    CouldNotCheck says why the launch that `--resume` is to continue proves nothing of what this run must prove.
    """
    session = collection.session
    if session.settings.mode is not Mode.LIVE or session.settings.read_only:
        return None
    stored = _stored(session.settings.reports / LAUNCHED)
    if stored is None:
        if session.settings.resume:
            raise CouldNotCheck(f"{_WITHOUT}: {LAUNCHED} in {session.settings.reports} is gone or cannot be read.")
        return None
    began = f"the assessment launched at {stored.launch.launched_at:%Y-%m-%d %H:%M:%S} UTC"
    for objection in _objections(collection, stored):
        if session.settings.resume:
            raise CouldNotCheck(f"{_WITHOUT}: {began} cannot be continued, because {objection}.")
        session.progress.say(f"not resuming {began}: {objection}")
        return None
    session.progress.say(f"resuming {began}, which an earlier run left unfinished; no other one is launched")
    return replace(stored.launch, taken_up=True)


def _objections(collection: Collection, stored: Launched) -> Iterator[str]:
    session, launch = collection.session, stored.launch
    if _of_this_run(collection, launch) != stored:
        yield "it was for another account, region or scope, or for other hosts"
        return
    limit = timedelta(minutes=session.settings.policy.wait.minutes)
    if not session.settings.resume and session.connection.clock() - launch.launched_at > limit:
        yield f"it began longer ago than the policy's limit of {session.settings.policy.wait.minutes} minutes"
    baseline: Snapshot = collection.value("baseline")
    if baseline.manifest.taken_at >= launch.launched_at:
        yield "the baseline was taken after it"
    if any(moment >= launch.launched_at for moment in _installations(collection.value("patching"))):
        yield "something was installed after it"
    if launch.cis_configuration and cis.find_scan(session.connection, launch.cis_configuration)[1] not in _USABLE:
        yield "its CIS scan failed or was cancelled, or AWS does not know it"


def _of_this_run(collection: Collection, launch: Launch) -> Launched:
    caller: Caller = collection.value("account")
    hosts: tuple[Host, ...] = collection.value("hosts")
    settings: Settings = collection.session.settings
    return Launched(
        launch=replace(launch, taken_up=False),
        stage=settings.stage,
        account=caller.account,
        region=caller.region,
        scope=settings.policy.scope.scope,
        hosts=tuple(sorted(host.id for host in hosts)),
    )


def _stored(path: Path) -> Launched | None:
    if not path.exists():
        return None
    try:
        stored: Launched = read_kept(path, Launched)
    except BadEvidence:
        return None  # an unreadable launch cannot be resumed: launching another one is correct, but slower
    return stored


def _installations(patching: Patching) -> Iterator[datetime]:
    # Requested or ended, successful or not: packages may have changed.
    for state in patching.states:
        if state.operation == "Install":
            yield state.ended_at
    for command in patching.commands:
        if command.operation == "Install":
            yield command.ended_at or command.requested_at
