"""As `workshop`, but two machines outside EC2 belong to the scope too: hybrid nodes, which Inspector does not scan."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..world import Happening, World
from . import workshop
from .changing_fleets import ROLE, WEB
from .failed_install import HTTPD

if TYPE_CHECKING:
    from ..hosts.host import Host
    from ..simulator import Simulator

POLICY: Mapping[str, Mapping[str, Any]] = {
    "scope": {"stack": None, "tag": {"key": ROLE, "value": WEB}, "hybrid": True},
    "target": {"tags": {ROLE: [WEB]}},
}
TARGETS = [{"Key": f"tag:{ROLE}", "Values": [WEB]}]


def deploy(aws: "Simulator") -> None:
    """Launch the workshop's stack, and activate two machines of a branch with the tag of its hosts."""
    workshop.deploy(aws)
    for name in ("branch-1", "branch-2"):
        aws.fleet.activate(workshop.IMAGE, name, {ROLE: WEB})


def patch(aws: "Simulator") -> None:
    """Patch everything that has the tag."""
    workshop.approve_everything(aws)
    workshop.run_patch_baseline(aws, "Install", Targets=TARGETS)


def patch_with_a_full_disk(aws: "Simulator") -> None:
    """Patch everything that has the tag, while the disk of one machine is full where httpd unpacks."""
    if not aws.world.fixed:
        branch(aws).breaks_on = HTTPD
    patch(aws)


def patch_then_restore(aws: "Simulator") -> None:
    """Patch everything, restore a machine from its disk image of the day before, and scan as every night."""
    node = branch(aws)
    packages = list(node.packages)
    patch(aws)
    aws.clock.advance(timedelta(hours=1))
    if not aws.world.fixed:
        node.packages = packages
        node.boot(aws.now())
    workshop.run_patch_baseline(aws, "Scan", Targets=TARGETS)


def branch(aws: "Simulator") -> "Host":
    """Return one of the two machines."""
    return aws.fleet.nodes()[-1]


def _world(name: str, story: str, remediate: Happening, red: frozenset[str] = frozenset()) -> World:
    return World(name=name, story=story, red=red, deploy=deploy, remediate=remediate, policy=POLICY)


WORLDS = (
    _world("hybrid-nodes", "Two hybrid nodes, which Inspector does not scan, were patched with the hosts.",
           patch),
    _world("hybrid-failed", "On a hybrid node the installation of httpd failed.", patch_with_a_full_disk,
           frozenset({"PATCH-1"})),
    _world("hybrid-missing", "A hybrid node was restored after the patch round, and lacks the patches again.",
           patch_then_restore, frozenset({"PATCH-1"})),
)  # fmt: skip
