"""As `workshop`, patched by hand: the window that is to do it failed in each of the last three nights.

Its role was missing until this morning, when somebody made it: what stands is right, and has never worked.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import make_role
from .role_gone import ARN, ROLE
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator

SCHEDULE = "cron(0 1 * * ? *)"
NIGHTS = 3


def deploy(aws: "Simulator") -> None:
    """Build the workshop and a window that opens each night at one, under a role that nobody has made yet."""
    workshop.deploy(aws)
    if aws.world.fixed:
        make_role(aws, ROLE)
    window = set_up_window(aws, Schedule=SCHEDULE, StartDate="")
    register_task(aws, window, register_target(aws, window), ServiceRoleArn=ARN)


def patch_by_hand(aws: "Simulator") -> None:
    """Patch as the tutorial says, live through three nights, and make the role in the morning."""
    workshop.install_patches(aws)
    aws.clock.advance(timedelta(days=NIGHTS))
    aws.clock.advance_to(aws.now().replace(hour=7) + timedelta(days=1))
    if not aws.world.fixed:
        make_role(aws, ROLE)


WORLD = World(
    name="window-failed-every-night",
    story="The hosts were patched by hand; the window that is to do it failed in each of the last three nights.",
    red=frozenset({"MW-5"}),
    deploy=deploy,
    remediate=patch_by_hand,
    policy={
        "window": {"every_hours": None, "schedule": SCHEDULE, "start": None},
        "task": {"service_role": ARN},
        # Judged four days after the hosts were patched, by a team that patches once a week.
        "patching": {"within_days": 7},
    },
)
