"""As `workshop`, but the red team's host runs Windows, and the month's update is not in effect on it.

In `windows-install-failed` the update could not be installed, in `windows-no-reboot` the host was not rebooted since,
in `windows-rejected` the patch baseline of Windows rejects it. Each shows its own state in Patch Manager's list.
In `windows-opened-login` all is patched, and since the baseline the host lets sessions begin without a password.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import other_systems, workshop
from .windows_kb_missing import NOT_RELEASED, UPDATE

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a Windows host, at a time when the update is the latest."""
    other_systems.deploy(aws, "windows-server-2022", without=NOT_RELEASED)


def fail_to_install(aws: "Simulator") -> None:
    """Patch all hosts; Windows Update ends with an error for the update."""
    workshop.red_team_host(aws).breaks_on = frozenset() if aws.world.fixed else frozenset({UPDATE})
    other_systems.install_patches(aws)


def leave_running(aws: "Simulator") -> None:
    """Patch all hosts, and reboot all but the one of Windows."""
    other_systems.approve_everything(aws)
    host = workshop.red_team_host(aws)
    others = [one.instance_id for one in workshop.nodes(aws)]
    workshop.run_patch_baseline(aws, "Install", Targets=[{"Key": "InstanceIds", "Values": others}])
    alone = [{"Key": "InstanceIds", "Values": [host.instance_id]}]
    workshop.run_patch_baseline(aws, "Install", Targets=alone, **aws.world.defect(reboot="NoReboot"))


def reject(aws: "Simulator") -> None:
    """Patch all hosts with baselines that approve everything; Windows' rejects the update."""
    other_systems.approve_everything(aws, **aws.world.defect(RejectedPatches=[UPDATE], RejectedPatchesAction="BLOCK"))
    workshop.run_patch_baseline(aws, "Install")


def open_login(aws: "Simulator") -> None:
    """Patch all hosts; before the baseline the login was closed, and now it is open again."""
    opened = aws.world.defect(**{"windows.NetworkLevelAuthentication": "Disabled"})
    workshop.red_team_host(aws).settings |= opened
    other_systems.install_patches(aws)


def deploy_closed(aws: "Simulator") -> None:
    """Launch the same stack, with a Windows host that asks for a password before a session begins."""
    deploy(aws)
    workshop.red_team_host(aws).settings["windows.NetworkLevelAuthentication"] = "Enabled"


WORLDS = (
    World(
        name="windows-install-failed",
        story="On a Windows host the month's update could not be installed.",
        red=frozenset({"PATCH-1", "FIND-4"}),
        deploy=deploy,
        remediate=fail_to_install,
    ),
    World(
        name="windows-no-reboot",
        story="On a Windows host the month's update was installed, and nobody rebooted it.",
        red=frozenset({"PATCH-2"}),
        deploy=deploy,
        remediate=leave_running,
    ),
    World(
        name="windows-rejected",
        story="The patch baseline of Windows rejects the month's update.",
        red=frozenset({"FIND-4"}),
        deploy=deploy,
        remediate=reject,
    ),
    World(
        name="windows-opened-login",
        story="A Windows host was patched, and somebody turned off Network Level Authentication on it.",
        red=frozenset({"FIND-8"}),
        deploy=deploy_closed,
        remediate=open_login,
    ),
)
