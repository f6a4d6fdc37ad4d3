"""Green: the hosts were patched by AWS's own default baseline, which the policy names; it held the rest back.

AWS-AmazonLinux2023DefaultPatchBaseline approves security patches that are Critical or Important, and bug fixes, seven
days after their release.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def install_by_default(aws: "Simulator") -> None:
    """Install what the default baseline approves."""
    workshop.run_patch_baseline(aws, "Install")


WORLD = World(
    name="default-baseline",
    story="Green: patched by AWS's default baseline, which the policy names and which holds the rest back.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=install_by_default,
    policy={"patching": {"baseline": "AWS-AmazonLinux2023DefaultPatchBaseline"}},
)
