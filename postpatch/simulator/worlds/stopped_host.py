"""As `workshop`, but the red team's host was stopped that evening to save money, and the round passed it by."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_without_the_stopped_host(aws: "Simulator") -> None:
    """Stop the red team's host, then patch what runs."""
    if not aws.world.fixed:
        aws.client("ec2").stop_instances(InstanceIds=[workshop.red_team_host(aws).instance_id])
    workshop.install_patches(aws)


WORLD = World(
    name="stopped-host",
    story="One host was stopped that night: it was neither patched nor scanned, and still exists.",
    red=frozenset({"SCAN-2", "PATCH-1", "PATCH-2", "TGT-2"}),
    deploy=workshop.deploy,
    remediate=patch_without_the_stopped_host,
)
