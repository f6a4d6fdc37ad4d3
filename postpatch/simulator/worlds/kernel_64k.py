"""As `workshop`, but the red team's host runs RHEL 9 on Graviton, and its boot loader starts the old 64k kernel.

The new one is installed beside it and Patch Manager has nothing more to report: what runs is the old one.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import other_systems, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a host of RHEL 9; somebody had once run `grubby --set-default` on it."""
    other_systems.deploy(aws, "rhel-9/kernel-64k")
    host = workshop.red_team_host(aws)
    host.boot_entry = None if aws.world.fixed else host.running_kernel


WORLD = World(
    name="kernel-64k",
    story="On RHEL 9 a new kernel-64k-core is installed, and the old one still runs.",
    red=frozenset({"FIND-4"}),
    deploy=deploy,
    remediate=other_systems.install_patches,
)
