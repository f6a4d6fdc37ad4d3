"""The step of the account: who calls AWS, and what this run is going to do there."""

from postpatch.aws.live import require_account
from postpatch.model import Caller, Mode
from postpatch.policy import Policy
from postpatch.run.collection import Collection
from postpatch.run.session import Session


def account(collection: Collection) -> Caller:
    """Return the caller; in `live` mode refuse an account that is not the policy's before anything is created."""
    session = collection.session
    caller = session.connection.caller()
    if session.settings.mode is Mode.LIVE:
        require_account(caller, session.settings.policy.scope.account)
        _announce_plan(session, caller)
    return caller


def _announce_plan(session: Session, caller: Caller) -> None:
    policy = session.settings.policy
    session.progress.say(f"account {caller.account}, region {caller.region}, as {caller.arn}")
    if session.settings.read_only:
        session.progress.say("plan: read only; start and create nothing")
        return
    if policy.scope.nodes_alone:
        then = "" if session.taking_baseline else f", and {_creation(policy)}"
        session.progress.say(f"plan: assess nothing, as {policy.scope.scope} has hybrid nodes alone{then}")
        return
    if session.taking_baseline:
        session.progress.say(f"plan: assess {policy.scope.scope} and save its findings; no window is created")
        return
    session.progress.say(
        f"plan: assess {policy.scope.scope} again, and {_creation(policy)}; nothing that exists is changed"
    )


def _creation(policy: Policy) -> str:
    if policy.creates:
        return f"create {policy.recurs_by}, its target and its task if they do not exist"
    return f"create nothing: {policy.recurs_by} must exist"
