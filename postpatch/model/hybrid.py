"""Hybrid nodes: machines outside EC2 that Systems Manager manages."""

from dataclasses import dataclass

from postpatch.model.patching import PatchBaseline, Patching
from postpatch.model.scope import Host


def is_hybrid(host: str) -> bool:
    """Return whether an id is a hybrid node's (`mi-…`) and not an EC2 instance's (`i-…`)."""
    return host.startswith("mi-")


@dataclass(frozen=True)
class HybridNodes:
    """The hybrid nodes in scope, and what Patch Manager reports about them; empty where the policy has none.

    The `state` of each is its ping status: Online, ConnectionLost or Inactive. `baselines` are the patch baselines that
    their patch states name. Of those that the baseline of the findings notes, `left` are registered and no longer in
    scope, and `deregistered` no longer known to Systems Manager.
    """

    nodes: tuple[Host, ...] = ()
    patching: Patching | None = None
    baselines: tuple[PatchBaseline, ...] = ()
    left: tuple[str, ...] = ()
    deregistered: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the nodes, in order."""
        return tuple(node.id for node in self.nodes)
