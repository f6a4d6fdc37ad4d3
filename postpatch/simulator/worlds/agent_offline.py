"""As `workshop`, but after the patch round one node's agent went silent: nobody can look whether it helped."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_lose_the_agent(aws: "Simulator") -> None:
    """Patch as the tutorial says; then one node's agent dies, and sends no inventory any more."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        workshop.nodes(aws)[0].online = False


WORLD = World(
    name="agent-offline",
    story="All hosts were patched, then one node's agent went offline: nobody can look at it.",
    red=frozenset({"SCAN-1", "SCAN-2", "TGT-2"}),
    deploy=workshop.deploy,
    remediate=patch_then_lose_the_agent,
)
