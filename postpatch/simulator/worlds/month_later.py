"""As `workshop`, and green like it: nobody came to verify before a month had gone by.

Inspector has forgotten what closed then; the baseline has not.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_wait(aws: "Simulator") -> None:
    """Patch as the tutorial says, and let 31 days pass."""
    workshop.install_patches(aws)
    aws.clock.advance(timedelta(days=31))


WORLD = World(
    name="month-later",
    story="The patch round is verified 31 days later, against the baseline that was taken before it.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=patch_then_wait,
)
