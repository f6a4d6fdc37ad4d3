"""The step about hybrid nodes: `[scope] hybrid`, off unless the policy switches it on."""

from functools import partial

from postpatch.aws.hybrid import hybrid_in_scope
from postpatch.aws.patch_manager import patching as read_patching
from postpatch.model import HybridNodes, Mode, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.steps.hosts import after_running


def hybrid(collection: Collection) -> HybridNodes:
    """Return the hybrid nodes in scope, with what Patch Manager reports about them since the baseline."""
    session, policy = collection.session, collection.session.settings.policy
    if not policy.scope.hybrid:
        return HybridNodes()
    baseline: Snapshot = collection.value("baseline")
    nodes = hybrid_in_scope(session.connection, policy.scope.scope)
    read = partial(read_patching, session.connection, nodes, baseline.manifest.taken_at, policy.task.document)
    return HybridNodes(nodes, after_running(session, read))


def hybrid_of(collection: Collection) -> HybridNodes:
    """Return the hybrid nodes that the run judges; two files have none, and an old pack has no such step."""
    settings = collection.session.settings
    if not settings.policy.scope.hybrid or settings.mode is Mode.RECORDED:
        return HybridNodes()
    found: HybridNodes = collection.value("hybrid")
    return found
