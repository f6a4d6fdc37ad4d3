"""Judge what an association did: MW-5."""

from datetime import datetime

from postpatch.model import Association, ExistingWindow, Judgement, TaskRun, WindowExecution, WindowHistory
from postpatch.policy import Policy
from postpatch.verdict.due import LATE, TOLERANCE, due_last, utc
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.subject import absent, subject_of_association


def newest_run(existing: ExistingWindow, history: WindowHistory, policy: Policy) -> Judgement:
    """Judge MW-5: the newest due execution since the association was created or changed succeeded on its hosts.

    One that goes on gives way to the one before it.
    """
    association = existing.association
    if association is None:
        return absent(existing, f"there is no {policy.recurs_by} that installs, so there is no execution to check")
    subject = subject_of_association(existing)
    notes = tuple(
        f"stepped over: {one.status}, started {utc(one.started_at)}" for one in history.executions if one.tasks is None
    )
    missed = _missed(association, history)
    if missed:
        facts = (fact("executions since then", f"one, due {utc(missed)}", "none", False),)
        return Judgement(False, f"{subject} was due {utc(missed)} and did not run", facts, notes)
    decided = next((one for one in history.executions if one.tasks is not None), None)
    if decided:
        return _judged(subject, decided, notes)
    if history.executions:
        began = utc(history.executions[-1].started_at)
        return Judgement(True, f"{subject} has been running since {began}; no execution has ended yet", (), notes)
    return Judgement(True, f"{subject}: no execution was due since {utc(history.since)}")


def _judged(subject: str, execution: WindowExecution, notes: tuple[str, ...]) -> Judgement:
    when = f"the newest execution of {subject} that has ended, of {utc(execution.started_at)},"
    (run,) = execution.tasks or ()
    found, holds = _found(run)
    one = fact(f"execution of {utc(execution.started_at)}", "succeeded on its hosts", found, holds)
    if holds and run.failed:
        notes = (*notes, f"failed on hosts that no longer exist: {naming(host for host, _ in run.failed)}")
    reason = f"{when} succeeded" if holds else f"{when} did not succeed: {found}"
    return Judgement(holds, reason, (one,), notes)


def _found(run: TaskRun) -> tuple[str, bool]:
    if not run.invocations:
        return f"{run.status}, but on no host", False
    failed = [(host, status) for host, status in run.failed if host not in run.gone]
    words = run.status
    if run.alarms:
        words += f", stopped by alarm {naming(run.alarms)}"
    if failed:
        words += f", not on {count(len(failed), 'host')}: {naming(f'{host} ({status})' for host, status in failed)}"
    # Of an execution that failed, every host that still exists must have succeeded.
    return words, not failed and not run.alarms and (run.status == "Success" or bool(run.gone))


def _missed(association: Association, history: WindowHistory) -> datetime | None:
    since = history.executions[0].started_at + TOLERANCE if history.executions else history.since
    until = history.until - LATE
    return due_last(association.schedule, "UTC", association.schedule_offset, since, until)
