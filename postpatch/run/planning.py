"""`--plan`: ask AWS what a run would find, start and create, print it, and write nothing at all."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from postpatch.errors import COULD_NOT_CHECK, CouldNotCheck
from postpatch.model import Caller, Host, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.engines import ENGINES
from postpatch.run.evidence import AwsEvidence
from postpatch.run.plan import described, plan_of
from postpatch.run.progress import Progress
from postpatch.run.resuming import take_up
from postpatch.run.session import Session
from postpatch.run.settings import Settings
from postpatch.run.steps.hosts import hosts_now, members_now
from postpatch.run.steps.hybrid import nodes_now
from postpatch.run.steps.order import AWS_STEPS
from postpatch.run.steps.preflight import Preflight
from postpatch.run.steps.window import withheld


def show_plan(settings: Settings, say: Callable[[str], None]) -> int:
    """Say what the run would do, and return 0; 10 with every problem where it could not do so. AWS is only read."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session(settings, Progress(), taking_baseline=settings.taking_baseline)
        session.connection.refuse_writes()
        needed = ["launch"] if settings.taking_baseline else [*AWS_STEPS]
        collection = Collection(Path(folder), AWS_STEPS, needed, shared=False, session=session, evidence=AwsEvidence)
        try:
            for line in _plan(collection):
                say(line)
        except CouldNotCheck as error:
            say(str(error))
            return COULD_NOT_CHECK
    return 0


def _plan(collection: Collection) -> Iterator[str]:
    session = collection.session
    settings: Settings = session.settings
    caller: Caller = collection.value("account")
    yield f"account {caller.account}, region {caller.region}, as {caller.arn}"
    checked: Preflight = collection.value("preflight")
    yield f"permissions: {checked.permissions}"
    if settings.taking_baseline:
        if not settings.policy.scope.nodes_alone:
            ENGINES[settings.engine].require_ready(session, caller)
        hosts = hosts_now(session, members_now(session))
        yield _naming(session, hosts)
        plan = plan_of(session, caller, hosts, launches=not settings.policy.scope.nodes_alone, window=False)
    else:
        baseline: Snapshot = collection.value("baseline")
        hosts = collection.value("hosts")
        yield _naming(session, hosts)
        yield f"baseline: of {baseline.manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC, {baseline.manifest.rows} rows"
        launches = not (settings.policy.scope.nodes_alone or take_up(collection))
        plan = plan_of(session, caller, hosts, launches=launches, window=True)
    reason = withheld(settings, session.connection.clock()) if plan.create else ""
    yield from described(plan, session, reason)
    yield "Nothing was started or created: this was the plan."


def _naming(session: Session, hosts: tuple[Host, ...]) -> str:
    settings: Settings = session.settings
    every = (*hosts, *nodes_now(session))
    named = ", ".join(f"{host.id} ({host.name})" if host.name else host.id for host in every)
    return f"hosts of {settings.policy.scope.scope}: {named}"
