"""As `unpatched`, but somebody made the findings disappear: a suppression rule hides all that have a fix."""

from typing import TYPE_CHECKING

from ..world import World
from . import unpatched, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def suppress(aws: "Simulator") -> None:
    """Install nothing; create a suppression rule before the morning's report."""
    if aws.world.fixed:
        workshop.install_patches(aws)
        return
    unpatched.scan_only(aws)
    aws.client("inspector2").create_filter(
        name="quarter-end",
        action="SUPPRESS",
        reason="until after the quarter's end",
        filterCriteria={"fixAvailable": [{"comparison": "EQUALS", "value": "YES"}]},
    )


WORLD = World(
    name="suppressed",
    story="Nothing was installed; a suppression rule hides every finding that has a fix.",
    red=frozenset({"PATCH-1", "FIND-6"}),
    deploy=workshop.deploy,
    remediate=suppress,
)
