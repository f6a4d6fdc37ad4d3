"""Green: the nodes were not patched but replaced, by hosts from an image that was built that evening.

The red team's host, which no group replaces, was patched as the tutorial says.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import replace_nodes

if TYPE_CHECKING:
    from ..simulator import Simulator

IMAGE = "ami-0f00dfeed20261122"


def replace_and_patch(aws: "Simulator") -> None:
    """Build an image, replace the nodes by it, and patch whatever the stack then has."""
    aws.build_image(IMAGE)
    replace_nodes(aws, IMAGE)
    workshop.install_patches(aws)


WORLD = World(
    name="newer-image",
    story="Green: the nodes were replaced by hosts from an image that was built after the baseline.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=replace_and_patch,
    policy={"scope": {"hosts_may_change": True}},
)
