"""As `workshop`, but the patches were installed before the baseline was taken: there is nothing to compare with."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and patch it at once."""
    workshop.deploy(aws)
    if not aws.world.fixed:
        workshop.install_patches(aws)


def let_the_night_pass(aws: "Simulator") -> None:
    """Install nothing more."""
    if aws.world.fixed:
        workshop.install_patches(aws)


WORLD = World(
    name="late-baseline",
    story="The hosts were patched before the baseline was taken: nothing shows what was fixed.",
    red=frozenset({"PATCH-1"}),
    deploy=deploy,
    remediate=let_the_night_pass,
)
