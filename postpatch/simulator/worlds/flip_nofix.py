"""As `workshop`, but a node's dnf.conf excludes expat, and Inspector no longer names the version that fixes it.

The baseline names one. What stays is there because nobody installed it.
"""

from typing import TYPE_CHECKING

from ..disclosures import withdraw_fix
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

EXPAT = "expat"


def deploy(aws: "Simulator") -> None:
    """Build the workshop; one node's package manager leaves expat alone."""
    workshop.deploy(aws)
    if not aws.world.fixed:
        workshop.nodes(aws)[0].excludes = frozenset({EXPAT})


def patch_and_flip(aws: "Simulator") -> None:
    """Patch as the tutorial says; then the fixes of expat are NotAvailable."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        advisories = aws.fleet.facts(workshop.nodes(aws)[0]).advisories_for[EXPAT]
        withdraw_fix(aws, *(cve for advisory in advisories for cve in advisory.cves))


WORLD = World(
    name="flip-nofix",
    story="expat stays old on a node, and Inspector changed its mind: the fix that the baseline names is gone.",
    red=frozenset({"FIND-4", "FIND-5"}),
    deploy=deploy,
    remediate=patch_and_flip,
)
