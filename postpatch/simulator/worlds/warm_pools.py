"""As `workshop`, but the Auto Scaling group of the web nodes has a warm pool, whose host carries their tags.

AWS keeps it stopped until the group grows (EC2 Auto Scaling user guide, "Warm pools"): nobody patches it, and Inspector
does not scan it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..world import World
from . import workshop
from .patched_by import group_of_nodes

if TYPE_CHECKING:
    from ..simulator import Simulator

Policy = Mapping[str, Mapping[str, Any]]
_LEFT_OUT: Policy = {"scope": {"leave_out_warm_pools": True}}
_BY_TAG: Policy = {
    "scope": {"stack": None, "tag": {"key": "Name", "value": "pww-node"}, "leave_out_warm_pools": True},
    "target": {"tags": {"Name": ["pww-node"]}},
}


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and keep one stopped host in the warm pool of its group."""
    _deploy(aws, "Stopped")


def deploy_in_vain(aws: "Simulator") -> None:
    """Build the workshop, with the defect as `deploy` does."""
    if aws.world.fixed:
        workshop.deploy(aws)
    else:
        deploy(aws)


def deploy_hibernated(aws: "Simulator") -> None:
    """Build the workshop, and keep one hibernated host in the warm pool of its group."""
    _deploy(aws, "Hibernated")


def deploy_running(aws: "Simulator") -> None:
    """Build the workshop, and keep one host in the warm pool of its group: stopped, or with the defect running."""
    _deploy(aws, "Stopped" if aws.world.fixed else "Running")


def _deploy(aws: "Simulator", state: str) -> None:
    workshop.deploy(aws)
    aws.client("autoscaling").put_warm_pool(AutoScalingGroupName=group_of_nodes(aws), MinSize=1, PoolState=state)


def patch_nodes(aws: "Simulator") -> None:
    """Patch the hosts of the group that run."""
    workshop.approve_everything(aws)
    workshop.run_patch_baseline(aws, "Install", Targets=[{"Key": "tag:Name", "Values": ["pww-node"]}])


def patch_without_a_stopped_node(aws: "Simulator") -> None:
    """Stop a node that is in service, which is in no warm pool, and patch the other hosts."""
    if not aws.world.fixed:
        aws.client("ec2").stop_instances(InstanceIds=[workshop.red_team_host(aws).instance_id])
    workshop.install_patches(aws)


WORLDS = (
    World(
        name="warm-pool",
        story="A host waits, stopped, in the warm pool of the Auto Scaling group, with the tags of its hosts.",
        red=frozenset(),
        deploy=deploy,
        remediate=workshop.install_patches,
        policy=_LEFT_OUT,
    ),
    World(
        name="warm-pool-hibernated",
        story="The scope is a tag that a hibernated host in the warm pool of the group carries too.",
        red=frozenset(),
        deploy=deploy_hibernated,
        remediate=patch_nodes,
        policy=_BY_TAG,
    ),
    World(
        name="warm-pool-judged",
        story="A host waits in a warm pool, and the policy does not leave such hosts out.",
        red=frozenset({"TGT-2"}),
        deploy=deploy_in_vain,
        remediate=workshop.install_patches,
    ),
    World(
        name="warm-pool-running",
        story="The host in the warm pool runs, though it is in service nowhere: the window would patch it, unjudged.",
        red=frozenset({"TGT-2"}),
        deploy=deploy_running,
        remediate=workshop.install_patches,
        policy=_LEFT_OUT,
    ),
    World(
        name="stopped-beside-warm-pool",
        story="One host waits in a warm pool; another is stopped though it is in none, and was not patched.",
        red=frozenset({"SCAN-2", "PATCH-1", "PATCH-2", "TGT-2"}),
        deploy=deploy,
        remediate=patch_without_a_stopped_node,
        policy=_LEFT_OUT,
    ),
)
