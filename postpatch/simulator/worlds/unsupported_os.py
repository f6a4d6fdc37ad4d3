"""As `workshop`, but its team then upgraded one host in place to a release that Inspector does not support.

Its findings closed at once, as those of every host that Inspector looks at no more.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_upgrade(aws: "Simulator") -> None:
    """Patch as the tutorial says, then upgrade the red team's host to the next release."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        workshop.red_team_host(aws).platform = "AMAZON_LINUX_2026"


WORLD = World(
    name="unsupported-os",
    story="One host was upgraded to a release that Inspector does not support: its findings closed.",
    red=frozenset({"SCAN-2"}),
    deploy=workshop.deploy,
    remediate=patch_then_upgrade,
)
