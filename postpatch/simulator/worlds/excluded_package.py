"""As `workshop`, but somebody once wrote `exclude=httpd*` into a node's dnf.conf: nothing says why httpd stays old.

To dnf, and so to Patch Manager, there is no update; the installation succeeds, and nothing fails or is missing.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .failed_install import HTTPD

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop; one node's package manager leaves httpd alone."""
    workshop.deploy(aws)
    if not aws.world.fixed:
        workshop.nodes(aws)[0].excludes = HTTPD


WORLD = World(
    name="excluded-package",
    story="A node's dnf.conf excludes httpd: every patch command succeeds, and no data of AWS says why it stays.",
    red=frozenset({"FIND-4", "FIND-5"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
