"""Green: CIS scans fail in this account, before patching and after; the policy says that they are optional."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop in an account whose CIS scans are out of order."""
    workshop.deploy(aws)
    aws.cis.outage = True


WORLD = World(
    name="cis-outage",
    story="Green: CIS scans fail before and after, and the policy says that they are optional.",
    red=frozenset(),
    deploy=deploy,
    remediate=workshop.install_patches,
    policy={"inspector": {"cis": "optional"}},
)
