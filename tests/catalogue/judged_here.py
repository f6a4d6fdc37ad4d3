"""A simulated world, collected and judged in this process: every check, without a run of pytest and a report."""

import importlib
import inspect
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from postpatch.errors import CouldNotCheck
from postpatch.model import Judgement
from postpatch.run.collection import Collection
from postpatch.run.deployment import deployment_of
from postpatch.run.evidence import AwsEvidence
from postpatch.run.progress import Progress
from postpatch.run.session import Session
from postpatch.run.settings import Options, Settings, resolve
from postpatch.run.steps.hybrid import hybrid_of
from postpatch.run.steps.order import AWS_STEPS
from postpatch.simulator import Simulator, World
from postpatch.verdict.case import Case
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.hybrid import left_out, of_inspector, without_nodes
from tests.suite.world_policies import in_toml

ROOT = Path(__file__).parents[2]
_MODULES = ("findings", "patching", "scan", "target", "task", "window")
# What a run has once its baseline was taken and its hosts were patched.
_PHASES = ("rehearsal.json", "baseline.ndjson.gz", "baseline.manifest.json")
Judged = Mapping[str, Judgement | CouldNotCheck]


def judge(world: World, folder: Path) -> dict[str, bool | None]:
    """Play a world, look at it and judge it; return whether each check holds, and None where it could not be judged."""
    judged = judge_all(collect_in(world, folder))
    return {check: None if isinstance(one, CouldNotCheck) else one.holds for check, one in judged.items()}


def judge_all(collection: Collection) -> Judged:
    """Return what became of each check, by its id: its judgement, or why it could not be judged."""
    judgements: dict[str, Judgement | CouldNotCheck] = {}
    assessed = {check.id for check in CHECKS} - left_out(collection.session.settings.policy)
    for module in _MODULES:
        for check in vars(importlib.import_module(f"tests_verify.test_{module}")).values():
            for mark in getattr(check, "pytestmark", ()):
                if mark.name == "check" and mark.args[0] in assessed:
                    judgements[mark.args[0]] = _judge(mark.args[0], check, collection)
    assert set(judgements) == assessed
    return judgements


def collect_in(world: World, folder: Path, policy: str = "") -> Collection:
    """Return a collection in a world that begins now, of which nothing was collected yet.

    `policy` is the text of the policy; without it the one that fits the world counts.
    """
    path = folder / "policy.toml"
    path.write_text(policy or in_toml(world.policy), encoding="utf-8")
    engine = "classic" if world.engine == "classic" else ""
    settings = resolve(
        Options(folder=folder, home=ROOT, aws="simulated", inspector=engine, policy=str(path), reports=str(folder))
    )
    session = Session(settings, Progress(), calls=folder / "calls.ndjson")
    evening = (datetime.now(UTC) - timedelta(days=2)).replace(hour=21, minute=0, second=0, microsecond=0)
    vars(session)["simulator"] = Simulator(world, evening, deployment_of(settings.policy))
    return _collection(folder, session)


def verify_again(collection: Collection, folder: Path) -> Collection:
    """Return a collection by who verifies once more in the same world, after the phases that were collected there."""
    for name in _PHASES:
        shutil.copyfile(collection.folder / name, folder / name)
    return _collection(folder, collection.session)


def _collection(folder: Path, session: Session) -> Collection:
    return Collection(folder, AWS_STEPS, list(AWS_STEPS), shared=False, session=session, evidence=AwsEvidence)


def _judge(check_id: str, check: Any, collection: Collection) -> Judgement | CouldNotCheck:
    told: list[Judgement] = []
    values = {name: _value(name, collection) for name in inspect.signature(check).parameters if name != "prove"}
    try:
        check(told.append, **{name: read() for name, read in values.items()})
    except CouldNotCheck as error:
        return error
    judgement = told[0]
    if collection.session.settings.policy.scope.hybrid and of_inspector(check_id):
        judgement = without_nodes(judgement, hybrid_of(collection))
    return judgement if judgement.checked else CouldNotCheck(judgement.reason)


def _value(name: str, collection: Collection) -> Any:
    """Return what reads the value of a fixture of the checks."""
    settings: Settings = collection.session.settings
    if name == "policy":
        return lambda: settings.policy
    if name == "hybrid":
        return lambda: hybrid_of(collection)
    if name == "suppression":
        return lambda: _suppression(collection.case)
    owner = collection.case if hasattr(Case, name) else collection.case.evidence
    return lambda: getattr(owner, name)


def _suppression(case: Case) -> Any:
    case.evidence.suppression  # noqa: B018 - as its fixture does: raises where the rules could not be listed
    return case.suppression
