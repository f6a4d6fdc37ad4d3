"""As `workshop`, but after the patch round a rollback of the application put the old expat back on the nodes.

The nightly Scan lists it as missing: it is approved, an Install ended well, and nothing that AWS tells says why.
In `rolled-back-no-scan` no Scan ran since, so that Patch Manager's list is older than what Inspector found; in
`rolled-back-rescan` the policy has the suite ask for a fresh one.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..world import World
from . import unpatched, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

EXPAT = "expat"


def patch_roll_back_and_scan(aws: "Simulator") -> None:
    """Patch as the tutorial says, put the old package back, and have the nightly Scan run."""
    patch_and_roll_back(aws)
    unpatched.scan_only(aws)


def put_back(aws: "Simulator") -> None:
    """Install expat on the nodes as the old image had it."""
    [template] = aws.fleet.select([("tag:Name", ["billing-batch"])])
    [old] = [package for package in template.packages if package.name == EXPAT]
    for host in workshop.nodes(aws):
        host.install(replace(old, installed_at=aws.now()))


def patch_and_roll_back(aws: "Simulator") -> None:
    """Patch as the tutorial says, and put the old package back; nothing scans the patches afterwards."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        put_back(aws)


WORLDS = (
    World(
        name="rolled-back",
        story="After the patch round a rollback put the old expat back on the nodes; the nightly Scan misses it.",
        red=frozenset({"FIND-4", "FIND-5"}),
        deploy=workshop.deploy,
        remediate=patch_roll_back_and_scan,
    ),
    World(
        name="rolled-back-no-scan",
        story="After the patch round a rollback put the old expat back on the nodes, and no Scan ran since.",
        red=frozenset({"FIND-4", "FIND-5"}),
        deploy=workshop.deploy,
        remediate=patch_and_roll_back,
    ),
    World(
        name="rolled-back-rescan",
        story="After the patch round a rollback put the old expat back; the policy has the patches scanned again.",
        red=frozenset({"FIND-4", "FIND-5"}),
        deploy=workshop.deploy,
        remediate=patch_and_roll_back,
        policy={"patching": {"rescan": True}},
    ),
)
