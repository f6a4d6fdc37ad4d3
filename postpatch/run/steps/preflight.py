"""The step before the first write: whatever AWS can be asked first is asked, and all that is wrong is said at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from postpatch.aws.permissions import denied
from postpatch.errors import CouldNotCheck
from postpatch.model import Caller, Mode
from postpatch.run.collection import Collection
from postpatch.run.engines import ENGINES
from postpatch.run.plan import needed, plan_of


@dataclass(frozen=True)
class Preflight:
    """What was checked before anything was written; `permissions` says in a sentence how far IAM was asked."""

    permissions: str = ""


def preflight(collection: Collection) -> Preflight:
    """Require hosts, baseline, Inspector and permissions; CouldNotCheck holds every problem, and nothing is written."""
    session = collection.session
    caller: Caller = collection.value("account")
    # Taking a baseline requires hosts and Inspector itself, and no rehearsal may move on to the next morning for it.
    problems = [] if session.taking_baseline else [*_not_ready(collection, caller)]
    asked = "not asked for: nothing of AWS itself is changed"
    if session.settings.mode is Mode.LIVE and not session.settings.read_only:
        asked, lacking = _permissions(collection, caller)
        problems += lacking
    if problems:
        raise CouldNotCheck("\n".join(dict.fromkeys(problems)))
    return Preflight(asked)


def _not_ready(collection: Collection, caller: Caller) -> Iterator[str]:
    collection.value("rehearsal")
    session = collection.session
    ready = ENGINES[session.settings.engine].require_ready
    required: list[Callable[[], object]] = [lambda: collection.value("hosts")]
    if not session.settings.policy.scope.nodes_alone:
        required.append(lambda: ready(session, caller))
    if "baseline" in collection.needed:
        required.append(lambda: collection.value("baseline"))
    for require in required:
        try:
            require()
        except CouldNotCheck as error:
            yield str(error)


def _permissions(collection: Collection, caller: Caller) -> tuple[str, list[str]]:
    session = collection.session
    taking = session.taking_baseline
    launches, window = taking or "launch" in collection.needed, "window" in collection.needed
    launches &= not session.settings.policy.scope.nodes_alone
    plan = plan_of(session, caller, launches=launches, window=window)
    try:
        lacking = denied(session.connection, caller, needed(plan, caller))
    except CouldNotCheck as error:
        asked = f"permissions were not checked beforehand. {error}"
        session.progress.say(asked)
        return asked, []
    wanted = [f"Allow {', '.join(lacking)} to {caller.arn}: IAM says that its policies do not."] if lacking else []
    return "allowed, as IAM simulates the caller's policies", wanted
