"""As `workshop`, but the red team's host runs Windows and undoes the month's update when it reboots.

Run Command reports success, the nightly Scan lists the update as missing, and Inspector reports it by the same KB id.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import other_systems, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

UPDATE, NOT_RELEASED = "KB5044281", "KB5046616"


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a Windows host, at a time when the update is the latest."""
    other_systems.deploy(aws, "windows-server-2022", without=NOT_RELEASED)
    workshop.red_team_host(aws).reverts = frozenset() if aws.world.fixed else frozenset({UPDATE})


def install_and_scan(aws: "Simulator") -> None:
    """Patch all hosts, which reboot, and have the nightly Scan run."""
    other_systems.install_patches(aws)
    workshop.run_patch_baseline(aws, "Scan")


WORLD = World(
    name="windows-kb-missing",
    story="A Windows host undid the month's update when it rebooted: Patch Manager and Inspector both miss the KB.",
    red=frozenset({"FIND-4", "FIND-5"}),
    deploy=deploy,
    remediate=install_and_scan,
)
