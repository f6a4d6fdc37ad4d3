"""As `workshop`, but what patches the hosts each night is a State Manager association, and no window.

The hosts of the red worlds were patched by hand too, so that it is the association alone that is wrong.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..world import Happening, World
from . import workshop
from .patched_by import by_association, put_baseline_override
from .resting_on import WINDOW

if TYPE_CHECKING:
    from ..simulator import Simulator

NIGHTLY = "cron(0 22 * * ? *)"
_BUCKET = "pww-baselines"
_BY_HAND_AT = 23
# What only a window has, out of the tutorial's policy.
NO_WINDOW: Mapping[str, Mapping[str, Any] | None] = {
    "window": None,
    "target": {"name": None},
    "task": {
        "name": None,
        "priority": None,
        "timeout_seconds": None,
        "cutoff_behavior": None,
        "service_role": None,
    },
}
POLICY = {**NO_WINDOW, "recurring": {"by": "association", "name": "pww_install", "schedule": NIGHTLY}}


def _nothing(_: "Simulator") -> None:
    """Leave the night to the association."""


def patch_by_hand_later(aws: "Simulator") -> None:
    """Patch as the tutorial says, an hour after the association has run."""
    aws.clock.advance_to(aws.now().replace(hour=_BY_HAND_AT, minute=0, second=0, microsecond=0))
    workshop.run_patch_baseline(aws, "Install")


def associated(
    name: str,
    story: str,
    red: set[str] | frozenset[str] = frozenset(),
    *,
    remediate: Happening = patch_by_hand_later,
    policy: Mapping[str, Mapping[str, Any] | None] = POLICY,
    **wrong: Any,
) -> World:
    """Return the workshop with an association that installs each night; `wrong` are its values that are not so."""

    def deploy(aws: "Simulator") -> None:
        workshop.deploy(aws)
        workshop.approve_everything(aws)
        by_association(aws, "Install", NIGHTLY, **aws.world.defect(**wrong))

    return World(name=name, story=story, red=frozenset(red), deploy=deploy, remediate=remediate, policy=policy)


def _deploy_missing(aws: "Simulator") -> None:
    workshop.deploy(aws)
    workshop.approve_everything(aws)
    by_association(aws, "Install", NIGHTLY, **aws.world.defect(AssociationName="somebody_elses"))


def _deploy_nothing(aws: "Simulator") -> None:
    workshop.deploy(aws)
    workshop.approve_everything(aws)


def _drift(aws: "Simulator") -> None:
    """Set the association up after the baseline: it may install at once, and that belongs to this patching."""
    wrong = aws.world.defect(
        ScheduleExpression="cron(0 22 ? * SUN *)",
        ApplyOnlyAtCronInterval=False,
        Duration=1,
        DocumentVersion="1",
        MaxConcurrency="100%",
    )
    by_association(aws, "Install", NIGHTLY, **wrong)
    patch_by_hand_later(aws)


_OVERRIDE = {"Operation": ["Install"], "BaselineOverride": [f"s3://{_BUCKET}/override.json"]}


def _deploy_failing(aws: "Simulator") -> None:
    workshop.deploy(aws)
    workshop.approve_everything(aws)
    if aws.world.fixed:
        put_baseline_override(aws, _BUCKET)
    by_association(aws, "Install", NIGHTLY, Parameters=_OVERRIDE)


WORLDS = (
    associated("association", "An association installs each night, as the policy says.", remediate=_nothing),
    associated(
        "association-only-scans",
        "The association is right in all but one value: it scans, and installs nothing.",
        {"TASK-2"},
        Parameters={"Operation": ["Scan"]},
    ),
    associated(
        "association-misses-a-host",
        "The association selects by name, and misses the red team's host.",
        {"TGT-1", "TGT-2"},
        Targets=[{"Key": "tag:Name", "Values": ["pww-node"]}],
    ),
    World(
        name="association-drifted",
        story="The association runs once a week and whenever it is changed, for an hour, on all hosts at once.",
        red=frozenset({"MW-2", "MW-3", "MW-4", "TASK-1", "TASK-4"}),
        deploy=_deploy_nothing,
        remediate=_drift,
        policy=POLICY,
    ),
    World(
        name="association-missing",
        story="The association that the policy names does not exist; one of another name does the same.",
        red=WINDOW,
        deploy=_deploy_missing,
        remediate=patch_by_hand_later,
        policy=POLICY,
    ),
    World(
        name="association-failed",
        story="The association failed last night, as nobody had put its baseline into the bucket; a person patched.",
        red=frozenset({"MW-5"}),
        deploy=_deploy_failing,
        remediate=patch_by_hand_later,
        policy={**POLICY, "task": {**(NO_WINDOW["task"] or {}), "parameters": _OVERRIDE}},
    ),
)
