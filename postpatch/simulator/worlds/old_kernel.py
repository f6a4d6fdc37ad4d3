"""As `workshop`, but on the nodes the boot loader had been told to start the old kernel, whichever is newest.

Patch Manager installs and reboots and has nothing more to report; no count of pending reboots shows it.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop; after an outage, somebody had once run `grubby --set-default` on the nodes."""
    workshop.deploy(aws)
    for host in [] if aws.world.fixed else workshop.nodes(aws):
        host.boot_entry = host.running_kernel


WORLD = World(
    name="old-kernel",
    story="Patched and rebooted, but the nodes' boot loader is pinned to the old kernel.",
    red=frozenset({"FIND-4"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
