"""Nobody installed anything: only the nightly scan ran."""

from typing import TYPE_CHECKING

from ..world import World
from .workshop import deploy, install_patches, run_patch_baseline

if TYPE_CHECKING:
    from ..simulator import Simulator


def scan_only(aws: "Simulator") -> None:
    """Run the nightly Scan that Quick Setup schedules; nobody sends an Install."""
    run_patch_baseline(aws, "Scan", reboot="NoReboot")


def leave_unpatched(aws: "Simulator") -> None:
    """Have a night in which the Scan ran, and nothing else."""
    if aws.world.fixed:
        install_patches(aws)
    scan_only(aws)


WORLD = World(
    name="unpatched",
    story="The patch round never happened: only the nightly scan ran, and nothing was installed.",
    red=frozenset({"PATCH-1", "FIND-1", "FIND-4"}),
    deploy=deploy,
    remediate=leave_unpatched,
)
