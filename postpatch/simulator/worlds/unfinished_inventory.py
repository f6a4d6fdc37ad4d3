"""As `nothing-to-install` beside `stranger-offline`, and green like both.

The inventory is captured on every host of the account by one execution, which a stranger's silent host keeps from
ending; that ours, on which nothing was installed, has sent its own is told by that execution's targets alone.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import nothing_to_install

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop with one host up to date already, beside a stranger's whose agent answers no more."""
    nothing_to_install.deploy(aws)
    [stranger] = aws.fleet.select([("tag:Name", ["billing-batch"])])
    stranger.online = False


WORLD = World(
    name="unfinished-inventory",
    story="Nothing was to be installed on one host, and a stranger's keeps the inventory from ending.",
    red=frozenset(),
    deploy=deploy,
    remediate=nothing_to_install.install,
)
