"""As `workshop`, but a second installation followed, of a fix that was news, and failed on one host."""

from typing import TYPE_CHECKING

from ..disclosures import disclose
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_twice(aws: "Simulator") -> None:
    """Patch as the tutorial says; then a fix for vim comes out, and cannot be installed on the red team's host."""
    workshop.install_patches(aws)
    disclose(aws, "CVE-2099-30001", "HIGH", {"vim-minimal": "2:9.9.1-1.amzn2023"})
    if not aws.world.fixed:
        workshop.red_team_host(aws).breaks_on = frozenset({"vim-minimal"})
    workshop.run_patch_baseline(aws, "Install")


WORLD = World(
    name="newest-install-failed",
    story="An installation succeeded everywhere; a newer one, of a fix that was out by then, failed on one host.",
    red=frozenset({"PATCH-1", "FIND-3"}),
    deploy=workshop.deploy,
    remediate=patch_twice,
)
