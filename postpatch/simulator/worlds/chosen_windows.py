"""As `workshop`, with a window that a policy of its own describes: its offset, its end, its tasks, its target.

Each green world has a red one beside it, which shows how far the policy's words go.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ..deployment import STACK_TAG
from ..world import World
from . import workshop
from .patched_by import stack_targets
from .standing_window import register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator

Values = dict[str, Any]
_DRAIN = {"commands": ["systemctl stop web"]}


def _run(parameters: Mapping[str, Any]) -> Values:
    return {"RunCommand": {"Parameters": parameters, "TimeoutSeconds": 600}}


def chosen(
    name: str,
    story: str,
    policy: Mapping[str, Mapping[str, Any]],
    red: set[str] | None = None,
    *,
    window: Values | None = None,
    beside: Values | None = None,
    task: Values | None = None,
    wrong: Values | None = None,
) -> World:
    """Return the workshop with a window of these values, and `beside` as its second task.

    `task` are values of the patching task. Where `red` names checks, `wrong` takes the place of the second task's
    values, else of those of `task`, else of the window's.
    """

    def deploy(aws: "Simulator") -> None:
        workshop.deploy(aws)
        defect = aws.world.defect(**(wrong or {}))
        standing = set_up_window(aws, **((window or {}) | ({} if beside or task else defect)))
        target = register_target(aws, standing)
        register_task(aws, standing, target, **((task | defect) if task else {}))
        if beside:
            register_task(aws, standing, target, **(beside | defect))

    return World(
        name=name,
        story=story,
        red=frozenset(red or ()),
        deploy=deploy,
        remediate=workshop.install_patches,
        policy=policy,
    )


def selecting(name: str, story: str, target: Values, registered: Values, red: set[str] | None = None) -> World:
    """Return the workshop with a target of its own; where `red` names checks, one host lacks the tag that selects."""

    def deploy(aws: "Simulator") -> None:
        workshop.deploy(aws)
        hosts = [host.instance_id for host in (*workshop.nodes(aws), workshop.red_team_host(aws))]
        ec2 = aws.client("ec2")
        ec2.create_tags(Resources=hosts, Tags=[{"Key": "Patching", "Value": "weekly"}])
        if red and not aws.world.fixed:
            ec2.delete_tags(Resources=hosts[:1], Tags=[{"Key": "Patching"}])
        query = {"ResourceTypeFilters": ["AWS::EC2::Instance"], "TagFilters": [{"Key": "Patching", "Values": []}]}
        aws.client("resource-groups").create_group(
            Name="weekly", ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)}
        )
        given = registered or {"Targets": [*stack_targets(aws), {"Key": "tag:Patching", "Values": ["weekly"]}]}
        window = set_up_window(aws)
        register_task(aws, window, register_target(aws, window, **given))

    return World(
        name=name,
        story=story,
        red=frozenset(red or ()),
        deploy=deploy,
        remediate=workshop.install_patches,
        policy={"target": {"tags": None} | target},
    )


_TWO_DAYS_LATER = {"every_hours": None, "schedule": "cron(0 2 ? * TUE#2 *)", "schedule_offset": 2}
_OFFSET = {"Schedule": "cron(0 2 ? * TUE#2 *)", "ScheduleOffset": 2}
_ENDING = {"end": date(2100, 12, 1)}
_LISTED = {"name": "drain", "runs": "AWS-RunShellScript", "priority": 0, "parameters": _DRAIN}
_BESIDE = {"task": {"beside": [_LISTED]}}
_FIRST = {
    "Name": "drain",
    "TaskArn": "AWS-RunShellScript",
    "Priority": 0,
    "TaskInvocationParameters": _run(_DRAIN),
}
_TAGS = {"tags": {STACK_TAG: ["pww"], "Patching": ["weekly"]}}
_GROUP = {
    "ResourceType": "RESOURCE_GROUP",
    "Targets": [{"Key": "resource-groups:Name", "Values": ["weekly"]}],
}
_RUNBOOK = {"InstanceId": ["{{ TARGET_ID }}"]}
_BY_RUNBOOK: Mapping[str, Values] = {
    "window": {"create": "never"},
    "task": {"type": "AUTOMATION", "document": "patch-web", "parameters": _RUNBOOK, "timeout_seconds": None},
}
_RUNS = {
    "TaskType": "AUTOMATION",
    "TaskArn": "patch-web",
    "TaskInvocationParameters": {"Automation": {"Parameters": _RUNBOOK}},
}

WORLDS = (
    chosen(
        "offset",
        "The window opens two days after each month's second Tuesday, as the policy says.",
        {"window": _TWO_DAYS_LATER},
        window=_OFFSET,
    ),
    chosen(
        "offset-too-late",
        "The window opens six days after Patch Tuesday, and the policy says two.",
        {"window": _TWO_DAYS_LATER},
        {"MW-2"},
        window=_OFFSET,
        wrong={"ScheduleOffset": 6},
    ),
    chosen(
        "ending-window",
        "The window ends when the policy says.",
        {"window": _ENDING},
        window={"EndDate": "2100-12-01T00:00:00Z"},
    ),
    chosen(
        "ends-a-year-early",
        "The window ends a year before the policy says, and nobody is patched from then on.",
        {"window": _ENDING},
        {"MW-4"},
        window={"EndDate": "2100-12-01T00:00:00Z"},
        wrong={"EndDate": "2099-12-15T00:00:00Z"},
    ),
    chosen(
        "listed-task",
        "Before it patches, the window takes the hosts out of service, by a task that the policy lists.",
        _BESIDE,
        beside=_FIRST,
    ),
    chosen(
        "unlisted-task",
        "The policy lists a task that drains the hosts; the window has one that rolls the packages back.",
        _BESIDE,
        {"TASK-1"},
        beside=_FIRST,
        wrong={
            "Name": "rollback",
            "Priority": 2,
            "TaskInvocationParameters": _run({"commands": ["dnf -y history undo last"]}),
        },
    ),
    chosen(
        "listed-task-changed",
        "The task that the policy lists is there by its name, but runs something else.",
        _BESIDE,
        {"TASK-2"},
        beside=_FIRST,
        wrong={"TaskInvocationParameters": _run({"commands": ["dnf -y history undo last"]})},
    ),
    chosen(
        "runbook",
        "The window's task is a runbook of the site's own, which patches each host by AWS-RunPatchBaseline.",
        _BY_RUNBOOK,
        task=_RUNS,
    ),
    chosen(
        "other-runbook",
        "The window's task should run the site's runbook that patches, and runs one that restarts the hosts.",
        _BY_RUNBOOK,
        {"TASK-1"},
        task=_RUNS,
        wrong={"TaskArn": "AWS-RestartEC2Instance"},
    ),
    selecting("several-tags", "The target selects by two tags, both of which must match.", _TAGS, {}),
    selecting(
        "several-tags-miss",
        "The target selects by two tags, and a host of the stack has only one of them.",
        _TAGS,
        {},
        {"TGT-2"},
    ),
    selecting("resource-group", "The target is a resource group.", {"resource_group": "weekly"}, _GROUP),
    selecting(
        "resource-group-misses",
        "The target is a resource group, of which a host of the stack is no member.",
        {"resource_group": "weekly"},
        _GROUP,
        {"TGT-2"},
    ),
)
