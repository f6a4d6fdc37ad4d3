"""As `late-install`, but a suppression rule made the same night hides what the deployment let in.

Nothing that was active before is suppressed. Fixed, the deployment brings nothing old, and the rule hides nothing.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import late_install

if TYPE_CHECKING:
    from ..simulator import Simulator


OF_BIND = {"vulnerablePackages": [{"name": {"comparison": "PREFIX", "value": "bind-"}}]}


def patch_deploy_and_hide(aws: "Simulator") -> None:
    """Patch as the tutorial says, install an old bind-utils on the nodes, and hide it."""
    late_install.patch_then_deploy(aws)
    hide_bind(aws)


def hide_bind(aws: "Simulator") -> None:
    """Create a rule that suppresses every finding of bind."""
    aws.client("inspector2").create_filter(
        name="bind",
        action="SUPPRESS",
        reason="the nodes only look names up",
        filterCriteria=OF_BIND,
    )


WORLD = World(
    name="suppressed-new",
    story="A deployment let an old bind-utils in, and a suppression rule of that night hides it.",
    red=frozenset({"FIND-6"}),
    deploy=late_install.deploy,
    remediate=patch_deploy_and_hide,
)
