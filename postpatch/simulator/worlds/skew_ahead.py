"""As `workshop`, but one node's clock is twelve hours ahead: it dates its patching and its inventory in the future.

The red ones bound the green one: AWS's times count instead of the host's, and they excuse nothing else.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import stack_targets

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop, with a node whose clock is wrong."""
    workshop.deploy(aws)
    workshop.nodes(aws)[0].clock_ahead = timedelta(hours=12)


def deploy_and_patch_early(aws: "Simulator") -> None:
    """Patch the node with the wrong clock before the baseline: it dates that in the next morning."""
    deploy(aws)
    aws.clock.advance(timedelta(minutes=90))
    workshop.approve_everything(aws)
    if not aws.world.fixed:
        node = [workshop.nodes(aws)[0].instance_id]
        workshop.run_patch_baseline(aws, "Install", Targets=[{"Key": "InstanceIds", "Values": node}])


def patch_late(aws: "Simulator") -> None:
    """Patch at eleven in the evening: by its own clock the node ends on the next day, at eleven in the morning."""
    aws.clock.advance_to(aws.now().replace(hour=23))
    workshop.install_patches(aws)


def patch_late_while_inspector_lags(aws: "Simulator") -> None:
    """Patch at eleven in the evening; of the node with the wrong clock Inspector evaluates nothing from then on."""
    patch_late(aws)
    if not aws.world.fixed:
        aws.scanner.behind.add(workshop.nodes(aws)[0].instance_id)


def patch_the_others(aws: "Simulator") -> None:
    """Patch at eleven in the evening, without the node that was patched before."""
    aws.clock.advance_to(aws.now().replace(hour=23))
    others = [host.instance_id for host in (*workshop.nodes(aws)[1:], workshop.red_team_host(aws))]
    targets = stack_targets(aws) if aws.world.fixed else [{"Key": "InstanceIds", "Values": others}]
    workshop.run_patch_baseline(aws, "Install", Targets=targets)


WORLDS = (
    World(
        name="skew-ahead",
        story="One host's clock is twelve hours ahead; AWS's own times prove the patch round.",
        red=frozenset(),
        deploy=deploy,
        remediate=patch_late,
    ),
    World(
        name="skew-ahead-unpatched",
        story="A host was patched before the baseline; its clock, which is ahead, dates that in the next morning.",
        red=frozenset(),
        errors=frozenset({"PATCH-1"}),
        deploy=deploy_and_patch_early,
        remediate=patch_the_others,
    ),
    World(
        name="skew-ahead-stale-scan",
        story="A host's clock is ahead, and its newest scan is older than its patching.",
        red=frozenset({"SCAN-1", "SCAN-2"}),
        deploy=deploy,
        remediate=patch_late_while_inspector_lags,
    ),
)
