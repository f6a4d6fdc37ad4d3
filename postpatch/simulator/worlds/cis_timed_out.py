"""As `workshop`, but Inspector's plugin hangs on the red team's host: the CIS scan completes without it.

Its packages are scanned, for those the agent's inventory is enough; that root may log in is not seen any more.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_lose_the_plugin(aws: "Simulator") -> None:
    """Patch as the tutorial says; after the reboot, Inspector's plugin on the red team's host does not answer."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        workshop.red_team_host(aws).inspector_plugin = False


WORLD = World(
    name="cis-timed-out",
    story="The CIS scan completed, but timed out on one host: its root login is not seen, nor fixed.",
    red=frozenset({"SCAN-3"}),
    deploy=workshop.deploy,
    remediate=patch_then_lose_the_plugin,
)
