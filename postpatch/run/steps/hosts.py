"""The steps that tell of the hosts: which are in scope, and what the patch round did to them."""

from dataclasses import replace

from postpatch.aws.hosts import hosts_in_scope
from postpatch.aws.leftovers import leftovers as read_leftovers
from postpatch.aws.patch_manager import patching as read_patching
from postpatch.aws.scope import scope_members
from postpatch.model import DeltaClass, Host, Leftovers, Patching, ScopeMembers, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.session import Session
from postpatch.verdict.causes.kinds import Kind, kind_of, of_the_system


def scope(collection: Collection) -> ScopeMembers:
    """Return the instances that the scope names now, after patching."""
    collection.value("account")
    collection.value("rehearsal")
    return members_now(collection.session)


def hosts(collection: Collection) -> tuple[Host, ...]:
    """Return the hosts in scope now, after patching."""
    return hosts_now(collection.session, collection.value("scope"))


def members_now(session: Session) -> ScopeMembers:
    """Return the instances that the policy's scope names at this moment."""
    policy = session.settings.policy.scope
    return scope_members(session.connection, policy.scope, nested=policy.nested)


def hosts_now(session: Session, members: ScopeMembers) -> tuple[Host, ...]:
    """Return the hosts in scope at this moment; those with the policy's tag are replaced by an image."""
    policy = session.settings.policy.scope
    mark = policy.replaced_by_image
    found = hosts_in_scope(session.connection, policy.scope, members)
    if mark is None:
        return found
    return tuple(replace(host, replaced_by_image=(mark.key, mark.value) in host.tags) for host in found)


def patching(collection: Collection) -> Patching:
    """Return what Patch Manager and Run Command tell of the hosts since the baseline."""
    baseline: Snapshot = collection.value("baseline")
    return read_patching(collection.session.connection, collection.value("hosts"), baseline.manifest.taken_at)


def leftovers(collection: Collection) -> Leftovers:
    """Return what Patch Manager tells of the hosts on which a fixable finding remains; no others are asked about."""
    patching: Patching = collection.value("patching")
    baseline: Snapshot = collection.value("baseline")
    fixable: dict[str, set[str]] = {}
    for one in collection.case.delta.active(DeltaClass.REMAINING):
        if kind_of(one) is Kind.PATCHABLE:
            fixable.setdefault(one.host, set()).update(package.name for package in of_the_system(one))
    return read_leftovers(collection.session.connection, fixable, patching.states, baseline.manifest.taken_at)
