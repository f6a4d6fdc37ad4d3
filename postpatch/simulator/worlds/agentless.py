"""A fleet that Inspector scans without an agent, once a day, and that is verified before that scan.

The hosts are managed, and patched by Patch Manager, but send no inventory.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import stack_targets
from .resting_on import FINDINGS, SCAN

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop in an account that scans in hybrid mode; its hosts' agents capture no inventory."""
    aws.client("inspector2").update_configuration(ec2Configuration={"scanMode": "EC2_HYBRID"})
    workshop.deploy(aws)
    for host in aws.fleet.select([(one["Key"], one["Values"]) for one in stack_targets(aws)]):
        host.inventory_plugin = False


def deploy_mostly(aws: "Simulator") -> None:
    """Build the same, or where it is fixed hosts whose agents do capture an inventory."""
    (workshop.deploy if aws.world.fixed else deploy)(aws)


def deploy_mixed(aws: "Simulator") -> None:
    """Build the workshop in the same account; of its hosts the red team's alone captures no inventory."""
    aws.client("inspector2").update_configuration(ec2Configuration={"scanMode": "EC2_HYBRID"})
    workshop.deploy(aws)
    workshop.red_team_host(aws).inventory_plugin = aws.world.fixed


def miss_one(aws: "Simulator") -> None:
    """Patch all hosts but the red team's, which the operator forgot."""
    workshop.approve_everything(aws)
    targets = stack_targets(aws) if aws.world.fixed else [{"Key": "tag:Name", "Values": ["pww-node"]}]
    workshop.run_patch_baseline(aws, "Install", Targets=targets)


def miss_a_scan(aws: "Simulator") -> None:
    """Patch all hosts; from then on Inspector scans one of them no more, and says nothing of it."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.scanner.behind.add(workshop.red_team_host(aws).instance_id)


# The daily scan is then due half an hour after the run begins.
BEGINS_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
WORLDS = (
    World(
        name="agentless",
        story="Inspector scans the hosts without an agent, and has not scanned them since they were patched.",
        red=frozenset(),
        deploy=deploy_mostly,
        remediate=workshop.install_patches,
        errors=SCAN | FINDINGS,
    ),
    World(
        name="agentless-among-others",
        story="One host of three is scanned without an agent, and has not been scanned since it was patched.",
        red=frozenset(),
        deploy=deploy_mixed,
        remediate=workshop.install_patches,
        errors=SCAN | FINDINGS,
    ),
    World(
        name="agentless-awaited",
        story="The hosts are scanned without an agent, and their daily scan is due while the run waits.",
        red=frozenset(),
        deploy=deploy,
        remediate=workshop.install_patches,
        begins_at=BEGINS_AT,
    ),
    World(
        name="agentless-unpatched",
        story="The daily scan came, and one of the hosts was not patched.",
        red=frozenset({"PATCH-1", "PATCH-2", "FIND-4"}),
        deploy=deploy,
        remediate=miss_one,
        begins_at=BEGINS_AT,
    ),
    World(
        name="agentless-overdue",
        story="The daily scan of one host never came.",
        red=frozenset({"SCAN-1", "SCAN-2"}),
        deploy=deploy,
        remediate=miss_a_scan,
        policy={"wait": {"minutes": 200}},
        begins_at=BEGINS_AT,
    ),
)
