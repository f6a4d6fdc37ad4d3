"""As `workshop`, in an account whose hosts the VM Scanner scans; the policy has it started by Run Command.

In `vm-scanner-unread` the command succeeds on every host, and Inspector reads nothing of what one of them sent.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .stale_scan import patch_while_inspector_lags
from .vm_scanner import activate

if TYPE_CHECKING:
    from ..simulator import Simulator

_POLICY = {"inspector": {"start_vm_scanner": True}}


def deploy(aws: "Simulator") -> None:
    """Build the workshop in an account in which the VM Scanner scans."""
    workshop.deploy(aws)
    activate(aws)


WORLDS = (
    World(
        name="vm-scanner-started",
        story="The VM Scanner scans the hosts, and the policy has it started by Run Command.",
        red=frozenset(),
        deploy=deploy,
        remediate=workshop.install_patches,
        policy=_POLICY,
    ),
    World(
        name="vm-scanner-unread",
        story="The VM Scanner was started on every host, and Inspector reads nothing of what one of them sent.",
        red=frozenset({"SCAN-1", "SCAN-2"}),
        deploy=deploy,
        remediate=patch_while_inspector_lags,
        policy=_POLICY,
    ),
)
