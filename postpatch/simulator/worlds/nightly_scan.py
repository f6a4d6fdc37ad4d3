"""As `workshop`, and green like it: Quick Setup's nightly Scan overwrote the patch state of a good installation.

Patch Manager keeps only the last operation of a host; that patches were installed is in the command history.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import unpatched, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_scan(aws: "Simulator") -> None:
    """Patch as the tutorial says, then run the nightly Scan."""
    workshop.install_patches(aws)
    unpatched.scan_only(aws)


WORLD = World(
    name="nightly-scan",
    story="A nightly Scan overwrote the patch state; the command history proves the round.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=patch_then_scan,
)
