"""As `workshop`, but after the patch round a deployment put an old bind-utils on the nodes, from a mirror of its own.

What it brings was fixed long ago. The count is still far below the baseline: many fixed, a few new.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

BIND = ("bind-libs", "bind-license", "bind-utils")


def deploy(aws: "Simulator") -> None:
    """Build the workshop with nodes that have no bind-utils."""
    workshop.deploy(aws)
    for host in workshop.nodes(aws):
        host.remove(*BIND)


def patch_then_deploy(aws: "Simulator") -> None:
    """Patch as the tutorial says; then a deployment installs bind-utils as the old image had it."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        install_old_bind(aws)


def install_old_bind(aws: "Simulator") -> None:
    """Install bind-utils on the nodes as the old image had it."""
    [template] = aws.fleet.select([("tag:Name", ["billing-batch"])])
    for host in workshop.nodes(aws):
        for package in template.packages:
            if package.name in BIND:
                host.install(replace(package, installed_at=aws.now()))


WORLD = World(
    name="late-install",
    story="After the patch round a deployment installed an old bind-utils on the nodes.",
    red=frozenset({"FIND-3"}),
    deploy=deploy,
    remediate=patch_then_deploy,
)
