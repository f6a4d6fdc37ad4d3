"""As `workshop`, but one host at a time and no error allowed: the first one failed, and the round ended there."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def stop_at_the_first_error(aws: "Simulator") -> None:
    """Patch one host after the other, MaxErrors 0, when vim cannot be installed on the first one."""
    if not aws.world.fixed:
        workshop.nodes(aws)[0].breaks_on = frozenset({"vim-minimal"})
    workshop.approve_everything(aws)
    workshop.run_patch_baseline(aws, "Install", MaxConcurrency="1", MaxErrors="0")


WORLD = World(
    name="stopped-early",
    story="One host at a time, no error allowed: the first one failed, and that was the round.",
    red=frozenset({"PATCH-1", "PATCH-2", "FIND-4"}),
    deploy=workshop.deploy,
    remediate=stop_at_the_first_error,
)
