"""Machines of a branch, all outside EC2: hybrid nodes alone, which Patch Manager patches and Inspector never scans."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..world import Happening, World
from . import workshop
from .patched_by import put_baseline_override
from .resting_on import PATCHING, WINDOW

if TYPE_CHECKING:
    from ..hosts.host import Host
    from ..simulator import Simulator

SITE, BRANCH = "Site", "branch"
_POLICY: Mapping[str, Mapping[str, Any] | None] = {
    "scope": {"stack": None, "tag": {"key": SITE, "value": BRANCH}, "hybrid": "only"},
    "target": {"tags": {SITE: [BRANCH]}},
    "gate": None,
}
_TARGETS = [{"Key": f"tag:{SITE}", "Values": [BRANCH]}]


def deploy(aws: "Simulator") -> None:
    """Activate two machines of a branch; the only instance of EC2 is somebody else's."""
    aws.know_image(workshop.IMAGE)
    workshop.launch_stranger(aws)
    for name in ("branch-1", "branch-2"):
        aws.fleet.activate(workshop.IMAGE, name, {SITE: BRANCH})


def patch(aws: "Simulator", **differently: Any) -> None:
    """Patch what has the tag by the policy's baseline, and look for missing patches as every night."""
    workshop.approve_everything(aws)
    _install_then_scan(aws, **differently)


def patch_one(aws: "Simulator") -> None:
    """Patch one machine by hand, and forget the other; the nightly Scan sees both."""
    workshop.approve_everything(aws)
    ids = [node.instance_id for node in _branch(aws)]
    _install_then_scan(aws, Targets=[{"Key": "InstanceIds", "Values": ids if aws.world.fixed else ids[:1]}])


def patch_by_an_override(aws: "Simulator") -> None:
    """Patch, then again by a hand-made baseline override, of which Patch Manager records nothing."""
    patch(aws)
    if not aws.world.fixed:
        aws.clock.advance(timedelta(hours=6))
        given = {"Operation": ["Install"], "BaselineOverride": [put_baseline_override(aws, "pww-operators")]}
        workshop.run_patch_baseline(aws, "Install", Targets=_TARGETS, Parameters=given)


def patch_what_is_left(aws: "Simulator") -> None:
    """Patch, after a machine lost the tag by which everything finds it."""
    if not aws.world.fixed:
        aws.fleet.instance(_branch(aws)[-1]).tags[SITE] = "spare"  # type: ignore[index]
    patch(aws)


def patch_by_nothing(aws: "Simulator") -> None:
    """Patch by a baseline of the policy's name that approves nothing, so that nothing is missing either."""
    if aws.world.fixed:
        patch(aws)
        return
    workshop.approve_everything(aws, ApprovalRules={"PatchRules": []})
    _install_then_scan(aws)


def launch_then_patch(aws: "Simulator") -> None:
    """Launch an instance of EC2 with the tag, and patch everything that has it."""
    if not aws.world.fixed:
        tags = [{"ResourceType": "instance", "Tags": [{"Key": SITE, "Value": BRANCH}]}]
        launched = {"ImageId": workshop.IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
        aws.client("ec2").run_instances(**launched, TagSpecifications=tags)
    patch(aws)


def _install_then_scan(aws: "Simulator", **differently: Any) -> None:
    workshop.run_patch_baseline(aws, "Install", **({"Targets": _TARGETS} | differently))
    aws.clock.advance(timedelta(hours=2))
    workshop.run_patch_baseline(aws, "Scan", Targets=_TARGETS)


def _branch(aws: "Simulator") -> list["Host"]:
    return aws.fleet.select_nodes([(f"tag:{SITE}", [BRANCH])])


def _world(name: str, story: str, remediate: Happening, *red: str, errors: frozenset[str] = frozenset()) -> World:
    return World(name, story, frozenset(red), deploy, remediate, errors=errors, policy=_POLICY)


WORLDS = (
    _world("hybrid-alone", "Two machines outside EC2 were patched; the scope has no host that Inspector scans.", patch),
    _world("hybrid-alone-unpatched", "Of two machines outside EC2 only one was patched.", patch_one, "PATCH-1"),
    _world("hybrid-alone-stale", "The patch states of two machines outside EC2 are older than their newest patch run.",
           patch_by_an_override, errors=frozenset({"PATCH-1", "PATCH-2"})),
    _world("hybrid-alone-left", "A machine outside EC2 lost the scope's tag before the patching, and was missed.",
           patch_what_is_left, "PATCH-1"),
    _world("hybrid-alone-by-nothing", "Machines outside EC2 were patched by a baseline that approves nothing.",
           patch_by_nothing, "PATCH-1"),
    _world("hybrid-alone-launched", "An EC2 instance joined a scope whose policy has hybrid nodes alone.",
           launch_then_patch, errors=PATCHING | WINDOW),
)  # fmt: skip
