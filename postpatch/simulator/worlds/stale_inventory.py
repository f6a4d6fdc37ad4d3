"""As `workshop`, but one node's agent cannot capture inventory any more, and eight days went by.

It is online, it was patched, and it reports its patch state; Inspector knows its packages as they were.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_break(aws: "Simulator") -> None:
    """Patch as the tutorial says, while one node's inventory plugin is broken; verify eight days later."""
    if not aws.world.fixed:
        workshop.nodes(aws)[0].inventory_plugin = False
    workshop.install_patches(aws)
    aws.clock.advance(timedelta(days=8))


WORLD = World(
    name="stale-inventory",
    story="One node's agent is online and sends no inventory: what Inspector knows is eight days old.",
    red=frozenset({"SCAN-1", "SCAN-2"}),
    deploy=workshop.deploy,
    remediate=patch_then_break,
)
