"""As `workshop`, with a window that has two targets: the hosts are patched by group, as their tag says.

AWS lets one task run on several targets, or each target have a task (API reference of
RegisterTargetWithMaintenanceWindow).
"""

from typing import TYPE_CHECKING, Any

from ..world import World
from . import workshop
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator

_POLICY = {
    "target": {
        "tags": {"Patching": ["web"]},
        "also": [{"name": "pww_databases", "tags": {"Patching": ["database"]}}],
    }
}


def _targets(aws: "Simulator", window: str, *, missed: bool) -> list[str]:
    """Tag one host as a database and all others as web servers, and register both; or leave one without the tag."""
    database, *web = [host.instance_id for host in (*workshop.nodes(aws), workshop.red_team_host(aws))]
    ec2 = aws.client("ec2")
    ec2.create_tags(Resources=web, Tags=[{"Key": "Patching", "Value": "web"}])
    ec2.create_tags(Resources=[database], Tags=[{"Key": "Patching", "Value": "database"}])
    if missed:
        ec2.delete_tags(Resources=web[:1], Tags=[{"Key": "Patching"}])
    return [
        register_target(aws, window, Name=name, Targets=[{"Key": "tag:Patching", "Values": [value]}])
        for name, value in (("pww_targets", "web"), ("pww_databases", "database"))
    ]


def _on(targets: list[str]) -> list[dict[str, Any]]:
    return [{"Key": "WindowTargetIds", "Values": targets}]


def _world(name: str, story: str, red: str = "", *, each: bool = False) -> World:
    def deploy(aws: "Simulator") -> None:
        workshop.deploy(aws)
        wrong = "" if aws.world.fixed else red
        window = set_up_window(aws)
        targets = _targets(aws, window, missed=wrong == "TGT-2")
        for target in targets if each else targets[:1]:
            on = [target] if each else targets[:1] if wrong == "TASK-3" else targets
            register_task(aws, window, target, Targets=_on(targets[:1] if each and wrong == "TASK-3" else on))

    return World(
        name=name,
        story=story,
        red=frozenset(filter(None, (red,))),
        deploy=deploy,
        remediate=workshop.install_patches,
        policy=_POLICY,
    )


WORLDS = (
    _world("several-targets", "The window has a target for web servers and one for databases, and one task on both."),
    _world(
        "target-without-task",
        "The task of a window with two targets runs on one: the databases stay as they are.",
        "TASK-3",
    ),
    _world("in-no-target", "The window has two targets, and a host of the stack is in neither.", "TGT-2"),
    _world("task-for-each-target", "The window has two targets, each with a patching task of its own.", each=True),
    _world(
        "one-target-twice",
        "Each of two tasks was meant for a target of its own, and both run on the same one.",
        "TASK-3",
        each=True,
    ),
)
