"""As `workshop`, but during the night somebody opened a port of the red team's host to the internet.

One finding more of a severity of which many went: every count is better than before.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..hosts.ec2 import ANYWHERE
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

_UNTIL_INSPECTOR_LOOKED = timedelta(hours=12)


def patch_then_open(aws: "Simulator") -> None:
    """Patch as the tutorial says; then let everybody reach the database's port."""
    workshop.install_patches(aws)
    ec2 = aws.client("ec2")
    [group] = [
        group["GroupId"]
        for group in ec2.describe_security_groups()["SecurityGroups"]
        if group["Description"] == "the red team's way in"
    ]
    if not aws.world.fixed:
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=5432, ToPort=5432, CidrIp=ANYWHERE
        )
    aws.clock.advance(_UNTIL_INSPECTOR_LOOKED)


WORLD = World(
    name="opened-port",
    story="Everything was patched, and during the night a port of a host was opened to the internet.",
    red=frozenset({"FIND-8"}),
    deploy=workshop.deploy,
    remediate=patch_then_open,
)
