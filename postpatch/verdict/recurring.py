"""Judge what patches again and again: a maintenance window, or what the policy has in its place.

The checks keep their ids: each proves of an association or a patch policy what it proves of a window.
"""

from collections.abc import Callable

from postpatch.model import ExistingWindow, Judgement, WindowHistory
from postpatch.policy import WINDOW, Policy
from postpatch.verdict import association, target, task, window
from postpatch.verdict.association_history import newest_run
from postpatch.verdict.window_history import newest_execution

_Judge = Callable[[ExistingWindow, Policy], Judgement]


def exists_once(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-1."""
    return _judge(window.one_window, association.one_association, existing, policy)


def schedule(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-2."""
    return _judge(window.schedule, association.schedule, existing, policy)


def duration(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-3."""
    return _judge(window.duration_and_cutoff, association.duration, existing, policy)


def start(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-4."""
    return _judge(window.start_and_zone, association.only_on_schedule, existing, policy)


def last_run(existing: ExistingWindow, history: WindowHistory, policy: Policy) -> Judgement:
    """Judge MW-5."""
    judge = newest_execution if policy.recurring.by == WINDOW else newest_run
    return judge(existing, history, policy)


def selectors(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TGT-1."""
    return _judge(target.target_tags, association.target, existing, policy)


def document(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-1."""
    return _judge(task.document, association.document, existing, policy)


def parameters(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-2."""
    return _judge(task.parameters, association.parameters, existing, policy)


def hosts_of_the_task(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-3."""
    return _judge(task.target_group, association.nowhere_else, existing, policy)


def limits(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-4."""
    return _judge(task.limits, association.limits, existing, policy)


def role(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-5."""
    return _judge(task.service_role, association.role, existing, policy)


def _judge(of_a_window: _Judge, of_an_association: _Judge, existing: ExistingWindow, policy: Policy) -> Judgement:
    return (of_a_window if policy.recurring.by == WINDOW else of_an_association)(existing, policy)
