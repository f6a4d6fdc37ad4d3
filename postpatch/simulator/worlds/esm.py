"""As `workshop`, but the red team's host runs Ubuntu, and has packages whose fix only Ubuntu Pro offers.

The host of `esm` is not attached to Ubuntu Pro: nothing that its repositories offer is left. That of `esm-attached` is,
and ffmpeg is on hold (`apt-mark hold`), while the fixes of its libraries were installed.
"""

from typing import TYPE_CHECKING

from ..hosts.fleet import install_optional
from ..world import World
from . import other_systems, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

PACKAGES = ("ffmpeg", "libavcodec58", "libavutil56")
HELD = "ffmpeg"


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a host of Ubuntu 22.04 that has packages of universe."""
    other_systems.deploy(aws, "ubuntu-22.04")
    host = workshop.red_team_host(aws)
    install_optional(host, aws.fleet.facts(host), *PACKAGES)
    workshop.have_scanned(aws)


def deploy_attached(aws: "Simulator") -> None:
    """Launch the same, attached to Ubuntu Pro, with a package on hold."""
    deploy(aws)
    host = workshop.red_team_host(aws)
    host.pro = True
    host.excludes = frozenset() if aws.world.fixed else frozenset({HELD})


WORLDS = (
    World(
        name="esm",
        story="An Ubuntu host without Ubuntu Pro: the only fix of some packages is +esm, for subscribers.",
        red=frozenset(),
        deploy=deploy,
        remediate=other_systems.install_patches,
    ),
    World(
        name="esm-attached",
        story="An Ubuntu host with Ubuntu Pro has a package on hold, so that its +esm fix is not installed.",
        red=frozenset({"FIND-4", "FIND-5"}),
        deploy=deploy_attached,
        remediate=other_systems.install_patches,
    ),
)
