"""Policies that `init --from-account` writes, each followed by a whole verification in the account that it is from."""

from dataclasses import replace
from pathlib import Path

import pytest

from postpatch.aws.session import Connection
from postpatch.commands.from_account import origin_in
from postpatch.commands.policy_lines import policy_from
from postpatch.errors import CouldNotCheck
from postpatch.model import Scope
from postpatch.run.collection import Collection
from postpatch.simulator import Simulator, World, worlds
from postpatch.simulator.deployment import GROUP_TAG
from postpatch.simulator.worlds import hybrid_alone, workshop
from postpatch.simulator.worlds.changing_fleets import NEW_IMAGE
from postpatch.simulator.worlds.standing_window import register_target, register_task, set_up_window
from tests.catalogue.judged_here import collect_in, judge_all
from tests.commands.test_from_account import EVENING

TEMPLATE = "web"


def set_up(aws: Simulator, key: str, value: str) -> None:
    """Set the tutorial's window up for what a tag selects."""
    window = set_up_window(aws)
    register_task(aws, window, register_target(aws, window, Targets=[{"Key": f"tag:{key}", "Values": [value]}]))


def written(world: World) -> str:
    """Return the policy that is written in the evening of a world."""
    aws = Simulator(world, EVENING)
    connection = Connection(aws.session(), clock=aws.now, poll_seconds=0, read_only=True)
    return policy_from(origin_in(connection, None, ""))


def unproven(collection: Collection) -> dict[str, str]:
    """Return what each check that did not pass says."""
    judged = judge_all(collection).items()
    return {
        check: str(one) if isinstance(one, CouldNotCheck) else one.reason
        for check, one in judged
        if isinstance(one, CouldNotCheck) or not one.holds
    }


def of_a_template(aws: Simulator) -> None:
    """Launch the workshop's stack, whose group launches its next hosts from a template, and set its window up."""
    workshop.deploy(aws)
    ec2, groups = aws.client("ec2"), aws.client("autoscaling")
    ec2.create_launch_template(LaunchTemplateName=TEMPLATE, LaunchTemplateData=_launched_from(workshop.IMAGE))
    (group,) = groups.describe_auto_scaling_groups()["AutoScalingGroups"]
    template = {"LaunchTemplateName": TEMPLATE, "Version": "$Default"}
    groups.update_auto_scaling_group(AutoScalingGroupName=group["AutoScalingGroupName"], LaunchTemplate=template)
    set_up(aws, GROUP_TAG, group["AutoScalingGroupName"])


def roll_out(aws: Simulator) -> None:
    """Build an image, make it the template's default, and have the group replace its hosts, or all but one."""
    aws.build_image(NEW_IMAGE)
    ec2, groups = aws.client("ec2"), aws.client("autoscaling")
    ec2.create_launch_template_version(LaunchTemplateName=TEMPLATE, LaunchTemplateData=_launched_from(NEW_IMAGE))
    ec2.modify_launch_template(LaunchTemplateName=TEMPLATE, DefaultVersion="2")
    kept = [] if aws.world.fixed else workshop.nodes(aws)[:1]
    for host in workshop.nodes(aws):
        if host not in kept:
            groups.terminate_instance_in_auto_scaling_group(
                InstanceId=host.instance_id, ShouldDecrementDesiredCapacity=False
            )


def _launched_from(image: str) -> dict[str, str]:
    return {"ImageId": image, "InstanceType": "t3.micro"}


ROLLED_OUT = World("rolled-out", "One node of two was not replaced.", frozenset(), of_a_template, roll_out)


def without_number_signs(text: str) -> str:
    """Return the policy with the lines about the proven image, as a person takes away their first `#`."""
    wanted = ("# hosts_may_change", "# [image]", "# launch_template =", "# [gate]", "# configuration =")
    return "\n".join(one.removeprefix("# ") if one.startswith(wanted) else one for one in text.splitlines()) + "\n"


@pytest.mark.parametrize("fixed", [True, False])
def test_a_written_image_is_proven(tmp_path: Path, fixed: bool) -> None:
    """Without the number signs the policy is green where every host was replaced, and red where one was not."""
    world = ROLLED_OUT.without_its_defect() if fixed else ROLLED_OUT
    found = unproven(collect_in(world, tmp_path, without_number_signs(written(world))))
    red = {"SCAN-3", "PATCH-1", "PATCH-2", "FIND-1", "FIND-4"}
    assert set(found) == (set() if fixed else red), found


@pytest.mark.parametrize("missed", [False, True])
def test_hybrid_nodes_are_written_down(tmp_path: Path, missed: bool) -> None:
    """A target that selects hybrid nodes alone makes a policy of these alone: green, and red where one is missed."""

    def deploy(aws: Simulator) -> None:
        hybrid_alone.deploy(aws)
        set_up(aws, hybrid_alone.SITE, hybrid_alone.BRANCH)

    remediate = hybrid_alone.patch_one if missed else hybrid_alone.patch
    world = World("branch", "Machines of a branch, and a window.", frozenset(), deploy, remediate)
    text = written(world)
    assert 'hybrid = "only" ' in text
    assert set(unproven(collect_in(world, tmp_path, text))) == ({"PATCH-1"} if missed else set())


def test_hybrid_nodes_beside_hosts_are_written_down(tmp_path: Path) -> None:
    """A target that selects both makes a policy of both."""

    def deploy(aws: Simulator) -> None:
        workshop.deploy(aws)
        aws.fleet.activate(workshop.IMAGE, "branch-1", {"Name": "pww-node"})
        set_up(aws, "Name", "pww-node")

    def patch(aws: Simulator) -> None:
        workshop.approve_everything(aws)
        workshop.run_patch_baseline(aws, "Install", Targets=[{"Key": "tag:Name", "Values": ["pww-node"]}])

    world = World("both", "Nodes, a machine of a branch, and a window.", frozenset(), deploy, patch)
    text = written(world)
    assert "hybrid = true " in text
    assert unproven(collect_in(world, tmp_path, text)) == {}


@pytest.mark.parametrize("world", ["warm-pool", "warm-pool-running", "stopped-beside-warm-pool"])
def test_a_warm_pool_is_written_down(tmp_path: Path, world: str) -> None:
    """A host that waits in a warm pool is left out by the policy that is written; no other host is."""

    def deploy(aws: Simulator) -> None:
        worlds()[world].deploy(aws)
        window = set_up_window(aws)
        register_task(aws, window, register_target(aws, window))

    played = replace(worlds()[world], deploy=deploy)
    text = written(played)
    assert ("leave_out_warm_pools = true" in text) == (world != "warm-pool-running")
    assert set(unproven(collect_in(played, tmp_path, text))) == played.red


@pytest.mark.parametrize("world", ["several-targets", "task-for-each-target", "target-without-task"])
def test_several_targets_are_written_down(tmp_path: Path, world: str) -> None:
    """A window with two targets is green by the policy that is written of it, unless its task leaves one out."""
    played = worlds()[world]
    aws = Simulator(played, EVENING)
    connection = Connection(aws.session(), clock=aws.now, poll_seconds=0, read_only=True)
    text = policy_from(origin_in(connection, Scope("stack", ("pww",)), ""))
    assert text.count("[[target.also]]") == 1
    assert set(unproven(collect_in(played, tmp_path, text))) == played.red
