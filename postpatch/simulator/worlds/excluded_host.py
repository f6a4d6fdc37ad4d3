"""As `workshop`, but somebody tagged one node so that Inspector leaves it alone; its findings closed at once."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_exclude(aws: "Simulator") -> None:
    """Patch as the tutorial says, then tag one node with InspectorEc2Exclusion."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.client("ec2").create_tags(
            Resources=[workshop.nodes(aws)[0].instance_id], Tags=[{"Key": "InspectorEc2Exclusion", "Value": ""}]
        )


WORLD = World(
    name="excluded-host",
    story="One node got the tag InspectorEc2Exclusion: its findings closed without anybody looking.",
    red=frozenset({"SCAN-2"}),
    deploy=workshop.deploy,
    remediate=patch_then_exclude,
)
