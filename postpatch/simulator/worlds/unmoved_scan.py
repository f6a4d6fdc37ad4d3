"""As `workshop`, but the red team's host runs Ubuntu, whose packages have no time of installation.

In `unmoved-scan` it was up to date already, so that Inspector's time of the last scan does not move; the findings agree
with a newer inventory. In `unmoved-scan-patched` it was patched in the night and scanned soon after, and the kernel
that it no longer runs is still installed. In `unread-inventory` it was patched, and Inspector has not read what it sent
since.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import other_systems, workshop
from .patched_by import let_inspector_scan

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a host of Ubuntu 22.04."""
    other_systems.deploy(aws, "ubuntu-22.04")


def deploy_patched(aws: "Simulator") -> None:
    """Launch the same, and patch that host before the baseline; an inventory that stays the same is no new scan."""
    aws.scanner.unchanged_counts = False
    deploy(aws)
    other_systems.approve_everything(aws)
    ahead = [{"Key": "InstanceIds", "Values": [workshop.red_team_host(aws).instance_id]}]
    workshop.run_patch_baseline(aws, "Install", Targets=ahead)
    let_inspector_scan(aws)


def install(aws: "Simulator") -> None:
    """Patch all hosts, with the baselines that exist."""
    workshop.run_patch_baseline(aws, "Install")


def deploy_unmoved(aws: "Simulator") -> None:
    """Launch the stack in an account where an inventory that stays the same is no new scan."""
    aws.scanner.unchanged_counts = False
    deploy(aws)


def install_and_scan(aws: "Simulator") -> None:
    """Patch all hosts, and have Inspector scan what they report half an hour later."""
    other_systems.install_patches(aws)
    let_inspector_scan(aws)


def patch_unread(aws: "Simulator") -> None:
    """Patch all hosts; from before that on, what the red team's host sends lies unread."""
    if not aws.world.fixed:
        aws.scanner.behind.add(workshop.red_team_host(aws).instance_id)
    other_systems.install_patches(aws)


WORLDS = (
    World(
        name="unmoved-scan",
        story="An Ubuntu host was up to date, so that the time of its last scan did not move.",
        red=frozenset(),
        deploy=deploy_patched,
        remediate=install,
        policy={"wait": {"minutes": 30}},
    ),
    World(
        name="unmoved-scan-patched",
        story="An Ubuntu host was patched and scanned in the night; the kernel before is still installed.",
        red=frozenset(),
        deploy=deploy_unmoved,
        remediate=install_and_scan,
        policy={"wait": {"minutes": 30}},
    ),
    World(
        name="unread-inventory",
        story="Inspector has not read what an Ubuntu host sent since it was patched, and lists its old findings.",
        red=frozenset({"SCAN-1", "SCAN-2"}),
        deploy=deploy,
        remediate=patch_unread,
        policy={"wait": {"minutes": 30}},
    ),
)
