"""Deadlines: a package of an application, which no patching updates, in time and past its deadline."""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

_LATER = timedelta(days=10)


def patch_and_wait(aws: "Simulator") -> None:
    """Patch as the tutorial says; nobody updates the application, and ten days pass before anybody verifies."""
    workshop.install_patches(aws)
    if not aws.world.mended:
        aws.clock.advance(_LATER)


WORLDS = (
    World(
        name="deadline-met",
        story="Green: what patching cannot remove is two days old, and the directive allows it three.",
        red=frozenset(),
        deploy=workshop.deploy,
        remediate=workshop.install_patches,
        policy={"deadline": {"preset": "bod-26-04"}},
    ),
    World(
        name="deadline-missed",
        story="Everything was patched, and an application's package stays old longer than its deadline allows.",
        red=frozenset({"FIND-8"}),
        deploy=workshop.deploy,
        remediate=patch_and_wait,
        policy={"deadline": {"days": {"CRITICAL": 7, "HIGH": 30}}},
    ),
)
