"""Another tool ran dnf on the hosts and rebooted them; Patch Manager scanned in the night and installed nothing.

`other-tool` is green with a policy that lets installed versions count, and the same night is red without that policy;
in `other-tool-ubuntu` unattended-upgrades did it on a host of Ubuntu, which keeps the kernel before. In
the other two the proof is lacking on one host: dnf did not run there, or its agent sends no inventory any more.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import other_systems, unpatched, workshop
from .patched_by import upgrade

if TYPE_CHECKING:
    from ..simulator import Simulator

BY_VERSIONS = {"patching": {"evidence": "installed-versions"}}


def patch_by_another_tool(aws: "Simulator") -> None:
    """Run dnf on each host and reboot it; then have the nightly Scan run."""
    workshop.approve_everything(aws)
    for host in (*workshop.nodes(aws), workshop.red_team_host(aws)):
        upgrade(aws, host)
    unpatched.scan_only(aws)


def patch_unnoticed(aws: "Simulator") -> None:
    """Run dnf on each host; without the defect Patch Manager installs instead."""
    if aws.world.fixed:
        workshop.install_patches(aws)
    else:
        patch_by_another_tool(aws)


def patch_and_leave_one_out(aws: "Simulator") -> None:
    """Run dnf on each host but one."""
    left_out = [] if aws.world.fixed else workshop.nodes(aws)[:1]
    for host in left_out:
        host.excludes = frozenset(package.name for package in host.packages)
    patch_by_another_tool(aws)


def deploy_on_schedule(aws: "Simulator") -> None:
    """Build the workshop in an account whose inventory is captured on schedule."""
    aws.associations.run_on_schedule = True
    workshop.deploy(aws)


def patch_and_lose_an_inventory(aws: "Simulator") -> None:
    """Run dnf on each host; on one of them, which Inspector scanned since, the inventory plugin broke then."""
    patch_by_another_tool(aws)
    aws.clock.advance(timedelta(hours=2))
    workshop.nodes(aws)[0].inventory_plugin = aws.world.fixed


def deploy_ubuntu(aws: "Simulator") -> None:
    """Launch the stack with a host of Ubuntu 22.04."""
    other_systems.deploy(aws, "ubuntu-22.04")


def upgrade_with_ubuntu(aws: "Simulator") -> None:
    """Do the same where a baseline of Ubuntu exists too."""
    other_systems.approve_everything(aws)
    patch_by_another_tool(aws)


WORLDS = (
    World(
        name="other-tool-ubuntu",
        story="Another tool patched the hosts, one of which runs Ubuntu and keeps its old kernel beside the new one.",
        red=frozenset(),
        deploy=deploy_ubuntu,
        remediate=upgrade_with_ubuntu,
        policy=BY_VERSIONS,
    ),
    World(
        name="other-tool",
        story="Another tool patched the hosts, and their installed versions show it.",
        red=frozenset(),
        deploy=workshop.deploy,
        remediate=patch_by_another_tool,
        policy=BY_VERSIONS,
    ),
    World(
        name="other-tool-not-accepted",
        story="Another tool patched the hosts, and the policy does not let their installed versions count.",
        red=frozenset({"PATCH-1"}),
        deploy=workshop.deploy,
        remediate=patch_unnoticed,
    ),
    World(
        name="other-tool-one-left",
        story="Another tool patched the hosts but one.",
        red=frozenset({"PATCH-1", "FIND-4"}),
        deploy=workshop.deploy,
        remediate=patch_and_leave_one_out,
        policy=BY_VERSIONS,
    ),
    World(
        name="other-tool-no-inventory",
        story="Another tool patched the hosts; one of them reports no inventory since the assessment was launched.",
        red=frozenset({"SCAN-1", "SCAN-2", "PATCH-1"}),
        deploy=deploy_on_schedule,
        remediate=patch_and_lose_an_inventory,
        policy=BY_VERSIONS,
    ),
)
