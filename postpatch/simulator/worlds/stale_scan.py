"""As `workshop`, but Inspector lags: one node's inventory arrived after the patch round and lies unread.

The node is covered and its scan active, but the time of its last scan lies before its patching.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_while_inspector_lags(aws: "Simulator") -> None:
    """Patch as the tutorial says; of one node Inspector evaluates nothing from then on."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.scanner.behind.add(workshop.nodes(aws)[0].instance_id)


WORLD = World(
    name="stale-scan",
    story="Inspector lags: the last scan of one node is older than its patching.",
    red=frozenset({"SCAN-1", "SCAN-2"}),
    deploy=workshop.deploy,
    remediate=patch_while_inspector_lags,
)
