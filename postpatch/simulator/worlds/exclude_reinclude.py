"""As `workshop`, but on one node nothing was installed, and it was excluded from scanning for the night.

The exclusion closed its findings. Included again it is ACTIVE, with the date of the scan before, and Inspector has not
got round to it.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

TAG = [{"Key": "InspectorEc2Exclusion", "Value": ""}]


def patch_without_one(aws: "Simulator") -> None:
    """Exclude a node whose package manager installs nothing, patch, and include it again."""
    if aws.world.fixed:
        workshop.install_patches(aws)
        return
    node, ec2 = workshop.nodes(aws)[0], aws.client("ec2")
    node.excludes = frozenset(package.name for package in node.packages)
    ec2.create_tags(Resources=[node.instance_id], Tags=TAG)
    workshop.install_patches(aws)
    ec2.delete_tags(Resources=[node.instance_id], Tags=TAG)
    aws.scanner.behind.add(node.instance_id)


WORLD = World(
    name="exclude-reinclude",
    story="One node took no patch and was excluded from scanning overnight: its findings closed, and none came back.",
    red=frozenset({"SCAN-2"}),
    deploy=workshop.deploy,
    remediate=patch_without_one,
)
