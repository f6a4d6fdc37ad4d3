"""A Quick Setup patch policy installed at ten and scanned at two, both by its baseline override.

The patch states name the default baseline, which did not decide; the override in S3 is the baseline pww.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import by_patch_policy

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and set up a patch policy with the tutorial's baseline, which is no default."""
    workshop.deploy(aws)
    ssm = aws.client("ssm")
    default = ssm.get_default_patch_baseline(OperatingSystem="AMAZON_LINUX_2023")["BaselineId"]
    workshop.approve_everything(aws)
    chosen = ssm.get_default_patch_baseline(OperatingSystem="AMAZON_LINUX_2023")["BaselineId"]
    ssm.register_default_patch_baseline(BaselineId=default)
    by_patch_policy(aws, chosen)


WORLD = World(
    name="quick-setup",
    story="A Quick Setup patch policy installed in the evening and scanned at night, by its override.",
    red=frozenset(),
    deploy=deploy,
    remediate=lambda _: None,
)
