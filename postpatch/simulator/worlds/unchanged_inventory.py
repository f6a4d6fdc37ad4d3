"""As `unmoved-scan`, but the Ubuntu host was scanned when it had been patched, and it has no finding at all.

Nothing shows that a later scan would find what the last one did, but that what is installed is the same. In
`changed-unread` an old package came back after the night's installation, of which Inspector has not read.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import other_systems, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

POLICY = {"inspector": {"keep_inventories": True}}
# What has a finding that no update of Ubuntu without a subscription removes.
_NEVER_FIXED = ("coreutils",)


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a host of Ubuntu 22.04, and patch that host just before the baseline."""
    aws.scanner.unchanged_counts = False
    other_systems.deploy(aws, "ubuntu-22.04")
    other_systems.approve_everything(aws)
    host = workshop.red_team_host(aws)
    host.remove(*_NEVER_FIXED)
    host.languages = []
    workshop.run_patch_baseline(aws, "Install", Targets=[{"Key": "InstanceIds", "Values": [host.instance_id]}])


def install(aws: "Simulator") -> None:
    """Patch all hosts, with the baselines that exist."""
    workshop.run_patch_baseline(aws, "Install")


def install_and_put_back(aws: "Simulator") -> None:
    """Patch all hosts; then an old package comes back on the host of Ubuntu, and what it sends lies unread."""
    install(aws)
    if not aws.world.fixed:
        host = workshop.red_team_host(aws)
        aws.scanner.behind.add(host.instance_id)
        other_systems.put_back(aws, host, "rsync")


WORLDS = (
    World(
        name="unchanged-inventory",
        story="An Ubuntu host without a finding was up to date: only a stored inventory shows that nothing changed.",
        red=frozenset(),
        deploy=deploy,
        remediate=install,
        policy=POLICY,
    ),
    World(
        name="changed-unread",
        story="An old package came back on an Ubuntu host that was up to date, and Inspector has not read of it.",
        red=frozenset({"SCAN-1", "SCAN-2"}),
        deploy=deploy,
        remediate=install_and_put_back,
        policy=POLICY,
    ),
)
