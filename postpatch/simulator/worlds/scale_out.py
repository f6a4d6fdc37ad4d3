"""Green: the Auto Scaling group grew by one before the patch round, which patched the new host with the others."""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import scale

if TYPE_CHECKING:
    from ..simulator import Simulator


def grow_then_patch(aws: "Simulator") -> None:
    """Let the group grow in the evening, and patch all four hosts an hour later."""
    scale(aws, 3)
    aws.clock.advance(timedelta(hours=1))
    workshop.install_patches(aws)


WORLD = World(
    name="scale-out",
    story="Green: the Auto Scaling group grew by one since the baseline; the new host was patched like the others.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=grow_then_patch,
    policy={"scope": {"hosts_may_change": True}},
)
