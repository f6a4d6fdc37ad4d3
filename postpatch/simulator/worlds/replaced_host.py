"""As `workshop`, but a node did not come up in time after its reboot: the group replaced it, from the old image.

The Auto Scaling group checks its nodes at the load balancer; while one reboots, it fails the check.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_replace(aws: "Simulator") -> None:
    """Patch as the tutorial says; the Auto Scaling group then terminates one node and launches another."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.client("autoscaling").terminate_instance_in_auto_scaling_group(
            InstanceId=workshop.nodes(aws)[0].instance_id, ShouldDecrementDesiredCapacity=False
        )


WORLD = World(
    name="replaced-host",
    story="A node failed its health check while rebooting: the group replaced it from the old image.",
    red=frozenset({"SCAN-3", "PATCH-1", "PATCH-2", "FIND-3"}),
    deploy=workshop.deploy,
    remediate=patch_then_replace,
)
