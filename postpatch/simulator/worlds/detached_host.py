"""As `workshop`, but a stranger carries the stack's tag: a node that was detached from the group long ago.

Detaching a node takes it out of the stack and leaves the stack's tags on it; the group launched another in its place.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and detach one node, which its team then kept for tests of their own."""
    workshop.deploy(aws)
    if not aws.world.fixed:
        node = workshop.nodes(aws)[0].instance_id
        groups = aws.client("autoscaling").describe_auto_scaling_instances(InstanceIds=[node])["AutoScalingInstances"]
        aws.client("autoscaling").detach_instances(
            InstanceIds=[node],
            AutoScalingGroupName=groups[0]["AutoScalingGroupName"],
            ShouldDecrementDesiredCapacity=False,
        )


WORLD = World(
    name="detached-host",
    story="A node detached from the stack kept the stack's tag: the window would patch it too.",
    red=frozenset({"TGT-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
