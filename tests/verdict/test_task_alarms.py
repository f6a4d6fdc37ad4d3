"""TASK-4: an alarm that stops the task."""

from typing import Any

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.model import TaskAlarm
from postpatch.verdict.task import limits
from tests.verdict.test_task import Make, MakePolicy


@pytest.mark.parametrize(
    ("state", "ignores", "holds"),
    [
        ("OK", False, True),
        ("INSUFFICIENT_DATA", False, True),
        ("ALARM", False, False),
        ("ALARM", True, False),
        ("", False, False),
        ("", True, True),
    ],
)
def test_task_4_alarms(make_standing: Make, make_policy: MakePolicy, state: str, ignores: bool, holds: bool) -> None:
    """An alarm that is raised stops the task, and so does one whose state is unknown, unless the task ignores that."""
    task = {"alarms": (TaskAlarm("fine", "OK"), TaskAlarm("errors", state)), "ignores_unknown_alarms": ignores}
    judgement = limits(make_standing(task=task), make_policy())
    assert judgement.holds is holds
    found = state or "unknown to CloudWatch"
    assert (f"alarm errors: expected not in ALARM, found {found}" in judgement.reason) is not holds


def test_task_4_alarms_that_nobody_could_ask_for(make_standing: Make, make_policy: MakePolicy) -> None:
    """Alarms of unknown state are an error, but a wrong value is red all the same."""
    unasked: dict[str, Any] = {"alarms": (TaskAlarm("errors"),), "alarms_error": "Could not ask."}
    with pytest.raises(CouldNotCheck, match="Could not ask"):
        limits(make_standing(task=unasked), make_policy())
    judgement = limits(make_standing(task=unasked | {"priority": 5}), make_policy())
    assert judgement.reason == "task pww_task: priority: expected 1, found 5"
