"""As `workshop`, but the window's target has the stack's name in capitals: tags are case-sensitive."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window whose target selects nobody."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    loud = [{"Key": "tag:aws:cloudformation:stack-name", "Values": [workshop.STACK.upper()]}]
    register_task(aws, window, register_target(aws, window, **aws.world.defect(Targets=loud)))


WORLD = World(
    name="mistyped-tag",
    story="The window's target names the stack in capitals: its tag selects no host at all.",
    red=frozenset({"TGT-1", "TGT-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
