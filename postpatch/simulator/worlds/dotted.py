"""As `workshop`, but the red team's host runs Ubuntu, and a rollback put its old python3.10 back.

Names of Ubuntu's packages hold dots, and the KBId has no architecture: the nightly Scan misses python3.10-minimal.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import other_systems, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

PACKAGES = ("libpython3.10-minimal", "libpython3.10-stdlib", "python3.10", "python3.10-minimal")


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a host of Ubuntu 22.04."""
    other_systems.deploy(aws, "ubuntu-22.04")


def patch_roll_back_and_scan(aws: "Simulator") -> None:
    """Patch all hosts, put the old packages back, and have the nightly Scan run."""
    other_systems.install_patches(aws)
    if not aws.world.fixed:
        other_systems.put_back(aws, workshop.red_team_host(aws), *PACKAGES)
    workshop.run_patch_baseline(aws, "Scan")


WORLD = World(
    name="dotted",
    story="On Ubuntu a rollback put the old python3.10-minimal back: the KBId holds a dot and no architecture.",
    red=frozenset({"FIND-4", "FIND-5"}),
    deploy=deploy,
    remediate=patch_roll_back_and_scan,
)
