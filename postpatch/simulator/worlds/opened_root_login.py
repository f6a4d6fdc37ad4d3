"""As `workshop`, but during the night somebody let root log in to a web node over SSH.

The packages are patched. No count of findings shows it: a CIS check has no severity.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_open(aws: "Simulator") -> None:
    """Patch as the tutorial says; then edit sshd's settings on one node."""
    workshop.install_patches(aws)
    workshop.nodes(aws)[0].settings.update(aws.world.defect(**{"sshd.PermitRootLogin": "yes"}))


WORLD = World(
    name="opened-root-login",
    story="Everything was patched, and during the night root login over SSH was opened on a web node.",
    red=frozenset({"FIND-8"}),
    deploy=workshop.deploy,
    remediate=patch_then_open,
)
