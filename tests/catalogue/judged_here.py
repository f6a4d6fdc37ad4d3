"""A simulated world, collected and judged in this process: every check, without a run of pytest and a report."""

import importlib
import inspect
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from postpatch.errors import CouldNotCheck
from postpatch.model import HybridNodes, Judgement
from postpatch.run.collection import Collection
from postpatch.run.deployment import deployment_of
from postpatch.run.evidence import AwsEvidence
from postpatch.run.progress import Progress
from postpatch.run.session import Session
from postpatch.run.settings import Options, Settings, resolve
from postpatch.run.steps.order import AWS_STEPS
from postpatch.simulator import Simulator, World
from postpatch.verdict.case import Case
from postpatch.verdict.checks import CHECKS

ROOT = Path(__file__).parents[2]
_MODULES = ("findings", "patching", "scan", "target", "task", "window")


def judge(world: World, folder: Path) -> dict[str, bool | None]:
    """Play a world, look at it and judge it; return whether each check holds, and None where it could not be judged."""
    collection = _collection(world, folder)
    judgements: dict[str, bool | None] = {}
    for module in _MODULES:
        for check in vars(importlib.import_module(f"tests_verify.test_{module}")).values():
            for mark in getattr(check, "pytestmark", ()):
                if mark.name == "check":
                    judgements[mark.args[0]] = _judge(check, collection)
    assert set(judgements) == {check.id for check in CHECKS}
    return judgements


def _collection(world: World, folder: Path) -> Collection:
    options = Options(folder=folder, home=ROOT, aws="simulated", world="workshop", reports=str(folder / "reports"))
    settings = resolve(options)
    session = Session(settings, Progress(), calls=folder / "calls.ndjson")
    evening = (datetime.now(UTC) - timedelta(days=2)).replace(hour=21, minute=0, second=0, microsecond=0)
    vars(session)["simulator"] = Simulator(world, evening, deployment_of(settings.policy))
    needed = list(AWS_STEPS)
    return Collection(folder, AWS_STEPS, needed, shared=False, session=session, evidence=AwsEvidence)


def _judge(check: Any, collection: Collection) -> bool | None:
    told: list[Judgement] = []
    values = {name: _value(name, collection) for name in inspect.signature(check).parameters if name != "prove"}
    try:
        check(told.append, **{name: read() for name, read in values.items()})
    except CouldNotCheck:
        return None
    return told[0].holds if told[0].checked else None


def _value(name: str, collection: Collection) -> Any:
    """Return what reads the value of a fixture of the checks."""
    settings: Settings = collection.session.settings
    if name == "policy":
        return lambda: settings.policy
    if name == "hybrid":
        return HybridNodes
    owner = collection.case if hasattr(Case, name) else collection.case.evidence
    return lambda: getattr(owner, name)
