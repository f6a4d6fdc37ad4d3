"""The step about hybrid nodes: `[scope] hybrid`, off unless the policy switches it on."""

from functools import partial

from postpatch.aws.hybrid import hybrid_in_scope
from postpatch.aws.patch_baselines import read_baseline
from postpatch.aws.patch_manager import managed_hosts
from postpatch.aws.patch_manager import patching as read_patching
from postpatch.model import Host, HybridNodes, Mode, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.session import Session
from postpatch.run.steps.hosts import after_running


def hybrid(collection: Collection) -> HybridNodes:
    """Return the hybrid nodes in scope, with what Patch Manager reports about them since the baseline."""
    session, policy = collection.session, collection.session.settings.policy
    if not policy.scope.hybrid:
        return HybridNodes()
    baseline: Snapshot = collection.value("baseline")
    nodes = nodes_now(session)
    read = partial(read_patching, session.connection, nodes, baseline.manifest.taken_at, policy.task.command)
    patching = after_running(session, read)
    decided = sorted({state.baseline for state in patching.states})
    missing = set(baseline.manifest.hybrid_nodes or ()) - {node.id for node in nodes}
    registered = {one.host for one in managed_hosts(session.connection, missing)}
    return HybridNodes(
        nodes,
        patching,
        baselines=tuple(read_baseline(session.connection, one) for one in decided),
        left=tuple(sorted(missing & registered)),
        deregistered=tuple(sorted(missing - registered)),
    )


def nodes_now(session: Session) -> tuple[Host, ...]:
    """Return the hybrid nodes in scope at this moment; none unless the policy has them."""
    policy = session.settings.policy.scope
    return hybrid_in_scope(session.connection, policy.scope) if policy.hybrid else ()


def hybrid_of(collection: Collection) -> HybridNodes:
    """Return the hybrid nodes that the run judges; two files have none, and an old pack has no such step."""
    settings = collection.session.settings
    if not settings.policy.scope.hybrid or settings.mode is Mode.RECORDED:
        return HybridNodes()
    found: HybridNodes = collection.value("hybrid")
    return found
