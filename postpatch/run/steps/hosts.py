"""The steps about the hosts: which are in scope, and what patching did on them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from postpatch.aws.hosts import PRESENT, hosts_by_id, hosts_in_scope
from postpatch.aws.hybrid import require_nodes_alone
from postpatch.aws.images import images as read_images
from postpatch.aws.leftovers import leftovers as read_leftovers
from postpatch.aws.patch_manager import patching as read_patching
from postpatch.aws.scope import scope_members
from postpatch.aws.session import asking
from postpatch.aws.waiting import attempts_in, wait
from postpatch.aws.warm_pools import waiting_in_warm_pools
from postpatch.errors import CouldNotCheck
from postpatch.model import APPEARED, Finding, Host, Images, Leftovers, Patching, ScopeMembers, Snapshot
from postpatch.policy import PATCH_POLICY, Policy
from postpatch.run.collection import Collection
from postpatch.run.session import Session
from postpatch.verdict.causes.kinds import Kind, kind_of, of_the_system
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import count, naming
from postpatch.verdict.remaining import REMAINING


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
    members = scope_members(session.connection, policy.scope, nested=policy.nested)
    if not policy.leave_out_warm_pools:
        return members
    found = hosts_in_scope(session.connection, policy.scope, members, hybrid=bool(policy.hybrid))
    return replace(members, warm=waiting_in_warm_pools(session.connection, found))


def hosts_now(session: Session, members: ScopeMembers) -> tuple[Host, ...]:
    """Return the hosts in scope at this moment; those with the policy's tag are replaced by an image.

    There is none where the policy has hybrid nodes alone.
    """
    policy = session.settings.policy.scope
    if policy.nodes_alone:
        require_nodes_alone(session.connection, policy.scope)
        return ()
    mark = policy.replaced_by_image
    every = hosts_in_scope(session.connection, policy.scope, members, hybrid=bool(policy.hybrid))
    found = tuple(host for host in every if host.id not in members.warm)
    if not found:
        raise CouldNotCheck(f"Correct [scope] in the policy: every host of {policy.scope} waits in a warm pool.")
    if mark is None:
        return found
    return tuple(replace(host, replaced_by_image=(mark.key, mark.value) in host.tags) for host in found)


def images(collection: Collection) -> Images | None:
    """Return the proven image, and when the hosts' images were created; None where the policy names none."""
    session = collection.session
    policy, caller = session.settings.policy.image, collection.value("account")
    if policy is None:
        return None
    return read_images(session.connection, caller.account, policy.source, collection.value("hosts"))


def departed(collection: Collection) -> tuple[Host, ...]:
    """Return the hosts of the baseline that exist and are no longer in scope; asked only where hosts may change."""
    session = collection.session
    if not session.settings.policy.scope.hosts_may_change:
        return ()
    baseline: Snapshot = collection.value("baseline")
    hosts: tuple[Host, ...] = collection.value("hosts")
    gone = {host.id for host in baseline.manifest.hosts if host.present} - {host.id for host in hosts}
    gone -= set(collection.value("scope").warm)  # a group that shrinks may take a host back into its pool
    with asking("which hosts of the baseline still exist"):
        return tuple(host for host in hosts_by_id(session.connection, gone) if host.state in PRESENT)


def patching(collection: Collection) -> Patching:
    """Return what Patch Manager and Run Command report about the hosts since the baseline."""
    baseline: Snapshot = collection.value("baseline")
    session = collection.session
    document = session.settings.policy.task.command
    hosts: tuple[Host, ...] = collection.value("hosts")
    read = partial(read_patching, session.connection, hosts, baseline.manifest.taken_at, document)
    return after_running(session, read)


def after_running(session: Session, read: Callable[[], Patching]) -> Patching:
    """Return what is reported once no installation is under way on a host any more, or at the limit of the wait."""
    minutes, last = session.settings.policy.wait.minutes, read()

    def poll() -> dict[str, Any]:
        nonlocal last
        last = read()
        running = last.running
        session.progress.say(f"waiting for an installation on {count(len(running), 'host')}: {naming(running)}")
        return {"state": "PENDING" if running else "DONE"}

    if last.running and not session.connection.read_only:
        delay = session.connection.poll_seconds
        wait("InstallationsEnded", poll, delay=delay, attempts=attempts_in(minutes, delay))
    return last


def leftovers(collection: Collection) -> Leftovers:
    """Return what Patch Manager reports about hosts with a fixable finding that remains, is new or is suppressed."""
    patching: Patching = collection.value("patching")
    managed = {host.host for host in patching.managed if host.ping == "Online"}
    return leftovers_of(collection, fixable_packages(collection.case.delta), patching, managed)


def leftovers_of(
    collection: Collection, fixable: dict[str, set[str]], patching: Patching, managed: Iterable[str]
) -> Leftovers:
    """Return what Patch Manager reports about hosts with fixable packages, as of the patching that was read."""
    baseline: Snapshot = collection.value("baseline")
    connection, since = collection.session.connection, baseline.manifest.taken_at
    overrides = _overrides(collection.session.settings.policy, patching, fixable)
    return read_leftovers(connection, fixable, patching.states, since, frozenset(managed), overrides)


def fixable_packages(delta: Delta) -> dict[str, set[str]]:
    """Return, by host, the names of the packages with a fixable finding that remains, is new or is suppressed."""
    fixable: dict[str, set[str]] = {}
    active = delta.listed.like(_is_patchable, *REMAINING, *APPEARED)
    for one in chain(active, filter(_is_patchable, delta.hidden.findings())):
        fixable.setdefault(one.host, set()).update(package.name for package in of_the_system(one))
    return fixable


def _is_patchable(finding: Finding) -> bool:
    return kind_of(finding) is Kind.PATCHABLE


def _overrides(policy: Policy, patching: Patching, hosts: Iterable[str]) -> dict[str, str]:
    # Where the policy names a baseline, an override explains only if TASK-2 proves that it is a copy of that baseline.
    if policy.patching.baseline and policy.recurring.by != PATCH_POLICY:
        return {}
    return {host: place for host in hosts if (place := patching.baseline_override(host))}
