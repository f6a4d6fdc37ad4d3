"""`init --from-account` on the embedded AWS: each kind of what patches, and what no policy describes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from postpatch.aws.hosts import hosts_by_selectors
from postpatch.aws.images import images
from postpatch.aws.session import Connection
from postpatch.commands.from_account import origin_in
from postpatch.commands.policy_lines import policy_from
from postpatch.errors import CouldNotCheck
from postpatch.model import Scope
from postpatch.policy import Policy, load_policy
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds import workshop
from postpatch.simulator.worlds.changing_fleets import NEW_IMAGE
from postpatch.simulator.worlds.golden_images import PARAMETER
from postpatch.simulator.worlds.patched_by import by_association, launch_from, replace_nodes
from postpatch.simulator.worlds.standing_window import register_target, register_task, set_up_window

EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
STACK = Scope("stack", ("pww",))


@pytest.fixture
def aws() -> Simulator:
    """Return the tutorial's world, in which nothing patches yet."""
    return Simulator(worlds()["workshop"], EVENING)


@pytest.fixture
def written(tmp_path: Any) -> Any:
    """Write the policy of what exists, and load it."""

    def write(aws: Simulator, scope: Scope | None = None, patched_by: str = "") -> Policy:
        connection = Connection(aws.session(), clock=aws.now, poll_seconds=0, read_only=True)
        path = tmp_path / "verify.toml"
        path.write_text(policy_from(origin_in(connection, scope, patched_by)), encoding="utf-8")
        return load_policy(path)

    return write


def window(aws: Simulator, **differently: Any) -> str:
    """Set the tutorial's window up, and return its id."""
    made = set_up_window(aws, **differently)
    register_task(aws, made, register_target(aws, made))
    return made


@pytest.mark.parametrize(
    ("world", "by"),
    [("offset", "window"), ("listed-task", "window"), ("association", "association"), ("patch-policy", "patch-policy")],
)
def test_what_exists_is_what_the_policy_says(written: Any, world: str, by: str) -> None:
    """The schedule, the target and the task come from what patches, and the scope from the stack's tag."""
    policy = written(Simulator(worlds()[world], EVENING))
    assert (policy.recurring.by, policy.scope.stack, policy.creates) == (by, "pww", False)
    assert policy.target.tags == {"aws:cloudformation:stack-name": ["pww"]}
    assert policy.task.parameters["Operation"] == ["Install"]
    assert "BaselineOverride" not in policy.task.parameters
    assert len(policy.task.beside) == (world == "listed-task")
    if world == "offset":
        assert (policy.recurrence.expression, policy.recurrence.schedule_offset) == ("cron(0 2 ? * TUE#2 *)", 2)
    if world == "patch-policy":
        assert policy.patching.baseline is not None


def test_each_baseline_of_a_patch_policy_is_written_down(written: Any) -> None:
    """A patch policy of several operating systems has a baseline for each, and all of them are named."""
    policy = written(Simulator(worlds()["patch-policy-systems"], EVENING))
    assert len(policy.patching.baselines) == 2


def test_a_resource_group_needs_the_hosts_named(written: Any) -> None:
    """A group is a target and no scope: the flag to name the hosts is told."""
    aws = Simulator(worlds()["resource-group"], EVENING)
    with pytest.raises(CouldNotCheck, match="Name the hosts with --stack"):
        written(aws)
    policy = written(aws, STACK)
    assert (policy.scope.stack, policy.target.resource_group) == ("pww", "weekly")


def test_nothing_patches(aws: Simulator, written: Any) -> None:
    """Where nothing installs, there is nothing to write; what only scans is none."""
    by_association(aws, "Scan", "cron(0 2 * * ? *)")
    with pytest.raises(CouldNotCheck, match="no window, association or patch policy"):
        written(aws)


def test_of_several_one_must_be_named(aws: Simulator, written: Any) -> None:
    """Two that install on the hosts are named; a name or an id says which."""
    made, other = window(aws), by_association(aws, "Install", "cron(0 2 * * ? *)")
    with pytest.raises(CouldNotCheck, match=rf"pww_mw \({made}\); pww_install \({other}\)"):
        written(aws)
    assert written(aws, None, "pww_mw").the_window.id == made
    assert written(aws, None, other).recurring.id == other


def test_what_patches_other_hosts_is_left_out(aws: Simulator, written: Any) -> None:
    """With the hosts named, what installs on none of them plays no part."""
    made = window(aws)
    by_association(aws, "Install", "cron(0 2 * * ? *)", Targets=[{"Key": "tag:Team", "Values": ["billing"]}])
    assert written(aws, STACK).the_window.id == made


@pytest.mark.parametrize("world", ["several-targets", "task-for-each-target"])
def test_each_target_is_written_down(written: Any, world: str) -> None:
    """A window with two targets has both in the policy; of like tasks, one for each, none is picked by its id."""
    policy = written(Simulator(worlds()[world], EVENING), STACK)
    assert [(one.name, one.tags) for one in policy.target.every] == [
        ("pww_targets", {"Patching": ["web"]}), ("pww_databases", {"Patching": ["database"]}),
    ]  # fmt: skip
    assert (policy.task.id is None, policy.task.beside) == (world == "task-for-each-target", [])


def test_two_targets_by_ids_are_a_scope_of_ids(aws: Simulator, written: Any) -> None:
    """Where each target names its hosts, together they are the scope."""
    ids = sorted(host.instance_id for host in workshop.nodes(aws))
    made = set_up_window(aws)
    targets = [register_target(aws, made, Targets=[{"Key": "InstanceIds", "Values": [one]}]) for one in ids]
    register_task(aws, made, targets[0], Targets=[{"Key": "WindowTargetIds", "Values": targets}])
    assert written(aws).scope.instances == ids


def test_tasks_that_differ_are_more_than_a_policy_says(aws: Simulator, written: Any) -> None:
    """Two targets, each with a task, of which one does not reboot: no policy says both."""
    made = set_up_window(aws)
    for parameters in ({"Operation": ["Install"]}, {"Operation": ["Install"], "RebootOption": ["NoReboot"]}):
        register_task(aws, made, register_target(aws, made), parameters)
    with pytest.raises(CouldNotCheck, match="or one for each target, all alike: it has 2"):
        written(aws, STACK)


def of_a_template(aws: Simulator, image: str, version: str = "$Default") -> None:
    """Have the group launch its hosts from a launch template that names an image."""
    launch_from(aws, NEW_IMAGE)
    client = aws.client("autoscaling")
    aws.client("ec2").create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"ImageId": image})
    (group,) = client.describe_auto_scaling_groups()["AutoScalingGroups"]
    template = {"LaunchTemplateName": "web", "Version": version}
    client.update_auto_scaling_group(AutoScalingGroupName=group["AutoScalingGroupName"], LaunchTemplate=template)


@pytest.mark.parametrize(
    ("image", "version", "named"),
    [
        pytest.param("", "", ("ami", NEW_IMAGE), id="launch-configuration"),
        pytest.param(NEW_IMAGE, "$Default", ("launch_template", "web"), id="launch-template"),
        pytest.param(NEW_IMAGE, "1", ("launch_template", "web:1"), id="launch-template-version"),
        pytest.param(f"resolve:ssm:{PARAMETER}", "$Latest", ("ssm_parameter", PARAMETER), id="ssm-parameter"),
    ],
)
def test_the_proven_image_is_suggested(
    aws: Simulator, tmp_path: Any, image: str, version: str, named: tuple[str, str]
) -> None:
    """As comments, with their source; without the number sign every host comes from the image that they name."""
    made = window(aws)
    aws.build_image(NEW_IMAGE)
    replace_nodes(aws, NEW_IMAGE)
    aws.client("ec2").terminate_instances(InstanceIds=[workshop.red_team_host(aws).instance_id])
    aws.client("ssm").put_parameter(Name=PARAMETER, Value=NEW_IMAGE, Type="String", DataType="aws:ec2:image")
    if image:
        of_a_template(aws, image, version)
    connection = Connection(aws.session(), clock=aws.now, poll_seconds=0, read_only=True)
    text = policy_from(origin_in(connection, None, made))
    kind, value = named
    (line,) = [one for one in text.splitlines() if one.startswith(f'# {kind} = "{value}"')]
    assert " of group pww-" in line.partition("  # ")[2]
    path = tmp_path / "verify.toml"
    path.write_text(text, encoding="utf-8")
    assert load_policy(path).image is None
    wanted = ("# hosts_may_change", "# [image]", f"# {kind} =")
    lines = (one.removeprefix("# ") if one.startswith(wanted) else one for one in text.splitlines())
    path.write_text("\n".join(lines), encoding="utf-8")
    policy = load_policy(path)
    assert policy.image
    assert policy.scope.hosts_may_change
    hosts = [*hosts_by_selectors(connection, [("tag:aws:cloudformation:stack-name", ("pww",))])]
    found = images(connection, aws.account, policy.image.source, hosts)
    assert hosts
    assert [host.id for host in hosts if found.is_older(host.image)] == []


def test_without_a_group_no_image_is_suggested(aws: Simulator) -> None:
    """A host of its own is launched from no template that stays; nothing about images is written."""
    made = window(aws)
    connection = Connection(aws.session(), clock=aws.now, poll_seconds=0, read_only=True)
    text = policy_from(origin_in(connection, Scope("instances", (workshop.red_team_host(aws).instance_id,)), made))
    assert "image" not in text


def test_a_denied_question_is_no_reason_to_write_nothing(aws: Simulator, written: Any) -> None:
    """Whoever may not ask about groups gets the policy, and reads in it why no image is suggested."""
    made = window(aws)
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denied = {"Effect": "Deny", "Action": "autoscaling:*", "Resource": "*"}
    aws.restrict({"Version": "2012-10-17", "Statement": [allowed, denied]})
    connection = Connection(aws.session(), clock=aws.now, poll_seconds=0, read_only=True)
    text = policy_from(origin_in(connection, None, made))
    assert "# [image] is not suggested. Allow autoscaling:DescribeAutoScalingGroups to the caller." in text
    assert written(aws).image is None


def test_awss_runbook_that_patches_is_written_down(aws: Simulator, written: Any) -> None:
    """AWS-PatchInstanceWithRollback installs; of another runbook nothing in AWS says so."""
    made = set_up_window(aws)
    parameters = {"InstanceId": ["{{ TARGET_ID }}"]}
    task = {"TaskType": "AUTOMATION", "TaskInvocationParameters": {"Automation": {"Parameters": parameters}}}
    target = register_target(aws, made)
    register_task(aws, made, target, Name="restart", TaskArn="AWS-RestartEC2Instance", **task)
    with pytest.raises(CouldNotCheck, match="no window, association or patch policy"):
        written(aws)
    register_task(aws, made, target, TaskArn="AWS-PatchInstanceWithRollback", **task)
    policy = written(aws)
    assert (policy.task.type, policy.task.document) == ("AUTOMATION", "AWS-PatchInstanceWithRollback")
    assert (policy.task.parameters, policy.task.timeout_seconds) == (parameters, None)
    assert [one.runs for one in policy.task.beside] == ["AWS-RestartEC2Instance"]
