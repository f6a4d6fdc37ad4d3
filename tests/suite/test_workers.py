"""Several processes: one of them collects, and the verdict is the same."""

from tests.suite.test_machine_paths import paths_in


def test_two_workers_launch_once_and_create_one_window(run, rehearsed):
    """Under pytest-xdist the verdict is the same, with one launch and one window."""
    alone, together = rehearsed("--world", "workshop"), run("-m", "verify", "--world", "workshop", "-n", "2")
    assert together.exit == alone.exit == 0
    calls = together.verdict["calls"]
    assert calls["ssm:CreateMaintenanceWindow"] == calls["ssm:StartAssociationsOnce"] == 1
    assert calls["inspector2:CreateCisScanConfiguration"] == 1
    assert calls == alone.verdict["calls"]
    assert together.outcomes == alone.outcomes
    assert together.verdict["counts"] == alone.verdict["counts"]
    assert not paths_in(together)
