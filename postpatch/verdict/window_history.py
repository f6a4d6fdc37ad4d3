"""Judge what the window did: MW-5. The other checks of the window judge what it is set to do."""

from datetime import datetime, timedelta

from postpatch.model import (
    ExistingWindow,
    Fact,
    Judgement,
    MaintenanceWindow,
    TaskRun,
    WindowExecution,
    WindowHistory,
)
from postpatch.policy import Policy
from postpatch.verdict.document import is_document
from postpatch.verdict.due import LATE, TOLERANCE, due_last, utc
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.subject import absent, subject_of
from postpatch.verdict.task import patching_tasks
from postpatch.verdict.window import moment_of, next_execution

_SKIPPED = "SKIPPED_OVERLAPPING"
# The longest executionTimeout of a command is 172800 seconds (Systems Manager user guide, "Understanding command
# timeout values"): what goes on for longer is not about to end.
_LONGEST_COMMAND = timedelta(hours=48)
_RAN = "ran the task successfully"
_UNITS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def newest_execution(existing: ExistingWindow, history: WindowHistory, policy: Policy) -> Judgement:
    """Judge MW-5: the newest due execution since the window was created or changed ran its patching task successfully.

    An execution that goes on, or was skipped because the one before had not ended, gives way to the one before it.
    """
    window = existing.window
    if window is None:
        return absent(existing, "there is no window, so there is no execution to check")
    if existing.created:
        # What ran before, ran without what this run created.
        return Judgement(True, f"this run created {naming(existing.created)}; {_opens(existing, history)}")
    notes = [
        f"stepped over: {execution.status}, started {utc(execution.started_at)}"
        for execution in history.executions
        if execution.tasks is None
    ]
    decided = next((one for one in history.executions if one.tasks is not None), None)
    if stuck := _stuck(window, history):
        facts = (
            fact(f"execution of {utc(stuck.started_at)}", "ended", f"{stuck.status} at {utc(history.until)}", False),
        )
        reason = f"{subject_of(window)} opened {utc(stuck.started_at)}, and that execution has not ended since"
        return Judgement(False, reason, facts, tuple(notes))
    missed = _missed(window, history)
    if missed:
        facts = (fact("executions since then", f"one, due {utc(missed)}", "none", False),)
        return Judgement(False, f"{subject_of(window)} was due {utc(missed)} and did not open", facts, tuple(notes))
    if decided:
        return _judged(window, decided, policy, notes, len(patching_tasks(existing, policy)))
    return _undecided(window, existing, history, notes)


def _judged(
    window: MaintenanceWindow, execution: WindowExecution, policy: Policy, notes: list[str], tasks: int
) -> Judgement:
    runs = [run for run in execution.tasks or () if _patches(run, policy)]
    name = f"execution of {utc(execution.started_at)}"
    if not runs:
        facts = [fact(name, _RAN, f"{execution.status}, without the task {policy.task.document}", False)]
    else:
        facts = [_fact(name, run, policy) for run in runs]
        if len(runs) < tasks:
            facts.append(fact(name, f"ran {tasks} patching tasks", f"ran {len(runs)} of {tasks} patching tasks", False))
    notes += [
        f"failed on hosts that no longer exist: {naming(f'{host} ({status})' for host, status in run.failed)}"
        for run in runs
        if _failed_on_gone_hosts_alone(run)
    ]
    wrong = "; ".join(one.found for one in facts if not one.holds)
    when = f"the newest execution of {subject_of(window)} that has ended, of {utc(execution.started_at)},"
    if wrong:
        details = f"; AWS says: {execution.details}" if execution.details else ""
        return Judgement(
            False, f"{when} did not run the task successfully: {wrong}{details}", tuple(facts), tuple(notes)
        )
    return Judgement(True, f"{when} ran the task successfully", tuple(facts), tuple(notes))


def _patches(run: TaskRun, policy: Policy) -> bool:
    """Tell whether a run is of the patching task, and not of one with the same document that the policy allows."""
    if run.type != policy.task.type or not is_document(run.document, policy):
        return False
    operations, wanted = list(run.operations), policy.task.parameters.get("Operation")
    allowed = [one.parameters.get("Operation") for one in policy.task.beside if is_document(one.runs, policy)]
    return operations == wanted or operations not in allowed


def _fact(name: str, run: TaskRun, policy: Policy) -> Fact:
    wanted = set(policy.task.parameters.get("Operation", ()))
    found = run.status
    if run.details and run.status != "SUCCESS":
        found += f" ({run.details})"
    if run.alarms:
        found += f", stopped by alarm {naming(run.alarms)}"
    if run.failed:
        found += f", failed on {count(len(run.failed), 'host')}: {naming(f'{h} ({s})' for h, s in run.failed)}"
    if not run.invocations and run.status == "SUCCESS":
        return fact(name, _RAN, f"{found}, but on no host", False)
    if run.operations and wanted and set(run.operations) != wanted:
        return fact(name, _RAN, f"{found}, with Operation {', '.join(run.operations)}", False)
    holds = _failed_on_gone_hosts_alone(run) or (run.status == "SUCCESS" and not run.failed)
    return fact(name, _RAN, found, holds)


def _failed_on_gone_hosts_alone(run: TaskRun) -> bool:
    # A command succeeds although it could not be delivered to some of its hosts.
    failed = {host for host, _ in run.failed}
    return run.status in ("SUCCESS", "FAILED", "TIMED_OUT") and bool(failed) and failed <= set(run.gone)


def _undecided(
    window: MaintenanceWindow, existing: ExistingWindow, history: WindowHistory, notes: list[str]
) -> Judgement:
    subject = subject_of(window)
    running = [one for one in history.executions if one.status != _SKIPPED]
    if running:
        began = utc(running[0].started_at)
        return Judgement(True, f"{subject} has been open since {began}; no execution has ended yet", (), tuple(notes))
    if history.executions:
        facts = (fact("executions that ran", "at least one", "none: each was skipped", False),)
        return Judgement(False, f"each execution of {subject} was skipped", facts, tuple(notes))
    if not window.enabled:
        return Judgement(True, f"{subject} is disabled, so no execution is due")
    since = f"no execution was due since {utc(history.since)}"
    if not next_execution(existing):
        facts = (fact("next execution", "a date", "none", False),)
        return Judgement(False, f"{subject}: {since}, and AWS names no next execution", facts)
    return Judgement(True, f"{subject}: {since}; {_opens(existing, history)}")


def _stuck(window: MaintenanceWindow, history: WindowHistory) -> WindowExecution | None:
    """Return the newest execution that goes on although the window has closed, and no command runs so long."""
    latest = history.until - timedelta(hours=window.duration) - _LONGEST_COMMAND
    going_on = (one for one in history.executions if one.tasks is None and one.status != _SKIPPED)
    return next((one for one in going_on if one.started_at < latest), None)


def _missed(window: MaintenanceWindow, history: WindowHistory) -> datetime | None:
    """Return when the window was due last and did not open."""
    if not window.enabled:
        return None
    begun = [history.since, *([moment_of(window.start_date)] if window.start_date else [])]
    since, until = max(begun), history.until - LATE
    if window.start_date and since == begun[-1]:
        since -= LATE  # a window may fire at the very moment at which it starts
    if history.executions:
        since = history.executions[0].started_at + TOLERANCE
    if window.end_date:
        until = min(until, moment_of(window.end_date))
    return due_last(window.schedule, window.time_zone, window.schedule_offset, since, until)


def _opens(existing: ExistingWindow, history: WindowHistory) -> str:
    named = next_execution(existing)
    if not named:
        return "AWS names no next execution"
    coming = moment_of(named)
    start = existing.window.start_date if existing.window else ""
    first = existing.created or (start and moment_of(start) > history.until)
    return f"it {'first' if first else 'next'} opens {_from_now(coming - history.until)}, {utc(coming)}"


def _from_now(span: timedelta) -> str:
    for unit, name in _UNITS:
        if span >= unit:
            return f"in {count(span // unit, name)}"
    return "within a minute"
