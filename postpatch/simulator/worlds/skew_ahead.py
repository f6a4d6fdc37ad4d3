"""As `workshop`, but one node's clock is twelve hours ahead: it dates its patching and its inventory in the future."""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, with a node whose clock is wrong."""
    workshop.deploy(aws)
    workshop.nodes(aws)[0].clock_ahead = timedelta(hours=12)


def patch_late(aws: "Simulator") -> None:
    """Patch at eleven in the evening: by its own clock the node ends on the next day, at eleven in the morning."""
    aws.clock.advance_to(aws.now().replace(hour=23))
    workshop.install_patches(aws)


WORLD = World(
    name="skew-ahead",
    story="Green: one host's clock is twelve hours ahead; AWS's own times prove the patch round.",
    red=frozenset(),
    deploy=deploy,
    remediate=patch_late,
)
