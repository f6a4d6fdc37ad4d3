"""As `workshop`, but one node is in a patch group of its own, whose baseline approves nothing newer than April 2024.

Patch Manager takes a patch group's baseline instead of the default one, and reports the host as patched.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and freeze one node's packages for an audit that is long over."""
    workshop.deploy(aws)
    if aws.world.fixed:
        return
    aws.client("ec2").create_tags(
        Resources=[workshop.nodes(aws)[0].instance_id], Tags=[{"Key": "Patch Group", "Value": "audit-freeze"}]
    )
    ssm = aws.client("ssm")
    frozen = ssm.create_patch_baseline(
        Name="audit-freeze",
        OperatingSystem="AMAZON_LINUX_2023",
        ApprovalRules={
            "PatchRules": [
                {
                    "PatchFilterGroup": {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]},
                    "ApproveUntilDate": "2024-04-30",
                }
            ]
        },
    )
    ssm.register_patch_baseline_for_patch_group(BaselineId=frozen["BaselineId"], PatchGroup="audit-freeze")


WORLD = World(
    name="frozen-group",
    story="One node is in a patch group whose own baseline approves nothing newer than April 2024.",
    red=frozenset({"FIND-4"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
