"""Associations and patch policies, as they are read from the embedded AWS."""

from datetime import UTC, datetime, timedelta

import pytest

from postpatch.aws.association import existing_association
from postpatch.aws.association_history import association_history
from postpatch.aws.patch_policy import existing_patch_policy
from postpatch.aws.session import Connection
from postpatch.model import SelectedBaseline
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds.patched_by import by_association, by_patch_policy

WEEKLY = "cron(0 22 ? * SUN *)"


def test_an_association_by_name_and_by_id(connection: Connection, aws: Simulator) -> None:
    """Every value is read; of two of one name both are counted, and another name is none."""
    made = by_association(aws, "Install", WEEKLY, AssociationName="weekly", ScheduleOffset=2, Duration=3)
    found = existing_association(connection, "weekly", "")
    assert found.named == (made,)
    assert found == existing_association(connection, "", made)
    assert found.association is not None
    assert (found.association.schedule, found.association.schedule_offset) == (WEEKLY, 2)
    assert (found.association.only_at_schedule, found.association.duration) == (True, 3)
    (task,), (target,) = found.tasks, found.targets
    assert (task.document, task.parameters) == ("AWS-RunPatchBaseline", (("Operation", ("Install",)),))
    assert (task.max_concurrency, task.max_errors) == ("1", "1")
    assert target.selectors == (("tag:aws:cloudformation:stack-name", ("pww",)),)
    assert len(found.selected) == len(found.managed) == 3
    second = by_association(aws, "Scan", WEEKLY, AssociationName="weekly")
    assert set(existing_association(connection, "weekly", "").named) == {made, second}
    assert existing_association(connection, "monthly", "").association is None
    assert existing_association(connection, "", "00000000-4404-47f2-a909-324578357dcd").association is None


def test_a_patch_policy_by_either_name(connection: Connection, aws: Simulator) -> None:
    """The manager's name and PatchPolicyName are both its names; its association that installs is read."""
    baseline = aws.client("ssm").get_default_patch_baseline(OperatingSystem="AMAZON_LINUX_2023")["BaselineId"]
    arn = by_patch_policy(aws, baseline, PatchPolicyName="nightly")
    found = existing_patch_policy(connection, "nightly")
    assert found == existing_patch_policy(connection, "pww")
    assert found.named == (arn,)
    assert found.patch_policy is not None
    assert (found.patch_policy.operation, found.patch_policy.statuses) == ("ScanAndInstall", ("SUCCEEDED",))
    assert found.patch_policy.baselines == (SelectedBaseline("AMAZON_LINUX_2023", baseline, "pww"),)
    assert found.association is not None
    assert found.patch_policy.installs == (found.association.name,)
    assert dict(found.tasks[0].parameters)["Operation"] == ("Install",)
    assert existing_patch_policy(connection, "other").patch_policy is None
    scans = by_patch_policy(aws, baseline, PatchPolicyName="scans", ConfigurationOptionsPatchOperation="Scan")
    only = existing_patch_policy(connection, "scans")
    assert (only.named, only.association) == ((scans,), None)


@pytest.fixture
def night() -> Simulator:
    """Return a world of its own, for time passes in it."""
    return Simulator(worlds()["workshop"], datetime(2026, 11, 20, 21, tzinfo=UTC))


def test_the_newest_execution_with_its_hosts(night: Simulator) -> None:
    """The history ends with the newest that has ended, of which the hosts are read."""
    by_association(night, "Install", "cron(0 22 * * ? *)")
    connection = Connection(night.session(), clock=night.now, poll_seconds=0)
    night.clock.advance(timedelta(days=2))
    found = existing_association(connection, "pww_install", "")
    assert found.association is not None
    history = association_history(connection, found.association, "AWS-RunPatchBaseline")
    (execution,) = history.executions
    (run,) = execution.tasks or ()
    assert (execution.status, run.status, run.invocations, run.failed) == ("Success", "Success", 3, ())
    assert execution.started_at.date() == datetime(2026, 11, 21, tzinfo=UTC).date()


def test_a_host_that_was_not_reached(night: Simulator) -> None:
    """An execution that has waited for a host for more than a day has ended for us, and names the host."""
    by_association(night, "Install", "cron(0 22 20 * ? *)")
    (host, *_) = night.fleet.select([("tag:Name", ["pww-node"])])
    host.online = False
    connection = Connection(night.session(), clock=night.now, poll_seconds=0)
    found = existing_association(connection, "pww_install", "")
    assert found.association is not None
    night.clock.advance(timedelta(hours=3))
    (going_on,) = association_history(connection, found.association, "AWS-RunPatchBaseline").executions
    assert going_on.tasks is None
    night.clock.advance(timedelta(days=1))
    (ended,) = association_history(connection, found.association, "AWS-RunPatchBaseline").executions
    (run,) = ended.tasks or ()
    assert (run.failed, run.gone) == (((host.instance_id, "Pending"),), ())
