"""Ensuring the window: create what is absent, never touch what stands, read back everything."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from postpatch.aws.maintenance_window import Creation, ensure_window
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import ExistingWindow, ExpectedWindow, MaintenanceWindow, WindowTarget, WindowTask
from postpatch.simulator import Simulator

Connect = Callable[..., Connection]
Ensure = Callable[..., tuple[ExistingWindow, list[str]]]

STACK = (("tag:aws:cloudformation:stack-name", ("pww",)),)
LINKED = "arn:aws:iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"
WANTED = ExpectedWindow(
    MaintenanceWindow(
        "", "pww_mw", "cron(0 0/12 * * ? *)", 1, 0, True, True, start_date="2099-12-01T00:00:00Z", time_zone="Etc/UTC"
    ),
    WindowTarget("", "pww_targets", "INSTANCE", STACK),
    WindowTask(
        "", "pww_task", "RUN_COMMAND", "AWS-RunPatchBaseline", (), "1", "1", 1, "CONTINUE_TASK", "",
        (("Operation", ("Install",)),), 600,
    ),
)  # fmt: skip
READING = "not created: this run is read-only"


@pytest.fixture
def ssm(aws: Simulator) -> Iterator[Any]:
    """Give a person's own client of Systems Manager, and delete every window afterwards."""
    client = aws.client("ssm")
    yield client
    for window in client.describe_maintenance_windows()["WindowIdentities"]:
        client.delete_maintenance_window(WindowId=window["WindowId"])


@pytest.fixture
def ensure(connection: Connection, ssm: Any) -> Ensure:
    """Ensure the tutorial's window; return what stands and what was announced."""
    assert ssm.describe_maintenance_windows()["WindowIdentities"] == []

    def ensuring(
        withheld: str = "", *, sound: bool = True, wanted: ExpectedWindow = WANTED, through: Connection = connection
    ) -> tuple[ExistingWindow, list[str]]:
        said: list[str] = []
        return ensure_window(through, wanted, Creation(withheld, lambda *_: sound, said.append)), said

    return ensuring


def set_up(ssm: Any, **changes: Any) -> str:
    """Create a window as a person would."""
    usual = {"Name": "pww_mw", "Schedule": "rate(1 day)", "Duration": 4, "Cutoff": 1, "AllowUnassociatedTargets": False}
    return str(ssm.create_maintenance_window(**(usual | changes))["WindowId"])


def add_target(ssm: Any, window: str, name: str = "theirs") -> str:
    """Register a target as a person would."""
    target = {"ResourceType": "INSTANCE", "Name": name, "Targets": [{"Key": "tag:Name", "Values": ["pww-node"]}]}
    return str(ssm.register_target_with_maintenance_window(WindowId=window, **target)["WindowTargetId"])


def add_task(ssm: Any, window: str, **changes: Any) -> str:
    """Register a task as a person would."""
    usual = {"TaskType": "RUN_COMMAND", "TaskArn": "AWS-RunShellScript", "MaxConcurrency": "1", "MaxErrors": "1"}
    return str(ssm.register_task_with_maintenance_window(WindowId=window, **(usual | changes))["WindowTaskId"])


def undated(window: MaintenanceWindow | None) -> MaintenanceWindow:
    """Return the window without the dates at which it was created and changed, which must be there."""
    assert window is not None
    assert window.created_at is not None
    assert window.modified_at is not None
    return replace(window, created_at=None, modified_at=None)


def test_everything_is_created_where_nothing_stands(ensure: Ensure) -> None:
    """Window, target and task are created, each announced before, and read back with every value the policy has."""
    standing, said = ensure()
    (window_id,) = standing.named
    assert said == [
        "creating maintenance window pww_mw",
        f"creating target pww_targets in {window_id}",
        f"creating task pww_task in {window_id}",
    ]
    assert [f"creating {what}" for what in standing.created] == said
    assert undated(standing.window) == MaintenanceWindow(
        window_id, "pww_mw", "cron(0 0/12 * * ? *)", 1, 0, True, True, "2099-12-01T00:00:00Z", "", "Etc/UTC",
        "2099-12-01T00:00Z",
    )  # fmt: skip
    ((target,), (task,)) = standing.targets, standing.tasks
    assert target == WindowTarget(target.id, "pww_targets", "INSTANCE", STACK)
    assert task == WindowTask(
        task.id, "pww_task", "RUN_COMMAND", "AWS-RunPatchBaseline", (("WindowTargetIds", (target.id,)),), "1", "1", 1,
        "CONTINUE_TASK", LINKED, (("Operation", ("Install",)),), 600, "",
    )  # fmt: skip
    assert standing.next_executions[:2] == ("2099-12-01T00:00Z", "2099-12-01T12:00Z")
    assert standing.withheld == ()


def test_the_selected_hosts_are_read_back(ensure: Ensure, hosts_named: Callable[[str], list[str]]) -> None:
    """What the target's tags select, and what Systems Manager knows of it, is part of what stands."""
    standing, _ = ensure()
    expected = sorted(hosts_named("pww-node") + hosts_named("pww-RedTeamHost"))
    assert list(standing.selected) == expected
    assert [(host.host, host.ping) for host in standing.managed] == [(host, "Online") for host in expected]


def test_what_is_created_is_marked_as_ours(ensure: Ensure, ssm: Any) -> None:
    """The window carries our tag, the target our mark, so that they can be found again and cleaned up."""
    standing, _ = ensure()
    tags = ssm.list_tags_for_resource(ResourceType="MaintenanceWindow", ResourceId=standing.named[0])["TagList"]
    assert tags == [{"Key": "created-by", "Value": "postpatch"}]
    (target,) = ssm.describe_maintenance_window_targets(WindowId=standing.named[0])["Targets"]
    assert "postpatch" in target["OwnerInformation"]


def test_ensuring_again_creates_nothing(ensure: Ensure, connect: Connect) -> None:
    """The second run finds all that the first created, and sends no write."""
    first, _ = ensure()
    again = connect()
    second, said = ensure(through=again)
    assert (said, second.created) == ([], ())
    assert (second.window, second.targets, second.tasks) == (first.window, first.targets, first.tasks)
    assert not [call for call in again.calls if "Create" in call or "Register" in call]


def test_what_withholds_creation_is_told(ensure: Ensure, ssm: Any) -> None:
    """Where nothing may be created nothing is, and what was left out says why."""
    standing, said = ensure(READING)
    assert standing == ExistingWindow((), withheld=(f"maintenance window pww_mw: {READING}",))
    assert said == []
    assert ssm.describe_maintenance_windows()["WindowIdentities"] == []


def test_only_what_is_missing_is_created(ensure: Ensure, ssm: Any) -> None:
    """A window that stands alone gets its target and task; one with a target gets a task on that target."""
    first, _ = ensure()
    window_id = first.named[0]
    ssm.deregister_task_from_maintenance_window(WindowId=window_id, WindowTaskId=first.tasks[0].id)
    second, said = ensure()
    assert said == [f"creating task pww_task in {window_id}"]
    assert second.targets == first.targets
    assert second.tasks[0].targets == (("WindowTargetIds", (first.targets[0].id,)),)
    ssm.deregister_task_from_maintenance_window(WindowId=window_id, WindowTaskId=second.tasks[0].id)
    ssm.deregister_target_from_maintenance_window(WindowId=window_id, WindowTargetId=first.targets[0].id)
    third, said = ensure()
    assert said == [f"creating target pww_targets in {window_id}", f"creating task pww_task in {window_id}"]
    assert third.named == (window_id,)


def test_what_is_missing_may_be_withheld_too(ensure: Ensure, ssm: Any) -> None:
    """A run that only reads leaves a window without target and task as it is, and says what it did not create."""
    window_id = set_up(ssm)
    standing, said = ensure(READING)
    assert (standing.targets, standing.tasks, said) == ((), (), [])
    assert standing.withheld == (f"target pww_targets in {window_id}: {READING}",)


def test_nothing_is_added_to_a_window_that_drifted(ensure: Ensure, ssm: Any) -> None:
    """A window that is not what the policy wants is left exactly as it stands, however bare."""
    window_id = set_up(ssm)
    standing, said = ensure(sound=False)
    assert (said, standing.created, standing.targets, standing.tasks) == ([], (), (), ())
    assert undated(standing.window) == MaintenanceWindow(
        window_id, "pww_mw", "rate(1 day)", 4, 1, True, False, next_execution=standing.window.next_execution
    )


def test_whether_a_window_drifted_is_judged_by_what_stands(connection: Connection, ssm: Any) -> None:
    """The judge of soundness is given the window and targets as AWS has them."""
    window_id = set_up(ssm)
    add_target(ssm, window_id)
    seen: list[tuple[MaintenanceWindow, tuple[WindowTarget, ...]]] = []

    def sound(window: MaintenanceWindow, targets: tuple[WindowTarget, ...]) -> bool:
        seen.append((window, targets))
        return False

    ensure_window(connection, WANTED, Creation("", sound, lambda _: None))
    ((window, (target,)),) = seen
    assert (window.id, window.duration, target.name) == (window_id, 4, "theirs")


def test_what_stands_is_never_changed(ensure: Ensure, ssm: Any) -> None:
    """A complete window of wrong values stays as it is and is read back with them."""
    window_id = set_up(ssm, ScheduleTimezone="Europe/Berlin", EndDate="2100-01-01T00:00:00Z")
    target_id = add_target(ssm, window_id)
    parameters = {"commands": ["true"], "workingDirectory": [""]}
    add_task(
        ssm,
        window_id,
        Targets=[{"Key": "WindowTargetIds", "Values": [target_id]}],
        TaskInvocationParameters={"RunCommand": {"Parameters": parameters, "TimeoutSeconds": 30}},
    )
    standing, said = ensure()
    assert said == []
    assert standing.window
    assert (standing.window.time_zone, standing.window.end_date) == ("Europe/Berlin", "2100-01-01T00:00:00Z")
    (task,) = standing.tasks
    assert (task.name, task.document, task.timeout_seconds) == ("", "AWS-RunShellScript", 30)
    assert task.parameters == (("commands", ("true",)), ("workingDirectory", ("",)))


def test_windows_of_one_name_are_all_told(ensure: Ensure, ssm: Any) -> None:
    """Names are not unique: every window of the name is told, none is added to, and the first by id is read."""
    twins = sorted([set_up(ssm), set_up(ssm, Duration=2)])
    set_up(ssm, Name="pww_mw2")
    standing, said = ensure()
    assert standing.named == tuple(twins)
    assert standing.window
    assert standing.window.id == twins[0]
    assert (said, standing.targets) == ([], ())


def test_every_target_and_task_is_read(ensure: Ensure, ssm: Any) -> None:
    """Several targets and tasks all come back, over as many pages as there are, with the hosts of every target."""
    window_id = set_up(ssm)
    for number in range(12):
        target_id = add_target(ssm, window_id, f"target-{number}")
        targets = [{"Key": "WindowTargetIds", "Values": [target_id]}]
        add_task(ssm, window_id, Name=f"task-{number}", Targets=targets)
    standing, _ = ensure()
    assert (len(standing.targets), len(standing.tasks)) == (12, 12)
    assert len(standing.selected) == 2


def test_a_target_by_ids_selects_those(ensure: Ensure, ssm: Any, hosts_named: Callable[[str], list[str]]) -> None:
    """A target that names instances selects them, as far as they exist."""
    (host,) = hosts_named("billing-batch")
    window_id = set_up(ssm)
    chosen = [{"Key": "InstanceIds", "Values": [host, "i-0123456789abcdef0"]}]
    ssm.register_target_with_maintenance_window(WindowId=window_id, ResourceType="INSTANCE", Targets=chosen)
    assert ensure(sound=False)[0].selected == (host,)


@pytest.mark.parametrize(
    ("operation", "subject"),
    [
        ("DescribeMaintenanceWindows", "for the maintenance windows named pww_mw"),
        ("CreateMaintenanceWindow", "for a new maintenance window pww_mw"),
        ("RegisterTargetWithMaintenanceWindow", "for the target and task of mw-"),
        ("RegisterTaskWithMaintenanceWindow", "for the target and task of mw-"),
        ("GetMaintenanceWindowTask", "for the content of maintenance window mw-"),
        ("DescribeMaintenanceWindowSchedule", "for the content of maintenance window mw-"),
        ("DescribeInstanceInformation", "which hosts Systems Manager manages"),
    ],
)
def test_a_refusal_could_not_look(
    ensure: Ensure, connect: Connect, refuse: Callable[..., list[str]], operation: str, subject: str
) -> None:
    """AccessDenied on any step is could-not-look with that step's words, never an absent window."""
    denied = connect()
    refuse(denied, f"ssm.{operation}", "AccessDeniedException", 400)
    with pytest.raises(CouldNotCheck, match=f"^Allow {operation} to the caller. Could not ask {subject}"):
        ensure(through=denied)


def test_offset_and_end_are_created_and_read_back(ensure: Ensure) -> None:
    """A window has the offset and the end of the policy, and its parts need no name."""
    window = replace(
        WANTED.window, schedule="cron(0 2 ? * TUE#2 *)", schedule_offset=2, end_date="2100-12-01T00:00:00Z"
    )
    nameless = replace(WANTED.target, name=""), replace(WANTED.task, name="")
    standing, said = ensure(wanted=ExpectedWindow(window, *nameless))
    assert standing.window is not None
    assert (standing.window.schedule_offset, standing.window.end_date) == (2, "2100-12-01T00:00:00Z")
    assert [standing.targets[0].name, standing.tasks[0].name] == ["", ""]
    assert said[1:] == [f"creating a target in {standing.named[0]}", f"creating a task in {standing.named[0]}"]


def test_a_window_by_its_id(ensure: Ensure, ssm: Any) -> None:
    """The window of the id is read, whatever its name and whoever has the same; an unknown id is no window."""
    first, second = set_up(ssm, Name="theirs"), set_up(ssm, Name="theirs")
    for window in (first, second):
        add_task(ssm, window, Targets=[{"Key": "WindowTargetIds", "Values": [add_target(ssm, window)]}])
    standing, _ = ensure(wanted=replace(WANTED, window=replace(WANTED.window, id=second, name="")))
    assert standing.named == (second,)
    assert standing.window is not None
    assert standing.window.name == "theirs"
    unknown = replace(WANTED, window=replace(WANTED.window, id="mw-0123456789abcdef0", name=""))
    absent, _ = ensure('not created: [window] create = "never"', wanted=unknown)
    assert (absent.window, len(absent.withheld)) == (None, 1)


def test_every_wanted_target_is_registered(ensure: Ensure, ssm: Any) -> None:
    """What is missing of several targets is added, and the task runs on all of them."""
    wanted = replace(WANTED, also=(replace(WANTED.target, name="more", selectors=(("tag:Name", ("more",)),)),))
    standing, _ = ensure(wanted=wanted)
    assert [target.name for target in standing.targets] == [WANTED.target.name, "more"]
    assert [set(values) for _, values in standing.tasks[0].targets] == [{target.id for target in standing.targets}]
    ssm.deregister_target_from_maintenance_window(WindowId=standing.named[0], WindowTargetId=standing.targets[1].id)
    again, said = ensure(wanted=wanted)
    assert said == [f"creating target more in {standing.named[0]}"]
    assert [target.name for target in again.targets] == [WANTED.target.name, "more"]
