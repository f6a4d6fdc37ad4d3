"""Deadlines: a package of an application, which no patching updates, in time and past its deadline."""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..disclosures import take_into_catalogue
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

_LATER = timedelta(days=10)
# Of a package of the application.
_LEFT = "CVE-2023-42282"


def patch_and_wait(aws: "Simulator") -> None:
    """Patch as the tutorial says; nobody updates the application, and ten days pass before anybody verifies."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.clock.advance(_LATER)


def patch_and_catalogue(aws: "Simulator") -> None:
    """Patch as the tutorial says; CISA's catalogue has what is left, and wanted it gone by yesterday."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        take_into_catalogue(aws, _LEFT, due=aws.now() - timedelta(days=1))


WORLDS = (
    World(
        name="deadline-met",
        story="What patching cannot remove is two days old, and the directive allows it three.",
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
    World(
        name="deadline-catalogued",
        story="What is left is two days old and may stay for 30, but CISA's catalogue wanted it gone by yesterday.",
        red=frozenset({"FIND-8"}),
        deploy=workshop.deploy,
        remediate=patch_and_catalogue,
        policy={"deadline": {"preset": "fedramp"}},
    ),
)
