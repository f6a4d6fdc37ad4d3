"""As `workshop`, and green like it: in the night after the round six critical flaws in openssh were disclosed.

There are more critical findings than before, and none of them says anything about the patch round: they are told apart.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..disclosures import disclose
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_hear(aws: "Simulator") -> None:
    """Patch as the tutorial says; three hours later the news comes, and no fix with it."""
    workshop.install_patches(aws)
    aws.clock.advance(timedelta(hours=3))
    for number in range(6):
        disclose(aws, f"CVE-2099-2000{number}", "CRITICAL", {"openssh": None, "openssh-server": None})


WORLD = World(
    name="new-criticals",
    story="Six critical flaws were disclosed after the patch round; more are critical, and it did its work.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=patch_then_hear,
)
