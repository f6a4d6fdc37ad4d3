"""pytest's own options mean what pytest's users expect, and none of them turns a part of the checks into a PASS."""

import pytest

PARTIAL = 10


@pytest.fixture
def cached(rehearse, tmp_path):
    """Return what runs with a cache of this test's own, so that `--lf` remembers its runs alone."""
    return lambda *args, **environment: rehearse("-o", f"cache_dir={tmp_path / 'cache'}", *args, **environment)


@pytest.mark.parametrize("stop", ["-x", "--maxfail=1"])
def test_the_first_failure_stops_the_run(rehearse, stop):
    """What was not run any more is not assessed, and the verdict is what the failure says."""
    ran = rehearse("--world", "unpatched", stop)
    assert (ran.exit, ran.ids("failed")) == (1, {"PATCH-1"})
    assert ran.verdict["verdict"] == "FAIL"
    assert {"PATCH-2", "FIND-1", "FIND-4"} <= ran.ids("not assessed")
    assert "MW-1" in ran.ids("passed")


def test_the_first_error_stops_the_run_too(rehearse):
    """Could-not-look stops with `-x` as a failure does, and exits with its own code."""
    ran = rehearse("--world", "hosts-denied", "-x")
    assert ran.exit == PARTIAL
    assert len(ran.ids("error")) == 1
    assert not ran.ids("failed")


def test_maxfail_counts_failures(rehearse):
    """Two failures are allowed to happen, not three."""
    ran = rehearse("--world", "unpatched", "--maxfail=2")
    assert len(ran.ids("failed")) == 2


def test_last_failed_runs_those_alone_and_is_never_a_pass(cached):
    """After a red run `--lf` judges what was red; when that is proven the verdict is PARTIAL, which a gate refuses."""
    red = cached("--world", "unpatched")
    again = cached("--world", "unpatched", "--lf")
    assert again.ids("failed") == red.ids("failed")
    assert not again.ids("passed")
    fixed = cached("--world", "unpatched:fixed", "--lf", CI="true")
    assert (fixed.exit, fixed.verdict["verdict"]) == (PARTIAL, "PARTIAL")
    assert fixed.ids("passed") == red.ids("failed")


def test_a_check_can_be_named_by_its_node_id(rehearse):
    """One check by its place in the file: proven alone, and the others are not assessed."""
    ran = rehearse("--world", "workshop", "tests_verify/test_window.py::test_window_duration_and_cutoff")
    assert (ran.ids("passed"), ran.verdict["verdict"]) == ({"MW-3"}, "PARTIAL")


def test_deselected_by_hand_is_not_assessed(rehearse):
    """`--deselect` leaves a check out, and the verdict says so."""
    ran = rehearse("--world", "workshop", "--deselect=tests_verify/test_findings.py::test_waivers_are_current")
    assert (ran.ids("not assessed"), ran.verdict["verdict"]) == ({"FIND-7"}, "PARTIAL")


def test_two_workers_stop_and_agree(run):
    """With `-n 2 --maxfail=1` the run stops, is red, and no check that was not run counts as proven."""
    ran = run("-p", "no:hypothesispytest", "-m", "verify", "--world", "unpatched", "-n", "2", "--maxfail=1")
    assert ran.exit == pytest.ExitCode.INTERRUPTED  # what pytest-xdist makes of it
    assert ran.verdict["verdict"] == "FAIL"
    assert ran.ids("failed") <= {"PATCH-1", "FIND-1", "FIND-4"}


def test_a_stop_that_pytest_cannot_show_is_told_all_the_same(rehearse):
    """Where pytest itself fails over a Ctrl-C, the report still says that the run was interrupted."""
    ran = rehearse("-p", "tests.suite.stopping", "--world", "workshop")
    assert ran.exit != 0
    assert (ran.verdict["interrupted"], ran.verdict["verdict"]) == (True, "PARTIAL")
    assert "PATCH-2" in ran.ids("passed")
    assert "FIND-1" in ran.ids("not assessed")
