"""What a run may change in AWS, seen in the calls that it made."""

from postpatch.aws.session import WRITES

CREATION = {operation for operation in WRITES if "MaintenanceWindow" in operation}


def test_reading_only_creates_and_starts_nothing(rehearse):
    """With --read-only a missing window is a failed check, and no call that changes anything is made."""
    ran = rehearse("--read-only")
    assert ran.exit == 1
    assert not WRITES & ran.verdict["calls"].keys()
    assert {"MW-1", "TGT-1", "TASK-1"} <= ran.ids("failed")
    (first,) = [check for check in ran.verdict["checks"] if check["id"] == "MW-1"]
    assert any("this run is read-only" in note for note in first["notes"])


def test_a_window_that_fires_within_a_day_needs_permission(rehearse, policy_file):
    """A window without a far start date is not created unless --allow-imminent permits it."""
    policy = policy_file(("start = 2099-12-01", "# no start date"))
    withheld = rehearse(policy, "-k", "window")
    assert not CREATION & withheld.verdict["calls"].keys()
    assert "MW-1" in withheld.ids("failed")
    permitted = rehearse(policy, "-k", "window", "--allow-imminent")
    assert permitted.verdict["calls"].keys() >= CREATION
    assert {"MW-1", "MW-2", "MW-3", "MW-4"} <= permitted.ids("passed")


def test_a_window_that_is_made_elsewhere_is_never_created(rehearse):
    """With [window] create = "never" a missing window is a failed check that says so, and nothing is created."""
    ran = rehearse("--world", "window-elsewhere", "-k", "window or target or task")
    assert ran.exit == 1
    assert not CREATION & ran.verdict["calls"].keys()
    (first,) = [check for check in ran.verdict["checks"] if check["id"] == "MW-1"]
    assert any('create = "never"' in note for note in first["notes"]) or 'create = "never"' in first["reason"]
