"""The maintenance window, its target and its task: what stands, and what the checks expected of it."""

from postpatch.model import Fact, StandingWindow
from postpatch.report.words import counted, shortened, utc_of
from postpatch.verdict.run import Run
from postpatch.verdict.window import selectors_text

_CHECKS = ("MW-", "TGT-", "TASK-")
_IDS = 20
_TEXT = 600

Row = tuple[str, str]


def compared(run: Run) -> tuple[tuple[str, Fact], ...]:
    """Return each fact that a check of the window, the target or the task looked at, with the check's id."""
    checks = [check for check in run.checks if check.id.startswith(_CHECKS)]
    return tuple((check.id, one) for check in checks for one in check.facts)


def standing(window: StandingWindow) -> tuple[Row, ...]:
    """Return what stands in Systems Manager, and what this run did about it."""
    rows = [*_window(window), *_target(window), *_task(window)]
    rows.append(("Created by this run", "; ".join(window.created) or "nothing"))
    if window.withheld:
        rows.append(("Not created, and why", "; ".join(window.withheld)))
    return tuple((name, shortened(value, _TEXT)) for name, value in rows)


def _window(standing: StandingWindow) -> list[Row]:
    window = standing.window
    if window is None:
        return [("Window", "none of the policy's name stands")]
    rows = [
        ("Window", f"{window.name} ({window.id}), {'enabled' if window.enabled else 'disabled'}"),
        ("Schedule", f"{window.schedule}, in time zone {window.time_zone or 'UTC'}"),
        ("Open for", f"{counted(window.duration, 'hour')}; {_cutoff(window.cutoff)}"),
        ("Starts", utc_of(window.start_date) if window.start_date else "at once: no start date"),
        ("Next executions", _next(standing, window.next_execution)),
    ]
    if len(standing.named) > 1:
        rows.append(("Windows of that name", ", ".join(standing.named)))
    return rows


def _cutoff(hours: int) -> str:
    return f"no task starts in the last {counted(hours, 'hour')}" if hours else "tasks start until it closes"


def _next(standing: StandingWindow, first: str) -> str:
    times = standing.next_executions or ((first,) if first else ())
    return ", ".join(utc_of(time) for time in times) or "AWS names none"


def _target(standing: StandingWindow) -> list[Row]:
    if not standing.targets:
        return [("Target", "none is registered")]
    rows = [("Target", f"{one.name or one.id}: {selectors_text(one.selectors)}") for one in standing.targets]
    rest = len(standing.selected) - _IDS
    ids = ", ".join(standing.selected[:_IDS]) + (f" and {rest} more" if rest > 0 else "")
    return [*rows, ("Hosts it selects", f"{counted(len(standing.selected), 'host')}{f': {ids}' if ids else ''}")]


def _task(standing: StandingWindow) -> list[Row]:
    if not standing.tasks:
        return [("Task", "none is registered")]
    rows = []
    for task in standing.tasks:
        given = "; ".join(f"{name} = {', '.join(values)}" for name, values in task.parameters) or "no parameters"
        rows.append(("Task", f"{task.name or task.id}: {task.document}, {given}, priority {task.priority}"))
    return rows
