"""The step of the account: who asks AWS, and what this run is going to do there."""

from postpatch.aws.live import require_account
from postpatch.model import Caller, Mode
from postpatch.run.collection import Collection
from postpatch.run.session import Session


def account(collection: Collection) -> Caller:
    """Return who looks; in `live` refuse before anything is created or started in an account the policy is not for."""
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
        session.progress.say("plan: read, and start or create nothing")
        return
    if session.taking_baseline:
        session.progress.say(f"plan: have {policy.scope.scope} assessed, and keep its findings; no window is created")
        return
    session.progress.say(
        f"plan: have {policy.scope.scope} assessed again, and create window {policy.window.name}, target "
        f"{policy.target.name} and task {policy.task.name} where they are absent; nothing that stands is changed"
    )
