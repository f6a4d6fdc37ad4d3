"""As `late-install`, but a suppression rule made the same night hides what the deployment let in.

Nothing that was active before is suppressed. Mended, the rule is older than the baseline: an accepted risk.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import late_install, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Build the workshop with nodes that have no bind-utils."""
    late_install.deploy(aws)
    if aws.world.mended:
        hide_bind(aws)


def patch_deploy_and_hide(aws: "Simulator") -> None:
    """Patch as the tutorial says, install an old bind-utils on the nodes, and hide it."""
    workshop.install_patches(aws)
    late_install.install_old_bind(aws)
    if not aws.world.mended:
        hide_bind(aws)


def hide_bind(aws: "Simulator") -> None:
    """Create a rule that suppresses every finding of bind."""
    aws.client("inspector2").create_filter(
        name="bind",
        action="SUPPRESS",
        reason="the nodes only look names up",
        filterCriteria={"vulnerablePackages": [{"name": {"comparison": "PREFIX", "value": "bind-"}}]},
    )


WORLD = World(
    name="suppressed-new",
    story="A deployment let an old bind-utils in, and a suppression rule of that night hides it.",
    red=frozenset({"FIND-6"}),
    deploy=deploy,
    remediate=patch_deploy_and_hide,
)
