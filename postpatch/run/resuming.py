"""Go on with the assessment that a broken-off run launched, instead of launching another.

Only where AWS outlives the run, so never in a rehearsal; and only with Inspector v2, for the baseline of Classic is its
last completed run, which the one under way would become.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from postpatch.aws import cis
from postpatch.errors import BadEvidence
from postpatch.evidence.kept import keep, read_kept
from postpatch.model import Caller, Host, Launch, Mode, Patching, Scope, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.settings import Settings

LAUNCHED = "launched.json"
# CisScanStatus, botocore's model of inspector2: what failed or was cancelled must be launched again.
_USABLE = ("IN_PROGRESS", "COMPLETED")


@dataclass(frozen=True)
class Launched:
    """A launch that no published run has told the end of: what was started, where, and for which hosts."""

    launch: Launch
    stage: str
    account: str
    region: str
    scope: Scope
    hosts: tuple[str, ...]


def remember(collection: Collection, launch: Launch) -> None:
    """Keep a launch beside the reports until a run that saw its end is published."""
    settings: Settings = collection.session.settings
    if settings.mode is Mode.LIVE and launch.cis_configuration:
        keep(settings.reports / LAUNCHED, _of_this_run(collection, launch), Launched)


def forget(reports: Path, launch: Launch) -> None:
    """Forget the launch that a published run saw the end of; one that another run made since stays."""
    standing = _standing(reports / LAUNCHED)
    if standing and standing.launch.cis_configuration == launch.cis_configuration:
        (reports / LAUNCHED).unlink(missing_ok=True)


def take_up(collection: Collection) -> Launch | None:
    """Return the launch that is under way for these hosts and later than their patching, or None to launch anew."""
    session = collection.session
    if session.settings.mode is not Mode.LIVE or session.settings.read_only:
        return None
    standing = _standing(session.settings.reports / LAUNCHED)
    if standing is None:
        return None
    began = f"the assessment launched at {standing.launch.launched_at:%Y-%m-%d %H:%M:%S} UTC"
    for objection in _objections(collection, standing):
        session.progress.say(f"not going on with {began}: {objection}")
        return None
    session.progress.say(f"going on with {began}, which an earlier run left under way; no other is launched")
    return replace(standing.launch, taken_up=True)


def _objections(collection: Collection, standing: Launched) -> Iterator[str]:
    session, launch = collection.session, standing.launch
    if _of_this_run(collection, launch) != standing:
        yield "it was for another account, region, scope, or for other hosts"
        return
    limit = timedelta(minutes=session.settings.policy.wait.minutes)
    if session.connection.clock() - launch.launched_at > limit:
        yield f"it began longer ago than the policy waits, {session.settings.policy.wait.minutes} minutes"
    baseline: Snapshot = collection.value("baseline")
    if baseline.manifest.taken_at >= launch.launched_at:
        yield "the baseline was taken after it"
    if any(moment >= launch.launched_at for moment in _installations(collection.value("patching"))):
        yield "something was installed after it"
    if cis.find_scan(session.connection, launch.cis_configuration)[1] not in _USABLE:
        yield "its CIS scan failed, was cancelled, or is not known to AWS"


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


def _standing(path: Path) -> Launched | None:
    if not path.exists():
        return None
    try:
        standing: Launched = read_kept(path, Launched)
    except BadEvidence:
        return None  # what cannot be read cannot be gone on with: launching anew is right, if dearer
    return standing


def _installations(patching: Patching) -> Iterator[datetime]:
    # RunRequest or ended, well or not: packages may have changed.
    for state in patching.states:
        if state.operation == "Install":
            yield state.ended_at
    for command in patching.commands:
        if command.operation == "Install":
            yield command.ended_at or command.requested_at
