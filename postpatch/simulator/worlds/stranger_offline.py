"""As `workshop`, and green like it: the host of somebody else in the account is offline, which is not our affair.

Inspector's inventory association covers every host of the account, so its execution does not end in success.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop beside a stranger's host whose agent answers no more."""
    workshop.deploy(aws)
    [stranger] = aws.fleet.select([("tag:Name", ["billing-batch"])])
    stranger.online = False


WORLD = World(
    name="stranger-offline",
    story="A host of somebody else is offline; ours were patched and scanned.",
    red=frozenset(),
    deploy=deploy,
    remediate=workshop.install_patches,
)
