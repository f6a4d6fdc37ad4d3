"""The steps about the hosts: which are in scope, and what patching did on them."""

from postpatch.aws.hosts import hosts_in_scope
from postpatch.aws.leftovers import leftovers as read_leftovers
from postpatch.aws.patch_manager import patching as read_patching
from postpatch.model import DeltaClass, Host, Leftovers, Patching, Snapshot
from postpatch.run.collection import Collection
from postpatch.verdict.causes.kinds import Kind, kind_of, of_the_system


def hosts(collection: Collection) -> tuple[Host, ...]:
    """Return the hosts in scope now, after patching."""
    collection.value("account")
    collection.value("rehearsal")
    session = collection.session
    return hosts_in_scope(session.connection, session.settings.policy.scope.scope)


def patching(collection: Collection) -> Patching:
    """Return what Patch Manager and Run Command report about the hosts since the baseline."""
    baseline: Snapshot = collection.value("baseline")
    return read_patching(collection.session.connection, collection.value("hosts"), baseline.manifest.taken_at)


def leftovers(collection: Collection) -> Leftovers:
    """Return what Patch Manager reports about hosts with a remaining fixable finding; other hosts are not queried."""
    patching: Patching = collection.value("patching")
    baseline: Snapshot = collection.value("baseline")
    fixable: dict[str, set[str]] = {}
    for one in collection.case.delta.active(DeltaClass.REMAINING):
        if kind_of(one) is Kind.PATCHABLE:
            fixable.setdefault(one.host, set()).update(package.name for package in of_the_system(one))
    return read_leftovers(collection.session.connection, fixable, patching.states, baseline.manifest.taken_at)
