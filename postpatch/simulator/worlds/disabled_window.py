"""As `workshop`, but the window that stands was disabled for a release, and never enabled again."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop and its window, and disable the window."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window))
    if not aws.world.fixed:
        aws.client("ssm").update_maintenance_window(WindowId=window, Enabled=False)


WORLD = World(
    name="disabled-window",
    story="The window is right in every value, but it is disabled: it never runs.",
    red=frozenset({"MW-1"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
