"""As `workshop`, but one node's agent was silent during the patch round; in the morning it answers as if nothing was.

The command to it timed out; it is scanned like the others, and all hosts together have fewer findings than before.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_while_one_sleeps(aws: "Simulator") -> None:
    """Patch as the tutorial says while one node's agent hangs; hours later its watchdog restarts it."""
    node = workshop.nodes(aws)[0]
    node.online = aws.world.fixed
    workshop.install_patches(aws)

    def wake() -> None:
        node.online = True

    aws.clock.after(timedelta(hours=4), wake)


WORLD = World(
    name="slept-through",
    story="One node's agent hung through the patch round, and was back by the morning.",
    red=frozenset({"PATCH-1", "PATCH-2", "FIND-4"}),
    deploy=workshop.deploy,
    remediate=patch_while_one_sleeps,
)
