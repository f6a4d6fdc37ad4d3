"""As `late-install`, but a rule of the organization's delegated administrator hides what the deployment let in.

The account's own list of filters is empty. Without the defect the administrator's rule hides only what has no fix.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import accepted_risks, late_install, suppressed_new

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop with nodes that have no bind-utils, in an organization whose administrator hides findings."""
    late_install.deploy(aws)
    hidden = accepted_risks.WITHOUT_A_FIX if aws.world.fixed else suppressed_new.OF_BIND
    aws.suppression.suppress_by_administrator(hidden)


WORLD = World(
    name="administrators-rule",
    story="A deployment let an old bind-utils in, and a rule of the delegated administrator hides it.",
    red=frozenset({"FIND-6"}),
    deploy=deploy,
    remediate=late_install.patch_then_deploy,
)
