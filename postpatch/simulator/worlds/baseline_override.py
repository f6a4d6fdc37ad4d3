"""As `workshop`, but the installation went by a hand-made baseline override: Patch Manager heard nothing of it.

What such a run finds is written to its output alone (aws/amazon-ssm-agent, issue 562): the patch state that stands
is that of a nightly Scan before the baseline.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import put_baseline_override

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, whose hosts Patch Manager has scanned."""
    workshop.deploy(aws)
    workshop.approve_everything(aws)
    workshop.run_patch_baseline(aws, "Scan")


def install_by_override(aws: "Simulator") -> None:
    """Install by a baseline override in a bucket of the operators'."""
    place = put_baseline_override(aws, "pww-operators")
    differently = aws.world.defect(Parameters={"Operation": ["Install"], "BaselineOverride": [place]})
    workshop.run_patch_baseline(aws, "Install", **differently)


WORLD = World(
    name="baseline-override",
    story="The installation went by a hand-made baseline override: the patch state is older than it.",
    red=frozenset(),
    errors=frozenset({"PATCH-1", "PATCH-2"}),
    deploy=deploy,
    remediate=install_by_override,
)
