"""As `workshop`, but the red team's host has no agent: Inspector scans its volume once a day, and nobody patches it."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .resting_on import FINDINGS, SCAN

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop in an account that scans in hybrid mode, and take the agent off the red team's host."""
    aws.client("inspector2").update_configuration(ec2Configuration={"scanMode": "EC2_HYBRID"})
    workshop.deploy(aws)
    if not aws.world.fixed:
        host = workshop.red_team_host(aws)
        host.managed = False


WORLD = World(
    name="agentless-host",
    story="One host has no agent: its volume is scanned daily, and Patch Manager never reaches it.",
    red=frozenset({"PATCH-1", "PATCH-2", "TGT-2"}),
    errors=SCAN | FINDINGS,
    deploy=deploy,
    remediate=workshop.install_patches,
)
