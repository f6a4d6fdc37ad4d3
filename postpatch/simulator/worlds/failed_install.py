"""As `workshop`, but on one node httpd could not be installed: its scriptlet failed, and the old version stayed."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

HTTPD = frozenset({"httpd", "httpd-core", "httpd-tools", "httpd-filesystem", "mod_ssl"})


def install_patches(aws: "Simulator") -> None:
    """Patch as the tutorial says, while one node's disk is full where httpd unpacks."""
    if not aws.world.fixed:
        workshop.nodes(aws)[0].breaks_on = HTTPD
    workshop.install_patches(aws)


WORLD = World(
    name="failed-install",
    story="On one node the installation of httpd failed; everything else went well.",
    red=frozenset({"PATCH-1", "FIND-4"}),
    deploy=workshop.deploy,
    remediate=install_patches,
)
