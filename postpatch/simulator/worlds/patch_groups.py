"""As `workshop`, with two patch groups, each with a patch baseline of its own, and a policy that names them all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

_GROUP_TAG, _SYSTEM = "Patch Group", "AMAZON_LINUX_2023"
_POLICY: Mapping[str, Mapping[str, Any]] = {
    "patching": {"baseline": ["nodes-baseline", "drill-baseline"], "patch_group": ["nodes", "drill"]}
}


def deploy(aws: "Simulator") -> None:
    """Build the workshop; the nodes and the red team's host have a patch group and a patch baseline each."""
    workshop.deploy(aws)
    ssm, ec2 = aws.client("ssm"), aws.client("ec2")
    aws_own = ssm.get_default_patch_baseline(OperatingSystem=_SYSTEM)["BaselineId"]
    for group, hosts in (("nodes", workshop.nodes(aws)), ("drill", [workshop.red_team_host(aws)])):
        workshop.approve_everything(aws, Name=f"{group}-baseline")
        made = ssm.get_default_patch_baseline(OperatingSystem=_SYSTEM)["BaselineId"]
        ssm.register_patch_baseline_for_patch_group(BaselineId=made, PatchGroup=group)
        ids = [host.instance_id for host in hosts]
        ec2.create_tags(Resources=ids, Tags=[{"Key": _GROUP_TAG, "Value": group}])
    ssm.register_default_patch_baseline(BaselineId=aws_own)
    if aws.world.red and not aws.world.fixed:
        ec2.delete_tags(Resources=[workshop.red_team_host(aws).instance_id], Tags=[{"Key": _GROUP_TAG}])


def patch(aws: "Simulator") -> None:
    """Patch all hosts, each by the baseline of its patch group, or by AWS's own where it is in none."""
    workshop.run_patch_baseline(aws, "Install")


def _world(name: str, story: str, *red: str) -> World:
    return World(name, story, frozenset(red), deploy, patch, policy=_POLICY)


WORLDS = (
    _world("patch-groups", "Two patch groups have a patch baseline each, and the policy names both."),
    _world("patch-group-lost", "A host lost its patch group, so that AWS's own baseline decided on it.", "FIND-4"),
)
