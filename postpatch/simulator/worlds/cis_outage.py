"""CIS scans fail in this account, before patching and after; the policy says that they are optional.

The red one bounds the green one: an optional CIS scan excuses no host that Inspector did not scan.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

OPTIONAL = {"inspector": {"cis": "optional"}}


def deploy(aws: "Simulator") -> None:
    """Build the workshop in an account whose CIS scans are out of order."""
    workshop.deploy(aws)
    aws.cis.outage = True


def patch_while_inspector_lags(aws: "Simulator") -> None:
    """Patch as the tutorial says; of one node Inspector evaluates nothing from then on."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.scanner.behind.add(workshop.nodes(aws)[0].instance_id)


WORLDS = (
    World(
        name="cis-outage",
        story="CIS scans fail before and after, and the policy says that they are optional.",
        red=frozenset(),
        deploy=deploy,
        remediate=workshop.install_patches,
        policy=OPTIONAL,
    ),
    World(
        name="cis-outage-stale-scan",
        story="CIS scans fail, which the policy allows; of one node the newest scan is older than its patching.",
        red=frozenset({"SCAN-1", "SCAN-2"}),
        deploy=deploy,
        remediate=patch_while_inspector_lags,
        policy=OPTIONAL,
    ),
)
