"""As `workshop`, and green like it: in the night after the round a flaw in sudo was disclosed, together with its fix.

It is new and it can be fixed, but not by a patch round that was over when it became known.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..disclosures import disclose
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def patch_then_hear(aws: "Simulator") -> None:
    """Patch as the tutorial says; three hours later the news comes."""
    workshop.install_patches(aws)
    aws.clock.advance(timedelta(hours=3))
    disclose(aws, "CVE-2099-10001", "HIGH", {"sudo": "0:1.9.15-1.p5.amzn2023.0.2"})


WORLD = World(
    name="new-disclosure",
    story="A flaw was disclosed after the patch round; it is new, and no fault of the round.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=patch_then_hear,
)
