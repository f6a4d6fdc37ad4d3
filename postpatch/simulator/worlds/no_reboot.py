"""The reboot that never came: as `workshop`, but the patches were installed with RebootOption NoReboot."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def install_without_reboot(aws: "Simulator") -> None:
    """Install everything, and leave the hosts running: the old kernel stays in memory."""
    workshop.approve_everything(aws)
    workshop.run_patch_baseline(aws, "Install", **aws.world.defect(reboot="NoReboot"))


WORLD = World(
    name="no-reboot",
    story="Everything was installed with NoReboot, and nobody rebooted: the old kernel still runs.",
    red=frozenset({"PATCH-2", "FIND-4"}),
    deploy=workshop.deploy,
    remediate=install_without_reboot,
)
