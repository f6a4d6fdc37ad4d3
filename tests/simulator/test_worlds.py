import pytest

from postpatch.simulator import worlds
from tests.simulator.asking import Make, findings, named, of_stack, patch_state, rescan, stack_hosts


@pytest.mark.parametrize(("name", "world"), worlds().items())
def test_every_world_tells_its_story(name: str, world: object) -> None:
    """A world is listed under its own name, with one line for people."""
    told = worlds()[name]
    assert (told, told.name) == (world, name)
    assert told.story
    assert "\n" not in told.story


def test_unpatched_scans_and_installs_nothing(make: Make) -> None:
    """In `unpatched` the last operation is a Scan that lists what is missing, and no finding goes."""
    aws = make("unpatched")
    before = {f["findingArn"] for f in findings(aws, resourceTags=of_stack())}
    aws.remediate()
    rescan(aws)
    assert {f["findingArn"] for f in findings(aws, resourceTags=of_stack())} == before
    for host in stack_hosts(aws):
        state = patch_state(aws, host)
        assert state["Operation"] == "Scan"
        assert state["MissingCount"] > 0
        assert state["InstalledPendingRebootCount"] == 0


def test_drifted_window_is_patched_well(make: Make) -> None:
    """In `drifted-window` the patch round is the workshop's: only the window is wrong."""
    aws, workshop_arns = make("drifted-window"), set()
    aws.remediate()
    rescan(aws)
    titles = sorted(f["title"] for f in findings(aws, resourceTags=of_stack()))
    workshop = make("workshop")
    workshop.remediate()
    rescan(workshop)
    assert titles == sorted(f["title"] for f in findings(workshop, resourceTags=of_stack()))
    assert not workshop_arns


def test_drifted_window_is_wrong_in_every_part(make: Make) -> None:
    """Schedule, duration, start, zone, targets and each part of the task differ from the tutorial's."""
    aws = make("drifted-window")
    ssm = aws.client("ssm")
    window = ssm.describe_maintenance_windows(Filters=[{"Key": "Name", "Values": ["pww_mw"]}])["WindowIdentities"]
    assert len(window) == 1
    identity = window[0]
    assert (identity["Duration"], identity["Cutoff"]) == (4, 1)
    runs = ssm.describe_maintenance_window_schedule(WindowId=identity["WindowId"], MaxResults=2)
    days = [run["ExecutionTime"][:16] for run in runs["ScheduledWindowExecutions"]]
    assert days == ["2098-11-01T13:00", "2098-11-02T13:00"]
    assert not ssm.get_maintenance_window(WindowId=identity["WindowId"])["AllowUnassociatedTargets"]
    target = ssm.describe_maintenance_window_targets(WindowId=identity["WindowId"])["Targets"][0]
    assert target["Targets"] == [{"Key": "tag:Name", "Values": ["pww-node"]}]
    listed = ssm.describe_maintenance_window_tasks(WindowId=identity["WindowId"])["Tasks"][0]
    task = ssm.get_maintenance_window_task(WindowId=identity["WindowId"], WindowTaskId=listed["WindowTaskId"])
    assert task["TaskArn"] == "AWS-RunShellScript"
    assert "Operation" not in task["TaskInvocationParameters"]["RunCommand"]["Parameters"]
    assert task["Targets"] == [{"Key": "InstanceIds", "Values": named(aws, "pww-node")}]
    assert (task["MaxConcurrency"], task["MaxErrors"], task["Priority"]) == ("100%", "50%", 5)
    assert "aws-service-role" not in task["ServiceRoleArn"]
