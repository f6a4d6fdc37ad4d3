"""As `workshop`, but one host's clock is behind: it dates its patching and its inventory too early.

A clock that is two hours behind is named at once. In `skew-behind-unmoved` nothing was installed on its host, whose
last scan does not move: no time of AWS's shows that the inventory is later than the patching. One that is four minutes
behind is within what AWS tolerates, and nothing depends on it.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import nothing_to_install, workshop
from .skew_ahead import patch_late

if TYPE_CHECKING:
    from ..simulator import Simulator

BEHIND, TOLERATED = timedelta(hours=-2), timedelta(minutes=-4)


def deploy(aws: "Simulator") -> None:
    """Build the workshop, with a node whose clock is behind."""
    workshop.deploy(aws)
    workshop.nodes(aws)[0].clock_ahead = BEHIND


def deploy_unmoved(aws: "Simulator") -> None:
    """Build a stack with a host that is up to date, whose clock is behind; fixed, by no more than AWS tolerates."""
    nothing_to_install.deploy(aws)
    workshop.red_team_host(aws).clock_ahead = TOLERATED if aws.world.fixed else BEHIND


def deploy_within_tolerance(aws: "Simulator") -> None:
    """Build the same stack, with a clock that is four minutes behind."""
    nothing_to_install.deploy(aws)
    workshop.red_team_host(aws).clock_ahead = TOLERATED


def install_late(aws: "Simulator") -> None:
    """Patch all hosts at eleven in the evening, with the baseline that exists."""
    aws.clock.advance_to(aws.now().replace(hour=23))
    nothing_to_install.install(aws)


WORLDS = (
    World(
        name="skew-behind",
        story="One host's clock is two hours behind; AWS's own times prove the patch round.",
        red=frozenset(),
        deploy=deploy,
        remediate=patch_late,
    ),
    World(
        name="skew-tolerated",
        story="The clock of a host that was up to date is four minutes behind.",
        red=frozenset(),
        deploy=deploy_within_tolerance,
        remediate=install_late,
    ),
    World(
        name="skew-behind-unmoved",
        story="The clock of a host is two hours behind, and its last scan is older than its inventory.",
        red=frozenset({"SCAN-2"}),
        deploy=deploy_unmoved,
        remediate=install_late,
    ),
)
