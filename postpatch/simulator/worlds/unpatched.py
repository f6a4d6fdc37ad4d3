"""Nobody installed anything: only the nightly scan ran."""

from typing import TYPE_CHECKING

from ..world import World
from .workshop import deploy, run_patch_baseline

if TYPE_CHECKING:
    from ..simulator import Simulator


def scan_only(aws: "Simulator") -> None:
    """Run the nightly Scan that Quick Setup schedules; nobody sends an Install."""
    run_patch_baseline(aws, "Scan", reboot="NoReboot")


WORLD = World(
    name="unpatched",
    story="The patch round never happened: only the nightly scan ran, and nothing was installed.",
    red=frozenset({"PATCH-1", "FIND-1", "FIND-4"}),
    deploy=deploy,
    remediate=scan_only,
)
