"""As `workshop`, where windows are made by a template: the policy never creates one, and the template did not run."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .resting_on import WINDOW
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop; its window is there only if the template ran."""
    workshop.deploy(aws)
    if aws.world.fixed:
        window = set_up_window(aws)
        register_task(aws, window, register_target(aws, window))


WORLD = World(
    name="window-elsewhere",
    story="Windows are made by a template, which never ran: there is none, and nothing may be created.",
    red=WINDOW,
    deploy=deploy,
    remediate=workshop.install_patches,
    policy={"window": {"create": "never"}},
)
