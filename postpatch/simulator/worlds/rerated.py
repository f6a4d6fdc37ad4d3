"""As `workshop`, but overnight five flaws that have no fix yet were rated up to critical.

Nothing is new, and there are far fewer findings than before; more of them are critical.
"""

from typing import TYPE_CHECKING

from ..disclosures import rerate
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_rate(aws: "Simulator") -> None:
    """Patch as the tutorial says; in the morning the vendor thinks worse of what nobody can fix."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        unfixed = aws.fleet.facts(workshop.red_team_host(aws)).unfixed_in.values()
        rerate(aws, "CRITICAL", {cve for cves in unfixed for cve in cves})


WORLD = World(
    name="rerated",
    story="Five flaws without a fix were rated up overnight: fewer findings, nothing new, and more critical ones.",
    red=frozenset({"FIND-2"}),
    deploy=workshop.deploy,
    remediate=patch_then_rate,
    # As the tutorial counts: all findings. By what patching can remove, nothing became worse.
    policy={"gate": {"count": "all"}},
)
