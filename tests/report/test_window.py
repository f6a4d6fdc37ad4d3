"""The maintenance window as the report draws it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from postpatch.model import ExistingWindow, ManagedHost
from postpatch.report.html import render_sections
from postpatch.verdict.run import Run
from tests.report.runs import HOSTS

Read = Callable[[str], Any]


@pytest.fixture
def told(read: Read) -> Callable[[Run], str]:
    """Return what the section of the window says."""

    def of(run: Run) -> str:
        text: str = read(render_sections(run)).text
        return text.split("Maintenance window, target and task")[-1].split("Every check of the suite")[0]

    return of


def test_it_is_told_when_it_opens_what_it_selects_and_what_it_does(told: Callable[[Run], str], failing: Run) -> None:
    """Schedule in words, next executions, target, task and what was created are there, and each fact that differs."""
    text = told(failing)
    for words in (
        "every 12 hours, at 00:00 and 12:00, in the time zone Etc/UTC cron(0 0/12 * * ? *)",
        "1 hour; tasks start until it closes", "2099-12-01 00:00:00 UTC 2099-12-01 12:00:00 UTC",
        "selects tag:aws:cloudformation:stack-name = pww", "AWS-RunPatchBaseline (RUN_COMMAND)",
        "Operation = Install", "1 at a time stops after 1 failed timeout 600 s",
        "Created by this run: window mw-0123456789abcdef0", "MW-2 what MW-2 checks: expected right, found wrong",
        "MW-1 ✓ passed, MW-2 ✗ failed",
    ):  # fmt: skip
        assert words in text


def test_each_host_is_told_with_what_is_wrong_about_selecting_it(told: Callable[[Run], str], passing: Run) -> None:
    """Hosts that are missed, strangers, and hosts that nobody reaches are named, before the others."""
    window = standing(passing)
    managed = (ManagedHost(HOSTS[1], "ConnectionLost"), ManagedHost("i-0bbbbbbbbbbbbbbb1", "Online"))
    text = told(replace(passing, window=replace(window, selected=(*HOSTS[1:], "i-0bbbbbbbbbbbbbbb1"), managed=managed)))
    for words in (
        f"{HOSTS[0]} pww-node-0 ✗ in scope, but not selected",
        f"{HOSTS[1]} pww-node-1 ✗ not online: ConnectionLost",
        f"{HOSTS[2]} pww-node-2 ✗ not managed by Systems Manager",
        "i-0bbbbbbbbbbbbbbb1 ✗ selected, but not in scope",
    ):
        assert words in text


def test_where_the_scope_is_unknown_no_selected_host_is_a_stranger(told: Callable[[Run], str], passing: Run) -> None:
    """A look at the scope that failed accuses nobody."""
    assert "not in scope" not in told(replace(passing, hosts=()))


def test_a_window_that_is_absent_is_told_with_why_it_was_not_created(told: Callable[[Run], str], passing: Run) -> None:
    """Reading only, a missing window is named together with the reason."""
    text = told(replace(passing, window=ExistingWindow((), withheld=("read-only",))))
    assert "there is none with the policy's name" in text
    assert "Not created, and why: read-only" in text


def test_a_disabled_window_and_its_cutoff_are_told(told: Callable[[Run], str], passing: Run) -> None:
    """What keeps patches from being installed is said in words, not left to a reader who knows the fields."""
    window = standing(passing)
    assert window.window
    changed = replace(window.window, enabled=False, duration=4, cutoff=3, schedule_offset=2, end_date="2100-01-01")
    text = told(replace(passing, window=replace(window, window=changed)))
    for words in (
        "disabled, so it never opens", "4 hours; no task starts in its last 3 hours", "and 2 days after that",
        "Not after 2100-01-01 00:00:00 UTC",
    ):  # fmt: skip
        assert words in text


def standing(run: Run) -> ExistingWindow:
    """Return the window of a run that has one."""
    assert run.window
    return run.window
