"""As `workshop`, and green like it: AWS answers every list with three rows a page, as it may."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

ROWS = 3


def deploy(aws: "Simulator") -> None:
    """Build the workshop in an AWS of small pages."""
    workshop.deploy(aws)
    aws.pages.at_most = ROWS


WORLD = World(
    name="small-pages",
    story="AWS answers with three rows a page, whatever is asked for; all of them are read.",
    red=frozenset(),
    deploy=deploy,
    remediate=workshop.install_patches,
)
