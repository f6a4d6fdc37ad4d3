"""As `workshop`, but Patch Manager leaves the kernel alone on a node, and somebody installs the new one afterwards.

Nobody reboots the node. Patch Manager's report is older than that, and says that nothing waits for a reboot.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_and_install_kernel(aws: "Simulator") -> None:
    """Patch all hosts, of one all but the kernel; then install the kernel there as `dnf upgrade kernel` does."""
    node, other = workshop.nodes(aws)
    node.excludes = frozenset({"kernel"})
    workshop.install_patches(aws)
    kernel = other.newest("kernel")
    if kernel:
        node.install(replace(kernel, installed_at=aws.now()))
    if aws.world.fixed:
        node.boot(aws.now())


WORLD = World(
    name="kernel-by-hand",
    story="A new kernel was installed by dnf after the patch run, and the old one still runs.",
    red=frozenset({"FIND-4"}),
    deploy=workshop.deploy,
    remediate=patch_and_install_kernel,
)
