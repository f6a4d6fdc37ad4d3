"""All three hosts were up to date before the baseline, so the night's installation found nothing to do.

What remains has no fix: as many findings as before, and patching can remove none of them.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import let_inspector_scan

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and patch it before the baseline is taken."""
    workshop.deploy(aws)
    workshop.install_patches(aws)
    let_inspector_scan(aws)


def install_nothing(aws: "Simulator") -> None:
    """Install all there is, which is nothing."""
    workshop.run_patch_baseline(aws, "Install")


WORLD = World(
    name="steady-state",
    story="The fleet was up to date, the night installed nothing, and what remains has no fix.",
    red=frozenset(),
    deploy=deploy,
    remediate=install_nothing,
)
