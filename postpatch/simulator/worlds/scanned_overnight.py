"""As `workshop`, and green like it: Inspector captured the inventory every half hour, as it does by itself.

By the morning what was patched has closed, before anybody came to verify.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop in an account whose inventory is captured on schedule."""
    aws.associations.run_on_schedule = True
    workshop.deploy(aws)


WORLD = World(
    name="scanned-overnight",
    story="Inspector's own schedule saw the patches in the night, before anybody verified.",
    red=frozenset(),
    deploy=deploy,
    remediate=workshop.install_patches,
)
