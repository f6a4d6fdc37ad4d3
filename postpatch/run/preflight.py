"""What is checked before a run writes anything: without AWS, every problem is found and reported at once."""

import os
from collections.abc import Iterator
from pathlib import Path

from postpatch.aws.regions import partitions
from postpatch.errors import BadEvidence, BadOptions, did_you_mean
from postpatch.evidence.snapshot import open_snapshot, refuse_to_displace, require_same
from postpatch.model import Engine, Mode, Snapshot
from postpatch.run.deployment import deployment_of
from postpatch.run.displacing import objections
from postpatch.run.resuming import LAUNCHED
from postpatch.run.settings import Settings


def refuse_what_cannot_work(settings: Settings, *, needs_baseline: bool = True) -> None:
    """Raise BadOptions with every problem of region, rehearsal, reports and baseline, one a line; nothing is written.

    `needs_baseline`: the checks that were selected compare findings, as far as the command line tells.
    """
    problems = [*_folder(settings.reports), *objections(settings)]
    if settings.resume and not (settings.reports / LAUNCHED).is_file():
        problems.append(
            "Verify without --resume, or name another folder with --reports DIR: "
            f"no run has left an assessment to continue in {settings.reports}"
        )
    if not settings.pack:
        problems = [*_policy(settings), *problems, *(_baseline(settings) if needs_baseline else ())]
    if problems:
        raise BadOptions("\n".join(problems))


def refuse_without_baseline(settings: Settings) -> None:
    """Raise BadOptions where the run compares with a file that is not there, not whole or not of this policy."""
    if not settings.pack and (problems := [*_baseline(settings)]):
        raise BadOptions("\n".join(problems))


def open_baseline(settings: Settings, path: Path) -> Snapshot:
    """Return the baseline at `path`: whole, unaltered, and of what this policy is for; BadEvidence if it is not."""
    snapshot = open_snapshot(path, settings.remedy_afterwards)
    require_same(
        snapshot,
        mode=settings.mode,
        stage=settings.stage,
        engine=settings.engine.service,
        account=settings.policy.scope.account,
        region=settings.policy.scope.region,
        scope=settings.policy.scope.scope,
        remedy=settings.remedy,
    )
    if settings.policy.scope.nodes_alone and (snapshot.manifest.hosts or not snapshot.manifest.hybrid_nodes):
        raise BadEvidence(
            f"Take the baseline again: {settings.remedy}. {path} was not taken of hybrid nodes alone, as the policy's "
            'hybrid = "only" has it.'
        )
    return snapshot


def _policy(settings: Settings) -> Iterator[str]:
    region = settings.policy.scope.region
    if region not in partitions():
        yield (
            f"Correct scope.region in {settings.policy_path}: AWS has no region {region!r} that this botocore knows."
            f"{did_you_mean(region, partitions())}"
        )
    elif settings.mode is Mode.SIMULATED:
        try:
            deployment_of(settings.policy)
        except BadOptions as error:
            yield from (f"{settings.policy_path} cannot be rehearsed: {line}" for line in str(error).splitlines())


def _folder(reports: Path) -> Iterator[str]:
    advice = "Name another folder with --reports DIR"
    try:
        nearest = next(path for path in (reports, *reports.absolute().parents) if path.exists())
    except OSError as error:
        yield f"{advice}: {reports} cannot be reached: {error.strerror}"
        return
    if not nearest.is_dir():
        yield f"{advice}: {nearest} is a file"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        yield f"{advice}: nothing can be written to {nearest}"


def _baseline(settings: Settings) -> Iterator[str]:
    try:
        if settings.taking_baseline:
            refuse_to_displace(settings.baseline_path, settings.stage)
        elif _rests_on_a_file(settings):
            open_baseline(settings, settings.baseline_path)
    except BadEvidence as error:
        yield str(error)


def _rests_on_a_file(settings: Settings) -> bool:
    # Where no file is named, a rehearsal takes its own baseline, and Classic has its template's last run.
    if settings.reconstruct or settings.mode is Mode.RECORDED:
        return False
    named = settings.baseline is not None
    return named or (settings.mode is Mode.LIVE and settings.engine is not Engine.CLASSIC)
