"""As `steady-state`, but the fleet is not as steady as its numbers: as many findings as before are left.

Whoever takes "nothing changed" for "nothing could change" is green in each of these worlds.
"""

from typing import TYPE_CHECKING, Any

from ..world import World
from . import steady_state, workshop
from .failed_install import HTTPD
from .patched_by import let_inspector_scan

if TYPE_CHECKING:
    from ..simulator import Simulator


def all_but_one(aws: "Simulator") -> list[dict[str, Any]]:
    """Return the targets that select the web nodes, and not the red team's host."""
    ids = [node.instance_id for node in workshop.nodes(aws)]
    return [{"Key": "InstanceIds", "Values": ids}]


def deploy_unpatched(aws: "Simulator") -> None:
    """Build the workshop, of which one host was never patched."""
    workshop.deploy(aws)
    workshop.approve_everything(aws)
    workshop.run_patch_baseline(aws, "Install", **aws.world.defect(Targets=all_but_one(aws)))
    let_inspector_scan(aws)


def deploy_excluding(aws: "Simulator") -> None:
    """Build the workshop, up to date but for httpd on a node whose package manager leaves it alone."""
    workshop.deploy(aws)
    if not aws.world.fixed:
        workshop.nodes(aws)[0].excludes = HTTPD
    workshop.install_patches(aws)
    let_inspector_scan(aws)


def install_on_the_others(aws: "Simulator") -> None:
    """Run the night's installation on all hosts but one."""
    workshop.run_patch_baseline(aws, "Install", **aws.world.defect(Targets=all_but_one(aws)))


def install_on_the_others_and_scan(aws: "Simulator") -> None:
    """Run the night's installation on all hosts but one, and then the nightly scan on all of them."""
    install_on_the_others(aws)
    workshop.run_patch_baseline(aws, "Scan", reboot="NoReboot")


WORLDS = (
    World(
        name="steady-unpatched",
        story="An up-to-date fleet in which one host was never patched: as many findings as before.",
        red=frozenset({"PATCH-1", "FIND-1", "FIND-4"}),
        deploy=deploy_unpatched,
        remediate=install_on_the_others_and_scan,
    ),
    World(
        name="steady-missed",
        story="An up-to-date fleet of which the night's installation missed one host.",
        red=frozenset({"PATCH-1"}),
        deploy=steady_state.deploy,
        remediate=install_on_the_others,
    ),
    World(
        name="steady-excluded",
        story="An up-to-date fleet in which one host's dnf.conf keeps httpd old, week after week.",
        red=frozenset({"FIND-1", "FIND-4", "FIND-5"}),
        deploy=deploy_excluding,
        remediate=steady_state.install_nothing,
    ),
)
