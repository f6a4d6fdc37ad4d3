"""As `workshop`, and green like it: AWS throttles now and then, and answers when it is asked again."""

from typing import TYPE_CHECKING

from ..fault import Fault, Mishap
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_before_the_rush(aws: "Simulator") -> None:
    """Patch as the tutorial says; in the morning everybody asks at once."""
    workshop.install_patches(aws)
    aws.inject(Fault("inspector2:ListFindings", Mishap.THROTTLED, times=2))
    aws.inject(Fault("ssm:DescribeInstancePatchStates", Mishap.OUT_OF_ORDER, times=1))
    aws.inject(Fault("ec2:DescribeInstances", Mishap.HUNG_UP, times=1))


WORLD = World(
    name="throttled-briefly",
    story="AWS throttled, failed and hung up, each for a moment, and answered when asked again.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=patch_before_the_rush,
)
