"""As `workshop`, but the red team's host was terminated in the night; its findings closed with it."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_terminate(aws: "Simulator") -> None:
    """Patch as the tutorial says, then terminate the red team's host."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.client("ec2").terminate_instances(InstanceIds=[workshop.red_team_host(aws).instance_id])


WORLD = World(
    name="terminated-host",
    story="One host was terminated and not replaced: its findings are gone, but nobody fixed them.",
    red=frozenset({"SCAN-3"}),
    deploy=workshop.deploy,
    remediate=patch_then_terminate,
)
