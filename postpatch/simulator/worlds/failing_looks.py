"""As `workshop`, patched and sound, but on the morning after somebody cannot look: a call goes wrong on the wire.

A suite that takes "nothing came back" for "nothing is there" is green in every one of these worlds.
"""

from typing import TYPE_CHECKING

from ..fault import Fault, Mishap
from ..world import World
from . import workshop
from .resting_on import FINDINGS, HOSTS, PATCHING, SCAN, WINDOW

if TYPE_CHECKING:
    from ..simulator import Simulator


def failing(name: str, story: str, fault: Fault, errors: frozenset[str]) -> World:
    """Return the workshop in which `fault` stands from the morning on, and the named checks cannot look."""

    def patch_before_it_fails(aws: "Simulator") -> None:
        workshop.install_patches(aws)
        if not aws.world.fixed:
            aws.inject(fault)

    return World(
        name=name,
        story=story,
        red=frozenset(),
        errors=errors,
        deploy=workshop.deploy,
        remediate=patch_before_it_fails,
    )


WORLDS = (
    failing(
        "findings-denied",
        "Inspector answers AccessDenied to ListFindings: no finding came back, and none was looked for.",
        Fault("inspector2:ListFindings", Mishap.DENIED),
        FINDINGS,
    ),
    failing(
        "page-denied",
        "The second page of findings is refused: the first one alone would be progress enough.",
        Fault("inspector2:ListFindings", Mishap.DENIED, page=2),
        FINDINGS,
    ),
    failing(
        "page-token-expired",
        "The token of the second page of findings has expired: half of them were read.",
        Fault("inspector2:ListFindings", Mishap.BAD_TOKEN, page=2),
        FINDINGS,
    ),
    failing(
        "credentials-expired",
        "The session's credentials run out while the findings are read.",
        Fault("inspector2:ListFindings", Mishap.EXPIRED, page=2),
        FINDINGS,
    ),
    failing(
        "half-an-answer",
        "An answer with findings breaks off in the middle, and nothing says so.",
        Fault("inspector2:ListFindings", Mishap.CUT_SHORT),
        FINDINGS,
    ),
    failing(
        "endless-pages",
        "Every page of findings points to itself: the list never ends.",
        Fault("inspector2:ListFindings", Mishap.ENDLESS),
        FINDINGS,
    ),
    failing(
        "coverage-denied",
        "AccessDenied to this region's coverage: which hosts were scanned cannot be known.",
        Fault("inspector2:ListCoverage", Mishap.DENIED),
        SCAN | FINDINGS,
    ),
    failing(
        "cis-scans-failing",
        "Inspector's list of CIS scans ends in an internal error, however often it is asked.",
        Fault("inspector2:ListCisScans", Mishap.OUT_OF_ORDER),
        SCAN | FINDINGS,
    ),
    failing(
        "throttled",
        "Systems Manager throttles the patch states until the last attempt is spent.",
        Fault("ssm:DescribeInstancePatchStates", Mishap.THROTTLED),
        PATCHING | SCAN | FINDINGS,
    ),
    failing(
        "history-denied",
        "AccessDenied to the command history: whether anything was installed cannot be known.",
        Fault("ssm:ListCommands", Mishap.DENIED),
        PATCHING | SCAN | FINDINGS,
    ),
    failing(
        "hosts-denied",
        "AccessDenied to DescribeInstances: a fleet that cannot be listed looks like an empty one.",
        Fault("ec2:DescribeInstances", Mishap.DENIED),
        HOSTS | WINDOW,
    ),
    failing(
        "windows-denied",
        "AccessDenied to the list of maintenance windows: what cannot be seen is not therefore absent.",
        Fault("ssm:DescribeMaintenanceWindows", Mishap.DENIED),
        WINDOW,
    ),
    failing(
        "task-denied",
        "AccessDenied to the one call that shows what the window's task installs.",
        Fault("ssm:GetMaintenanceWindowTask", Mishap.DENIED),
        WINDOW,
    ),
)
