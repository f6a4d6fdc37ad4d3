"""As `workshop`, but the window's task installs one emergency's list of patches, and that only, for ever."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .standing_window import INSTALL, register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, and a window whose task still carries the list of an old emergency."""
    workshop.deploy(aws)
    window = set_up_window(aws)
    listed = INSTALL | aws.world.defect(InstallOverrideList=["s3://pww-emergency/only-openssl.yaml"])
    register_task(aws, window, register_target(aws, window), parameters=listed)


WORLD = World(
    name="override-list",
    story="The window's task installs, but only what an old emergency's override list names.",
    red=frozenset({"TASK-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
