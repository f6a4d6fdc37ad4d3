"""As `workshop`, but the VM Scanner was activated between the two scans: another engine scans now.

It does not look where the one before looked, so that findings about packages of languages vanished.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop in an account whose VM Scanner looks in fewer folders; fixed, it scans from the beginning."""
    aws.scanner.vm_scanner_paths = ("/usr/lib",)
    workshop.deploy(aws)
    if aws.world.fixed:
        activate(aws)


def activate(aws: "Simulator") -> None:
    """Activate the VM Scanner for the account."""
    configuration = {"scanMode": "EC2_SSM_AGENT_BASED", "activateVMScanner": True}
    aws.client("inspector2").update_configuration(ec2Configuration=configuration)


def patch_and_change_the_engine(aws: "Simulator") -> None:
    """Patch as the tutorial says, and have another engine scan."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        activate(aws)


WORLD = World(
    name="vm-scanner",
    story="The VM Scanner was activated between the scans, and does not look where the other engine looked.",
    red=frozenset({"SCAN-3"}),
    deploy=deploy,
    remediate=patch_and_change_the_engine,
)
