"""Green, with a waiver: a rollback put the old expat back, an old suppression rule hides it, a waiver accepts it.

What the rule hides is judged as if it were active, and the policy accepts this risk by name.
"""

from datetime import date
from typing import TYPE_CHECKING

from ..world import World
from . import rolled_back, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

OF_EXPAT = {"vulnerablePackages": [{"name": {"comparison": "EQUALS", "value": rolled_back.EXPAT}}]}


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and hide every finding of expat."""
    workshop.deploy(aws)
    aws.client("inspector2").create_filter(
        name="expat", action="SUPPRESS", reason="the application parses no XML", filterCriteria=OF_EXPAT
    )


def patch_and_roll_back(aws: "Simulator") -> None:
    """Patch as the tutorial says, and put the old package back."""
    workshop.install_patches(aws)
    rolled_back.put_back(aws)


WORLD = World(
    name="waived-rule",
    story="An old suppression rule hides a package that was rolled back, and a waiver accepts it.",
    red=frozenset(),
    deploy=deploy,
    remediate=patch_and_roll_back,
    policy={
        "waiver": [
            {
                "package": rolled_back.EXPAT,
                "reason": "the application parses no XML",
                "approver": "anna@example.com",
                "expires": date(2099, 12, 31),
            }
        ]
    },
)
