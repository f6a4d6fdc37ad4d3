"""As `workshop`, but that was 200 days ago: nobody has patched since, and thirty critical fixes came out meanwhile."""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..disclosures import disclose
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

DAYS = 200
# Without the defect the news are of a few weeks, and the hosts are patched then.
DAYS_MENDED = 20
FLAWS = 30


def patch_and_forget(aws: "Simulator") -> None:
    """Patch as the tutorial says, then live through 200 days of news."""
    workshop.install_patches(aws)
    days = DAYS_MENDED if aws.world.fixed else DAYS
    for number in range(FLAWS):
        aws.clock.advance(timedelta(days=days / FLAWS))
        disclose(aws, f"CVE-2099-{40000 + number}", "CRITICAL", {"openssl-libs": f"1:3.0.{100 + number}-1.amzn2023"})
    if aws.world.fixed:
        workshop.run_patch_baseline(aws, "Install")


WORLD = World(
    name="stale-round",
    story="The hosts were last patched 200 days ago, and thirty critical fixes have come out since.",
    red=frozenset({"PATCH-1"}),
    deploy=workshop.deploy,
    remediate=patch_and_forget,
)
