"""As `workshop`, but after Inspector's scan a deployment put old packages back, and Inspector is slow to read of it.

The scan is newer than the patching, and rests on an inventory that is no longer true.
"""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

BACKLOG = timedelta(hours=8)
PACKAGES = frozenset({"expat", "httpd-core", "libxml2", "openssl-libs"})


def patch_scan_and_roll_back(aws: "Simulator") -> None:
    """Patch as the tutorial says and have the hosts scanned; then old packages are installed on the nodes again."""
    before = {host.instance_id: tuple(host.packages) for host in workshop.nodes(aws)}
    workshop.install_patches(aws)
    workshop.have_scanned(aws)
    aws.scanner.read_after = BACKLOG
    for host in () if aws.world.fixed else workshop.nodes(aws):
        for package in before[host.instance_id]:
            if package.name in PACKAGES:
                host.install(replace(package, installed_at=aws.now()))


WORLD = World(
    name="rollback-backlog",
    story="Old packages were put back after the last scan, and Inspector takes hours to read the new inventory.",
    red=frozenset({"SCAN-1", "SCAN-2"}),
    deploy=workshop.deploy,
    remediate=patch_scan_and_roll_back,
)
