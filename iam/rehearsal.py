"""A rehearsal in which the calls that reach AWS are noted, and policies may be enforced."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from postpatch.simulator import Simulator, World, worlds
from postpatch.simulator.wire.call import Callers
from postpatch.simulator.wire.front import Forward
from postpatch.simulator.wire.message import Answer, Request
from postpatch.simulator.worlds import standing_window, workshop
from postpatch.simulator.worlds.patched_by import make_role

Policy = Mapping[str, Any]
EVENING, MORNING = "evening", "morning"
ROLE = "arn:aws:iam::123456789012:role/pww-maintenance-window"


@dataclass(frozen=True)
class Rehearsal:
    """Change the world of a name before the suite enters it; meant for a process of its own.

    `calls` is the file in which each call of the suite is noted, a line of phase and `service:Operation`: in the
    evening the baseline is taken, and the morning is for verifying. `evening` and `morning` are the policies enforced
    then. `change` makes another story of the world's.
    """

    world: str
    calls: Path
    evening: Policy | None = None
    morning: Policy | None = None
    change: Callable[[World], World] | None = None

    def __call__(self) -> None:
        """Put the changed world in the place of the one of its name."""
        known: Any = worlds()
        known[self.world] = self.changed()

    def changed(self) -> World:
        """Return the changed world."""
        known = worlds()[self.world]
        story = self.change(known) if self.change else known
        phase = [EVENING]

        def deploy(aws: Simulator) -> None:
            story.deploy(aws)
            note_calls(aws, lambda name: self._note(phase[0], name))
            if self.evening is not None:
                aws.restrict(self.evening)

        def remediate(aws: Simulator) -> None:
            story.remediate(aws)
            phase[0] = MORNING
            if self.morning is not None:
                aws.restrict(self.morning)

        return replace(story, deploy=deploy, remediate=remediate)

    def noted(self, phase: str) -> frozenset[str]:
        """Return the calls that the suite made in a phase."""
        lines = self.calls.read_text(encoding="utf-8").splitlines() if self.calls.exists() else []
        return frozenset(name for when, name in map(str.split, lines) if when == phase)

    def _note(self, phase: str, name: str) -> None:
        with self.calls.open("a", encoding="utf-8") as file:
            file.write(f"{phase} {name}\n")


def note_calls(aws: Simulator, take: Callable[[str], None]) -> None:
    """Tell `take` of each call that reaches AWS from now on, allowed or not; the world's own are left out."""
    callers = Callers(aws.account, aws.operator_key)

    def step(request: Request, forward: Forward) -> Answer:
        call = callers.call(request)
        if not call.by_operator:
            take(call.name)
        return forward(request)

    aws.front.steps.insert(0, step)


def for_reading(story: World, **target: Any) -> World:
    """Return a story that leaves nothing to do but to look: the window stands, and somebody else had a scan made.

    `target` is how the window's target differs from the tutorial's.
    """

    def deploy(aws: Simulator) -> None:
        story.deploy(aws)
        window = standing_window.set_up_window(aws)
        standing_window.register_task(aws, window, standing_window.register_target(aws, window, **target))

    return scanned_by_others(replace(story, deploy=deploy))


def for_reading_nodes(story: World) -> World:
    """Return the same for a story of the nodes alone."""
    return for_reading(story, Targets=[{"Key": "tag:Name", "Values": ["pww-node"]}])


def for_reading_later(story: World) -> World:
    """Return the same for a story in which what patches does so on a schedule of its own, within six hours."""
    return for_reading(_later(story))


def scanned_by_others_later(story: World) -> World:
    """Return such a story in which only the scan is somebody else's, and no window is there."""
    return scanned_by_others(_later(story))


def _later(story: World) -> World:
    return replace(story, remediate=lambda aws: aws.clock.advance_to(aws.clock.now() + timedelta(hours=6)))


def scanned_by_others(story: World) -> World:
    """Return a story in which somebody else had a scan made, so that a run that only reads has what it needs."""

    def remediate(aws: Simulator) -> None:
        story.remediate(aws)
        name = {"key": "AssociationName", "value": "InspectorInventoryCollection-do-not-delete"}
        [association] = aws.client("ssm").list_associations(AssociationFilterList=[name])["Associations"]
        aws.client("ssm").start_associations_once(AssociationIds=[association["AssociationId"]])
        aws.client("inspector2").create_cis_scan_configuration(
            scanName="nightly",
            securityLevel="LEVEL_1",
            schedule={"oneTime": {}},
            targets={
                "accountIds": ["SELF"],
                "targetResourceTags": {"aws:cloudformation:stack-name": [aws.deployment.stack]},
            },
        )

    return replace(story, remediate=remediate)


def with_a_role(story: World) -> World:
    """Return a story in which the window's task runs with the role ROLE, and that role exists."""

    def deploy(aws: Simulator) -> None:
        story.deploy(aws)
        ssm = aws.client("ssm")
        make_role(aws, ROLE.rpartition("/")[2])
        for window in ssm.describe_maintenance_windows()["WindowIdentities"]:
            asked = {"WindowId": window["WindowId"]}
            for task in ssm.describe_maintenance_window_tasks(**asked)["Tasks"]:
                ssm.update_maintenance_window_task(**asked, WindowTaskId=task["WindowTaskId"], ServiceRoleArn=ROLE)

    return replace(story, deploy=deploy)


def with_a_role_for_reading(story: World) -> World:
    """Return the same for a run that only reads: the window exists already, and somebody else had a scan made."""
    return scanned_by_others(with_a_role(story))


def held_back(story: World) -> World:
    """Return a story in which AWS's own baseline, which waits seven days with a patch, decides what is installed."""
    return replace(story, engine="inspector2", remediate=lambda aws: workshop.run_patch_baseline(aws, "Install"))


def held_back_for_reading(story: World) -> World:
    """Return a story with both."""
    return for_reading(held_back(story))
