"""As `workshop`, and the recurring window stands, but one value of the window, its target or its task is wrong."""

from typing import TYPE_CHECKING, Any

from ..world import World
from . import workshop
from .standing_window import INSTALL, register_target, register_task, set_up_window

if TYPE_CHECKING:
    from ..simulator import Simulator


def wrong(
    name: str,
    story: str,
    red: set[str],
    *,
    window: dict[str, Any] | None = None,
    target: dict[str, Any] | None = None,
    task: dict[str, Any] | None = None,
) -> World:
    """Return the workshop with the tutorial's window, but for these values of its parts; `red` are the checks."""

    def deploy(aws: "Simulator") -> None:
        workshop.deploy(aws)
        standing = set_up_window(aws, **aws.world.defect(**(window or {})))
        registered = register_target(aws, standing, **aws.world.defect(**(target or {})))
        register_task(aws, standing, registered, **aws.world.defect(**(task or {})))

    return World(name=name, story=story, red=frozenset(red), deploy=deploy, remediate=workshop.install_patches)


_RUN = {"Parameters": INSTALL, "TimeoutSeconds": 600}
_SCRIPT = {"RunCommand": {"Parameters": {"commands": ["dnf -y upgrade --security"]}, "TimeoutSeconds": 600}}
WORLDS = (
    wrong(
        "closed-window",
        "The window allows no unassociated targets, which the policy wants allowed.",
        {"MW-1"},
        window={"AllowUnassociatedTargets": False},
    ),
    wrong(
        "early-cutoff",
        "The window is open for four hours, and starts no task in the last three.",
        {"MW-3"},
        window={"Duration": 4, "Cutoff": 3},
    ),
    wrong(
        "fires-once",
        "The window runs at one moment and never again; its next execution looks right.",
        {"MW-2"},
        window={"Schedule": "at(2099-12-01T00:00:00)"},
    ),
    wrong(
        "other-zone",
        "The window counts in Dublin's time: the same moments in winter, an hour off in summer.",
        {"MW-4"},
        window={"ScheduleTimezone": "Europe/Dublin"},
    ),
    wrong(
        "running-window",
        "The window's start date is long past: it runs every twelve hours, also while a scan is on.",
        {"MW-4"},
        window={"StartDate": "2019-12-01T00:00:00Z"},
    ),
    wrong(
        "thirteen-twelve",
        "The window's hours are 13/12, which reads like every twelve hours and is once a day.",
        {"MW-2"},
        window={"Schedule": "cron(0 0 13/12 * * ? *)"},  # from 13 o'clock in steps of 12: the next is 25 o'clock
    ),
    wrong(
        "broad-tag",
        "The window's target takes every host with a Name tag: it would patch another team's too.",
        {"TGT-1", "TGT-2"},
        target={"Targets": [{"Key": "tag-key", "Values": ["Name"]}]},
    ),
    wrong(
        "mistyped-tag",
        "The window's target names the stack in capitals: its tag selects no host at all.",
        {"TGT-1", "TGT-2"},
        target={"Targets": [{"Key": "tag:aws:cloudformation:stack-name", "Values": ["PWW"]}]},
    ),
    wrong(
        "all-at-once",
        "The window's task patches all hosts at once: every web node would reboot together.",
        {"TASK-4"},
        task={"MaxConcurrency": "100%"},
    ),
    wrong(
        "no-reboot-task",
        "The window's task installs with NoReboot: what it patches would not come into effect.",
        {"TASK-2"},
        task={"parameters": INSTALL | {"RebootOption": ["NoReboot"]}},
    ),
    wrong(
        "one-percent",
        'The task\'s error threshold is "1%" and not "1": of three hosts that is none.',
        {"TASK-4"},
        task={"MaxErrors": "1%"},
    ),
    wrong(
        "other-role",
        "The window's task runs under a role that is not the policy's.",
        {"TASK-5"},
        task={"ServiceRoleArn": "arn:aws:iam::123456789012:role/pww-operator"},
    ),
    wrong(
        "pinned-version",
        "The window's task runs the document's first version, whatever AWS has published since.",
        {"TASK-1"},
        task={"TaskInvocationParameters": {"RunCommand": _RUN | {"DocumentVersion": "1"}}},
    ),
    wrong(
        "other-region",
        "The window's task names the document of another Region.",
        {"TASK-1"},
        task={"TaskArn": "arn:aws:ssm:eu-west-1::document/AWS-RunPatchBaseline"},
    ),
    wrong(
        "contradicting",
        "The window's task installs, but its deprecated parameters, which older tools read, say Scan.",
        {"TASK-2"},
        task={"TaskParameters": {"Operation": {"Values": ["Scan"]}}},
    ),
    wrong(
        "override-list",
        "The window's task installs, but only what an old emergency's override list names.",
        {"TASK-2"},
        task={"parameters": INSTALL | {"InstallOverrideList": ["s3://pww-emergency/only-openssl.yaml"]}},
    ),
    wrong(
        "scanning-window",
        "The window is right in all but one value: its task scans, and installs nothing.",
        {"TASK-2"},
        task={"parameters": {"Operation": ["Scan"]}},
    ),
    wrong(
        "shell-task",
        "The window's task is a shell script named pww_task: Patch Manager would never know.",
        {"TASK-1", "TASK-2"},
        task={"TaskArn": "AWS-RunShellScript", "TaskInvocationParameters": _SCRIPT},
    ),
)
