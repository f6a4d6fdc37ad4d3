"""Fleets whose hosts come and go between the baseline and the morning, judged by a policy that says that they may.

The red ones bound the green ones: they are the same but for one host that was missed, or that proves nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..world import Happening, World
from . import workshop
from .patched_by import launch_from, replace_nodes, scale, stack_targets

if TYPE_CHECKING:
    from ..simulator import Simulator

Policy = Mapping[str, Mapping[str, Any]]
ROLE, WEB = "Role", "web"
MAY_CHANGE: Policy = {"scope": {"hosts_may_change": True}}
NODES_ALONE: Policy = {
    "scope": {"stack": None, "tag": {"key": "Name", "value": "pww-node"}, "hosts_may_change": True},
    "target": {"tags": {"Name": ["pww-node"]}},
    "gate": {"configuration": "report"},
}
BY_TAG: Policy = {
    "scope": {"stack": None, "tag": {"key": ROLE, "value": WEB}, "hosts_may_change": True},
    "target": {"tags": {ROLE: [WEB]}},
}
NEW_IMAGE = "ami-0f00dfeed20261122"


def changing(
    name: str, story: str, remediate: Happening, red: frozenset[str] = frozenset(), policy: Policy = MAY_CHANGE
) -> World:
    """Return the workshop with a policy that allows its hosts to change."""
    return World(name=name, story=story, red=red, deploy=workshop.deploy, remediate=remediate, policy=policy)


def patch_then_shrink(aws: "Simulator") -> None:
    """Patch as the tutorial says; then the group needs one node only."""
    workshop.install_patches(aws)
    scale(aws, 1)


def miss_one_and_shrink(aws: "Simulator") -> None:
    """Patch all hosts but the red team's, which the operator forgot; then the group needs one node only."""
    workshop.approve_everything(aws)
    targets = stack_targets(aws) if aws.world.fixed else [{"Key": "tag:Name", "Values": ["pww-node"]}]
    workshop.run_patch_baseline(aws, "Install", Targets=targets)
    scale(aws, 1)


def grow_then_patch(aws: "Simulator") -> None:
    """Let the group grow in the evening, and patch all four hosts an hour later."""
    scale(aws, 3)
    aws.clock.advance(timedelta(hours=1))
    workshop.install_patches(aws)


def patch_then_grow(aws: "Simulator") -> None:
    """Patch as the tutorial says; later the group grows by one host, from an image that was built in between."""
    workshop.install_patches(aws)
    aws.build_image(NEW_IMAGE)
    if aws.world.fixed or not aws.world.red:
        launch_from(aws, NEW_IMAGE)
    aws.clock.advance(timedelta(hours=1))
    scale(aws, 3)


def grow_while_inspector_lags(aws: "Simulator") -> None:
    """Let the group grow and patch all hosts; of the new one Inspector never evaluates the inventory."""
    old = workshop.nodes(aws)
    scale(aws, 3)
    if not aws.world.fixed:
        aws.scanner.behind |= {host.instance_id for host in workshop.nodes(aws) if host not in old}
    aws.clock.advance(timedelta(hours=1))
    workshop.install_patches(aws)


def replace_and_patch(aws: "Simulator") -> None:
    """Build an image, replace the nodes by it, and patch whatever the stack then has."""
    aws.build_image(NEW_IMAGE)
    replace_nodes(aws, NEW_IMAGE)
    workshop.install_patches(aws)


def patch_and_roll_back(aws: "Simulator") -> None:
    """Patch as the tutorial says; at night a deployment rolls the group back to the image of a year ago."""
    workshop.install_patches(aws)
    aws.build_image(NEW_IMAGE)
    aws.clock.advance(timedelta(hours=1))
    replace_nodes(aws, NEW_IMAGE if aws.world.fixed else workshop.IMAGE)


def patch_and_lose_one(aws: "Simulator") -> None:
    """Take the tag off a node that nobody dares to patch, and patch the hosts that still have it."""
    node = workshop.nodes(aws)[0].instance_id
    if aws.world.fixed:
        aws.client("autoscaling").terminate_instance_in_auto_scaling_group(
            InstanceId=node, ShouldDecrementDesiredCapacity=True
        )
    else:
        aws.client("ec2").delete_tags(Resources=[node], Tags=[{"Key": ROLE, "Value": WEB}])
    workshop.approve_everything(aws)
    workshop.run_patch_baseline(aws, "Install", Targets=[{"Key": f"tag:{ROLE}", "Values": [WEB]}])


def replace_all(aws: "Simulator") -> None:
    """Patch nothing; in the night a deployment replaces all nodes by hosts from another image."""
    aws.build_image(NEW_IMAGE)
    aws.clock.advance(timedelta(hours=1))
    replace_nodes(aws, NEW_IMAGE if aws.world.fixed or not aws.world.red else workshop.IMAGE)


def replace_all_while_inspector_lags(aws: "Simulator") -> None:
    """Replace all nodes by hosts from a new image, none of which Inspector ever evaluates."""
    aws.build_image(NEW_IMAGE)
    aws.clock.advance(timedelta(hours=1))
    replace_nodes(aws, NEW_IMAGE)
    if not aws.world.fixed:
        aws.scanner.behind |= {host.instance_id for host in workshop.nodes(aws)}


WORLDS = (
    changing("scale-in", "The Auto Scaling group shrank by one after the patch round, as it may.",
             patch_then_shrink),
    changing("scale-out", "The Auto Scaling group grew by one; the new host was patched like the others.",
             grow_then_patch),
    changing("scale-out-later", "The group grew by one after the patch round, from an image built in between.",
             patch_then_grow),
    changing("replaced-by-newer-image", "The nodes were replaced by hosts from an image built that evening.",
             replace_and_patch),
    changing(
        "scale-in-unpatched", "The group shrank by one, and one of the hosts that are left was not patched.",
        miss_one_and_shrink, frozenset({"PATCH-1", "PATCH-2", "FIND-4"}),
    ),
    changing(
        "scale-in-missed", "A host lost the tag of the scope and was not patched; it goes on running.",
        patch_and_lose_one, frozenset({"SCAN-3"}), BY_TAG,
    ),
    changing(
        "scale-out-unpatched", "The group grew by one after the patch round, from the image of a year ago.",
        patch_then_grow, frozenset({"SCAN-3", "FIND-3"}),
    ),
    changing(
        "scale-out-unscanned", "The group grew by one, and Inspector never scanned the new host.",
        grow_while_inspector_lags, frozenset({"SCAN-1", "SCAN-2", "SCAN-3"}),
    ),
    changing(
        "rolled-back-group", "A deployment rolled the group back to the image of a year ago after the patch round.",
        patch_and_roll_back, frozenset({"SCAN-3", "FIND-3"}),
    ),
    changing("fleet-replaced", "Every host was replaced by one from an image built that evening.",
             replace_all, policy=NODES_ALONE),
    changing(
        "fleet-rolled-back", "Every host was replaced by one from the image of a year ago.",
        replace_all, frozenset({"SCAN-3", "FIND-1", "FIND-2", "FIND-3"}), NODES_ALONE,
    ),
    replace(
        changing(
            "fleet-replaced-unscanned", "Every host was replaced, and Inspector never scanned a new one.",
            replace_all_while_inspector_lags, frozenset({"SCAN-1", "SCAN-2"}), NODES_ALONE,
        ),
        errors=frozenset({"SCAN-3", *(f"FIND-{number}" for number in range(1, 7))}),
    ),
)  # fmt: skip
