"""As `rollback-backlog`, but the disk of one node was restored to what it held before the patching.

Its packages have the times of their first installation, so that nothing seems to be installed since the scan.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .rollback_backlog import BACKLOG

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_scan_and_restore(aws: "Simulator") -> None:
    """Patch as the tutorial says and have the hosts scanned; then one node holds again what it held before."""
    node = workshop.nodes(aws)[0]
    before = list(node.packages)
    workshop.install_patches(aws)
    workshop.have_scanned(aws)
    aws.scanner.read_after = BACKLOG
    if not aws.world.fixed:
        node.packages = before
        node.boot(aws.now())


WORLD = World(
    name="restored-disk",
    story="One node's disk was restored from before the patching, after the scan, and Inspector has not read of it.",
    red=frozenset({"SCAN-2"}),
    deploy=workshop.deploy,
    remediate=patch_scan_and_restore,
)
