"""The tasks that the policy allows in the window beside the patching task."""

from collections.abc import Iterable, Iterator

from postpatch.model import Fact, WindowTask
from postpatch.policy import BesideTask, Policy, TaskPolicy
from postpatch.verdict.document import is_document
from postpatch.verdict.facts import fact, naming
from postpatch.verdict.target import selectors_text

_Targets = tuple[tuple[str, tuple[str, ...]], ...]


def pairs(tasks: Iterable[WindowTask], policy: TaskPolicy) -> list[tuple[WindowTask, BesideTask]]:
    """Return each task that the policy lists, with what it says; of several of one name, the one that runs first.

    The patching task, if the policy names its id, is none of them.
    """
    rest = sorted(tasks, key=lambda task: (task.priority, task.id))
    rest = [task for task in rest if task.id != policy.id]
    found = []
    for listed in policy.beside:
        task = next((one for one in rest if (one.id == listed.id if listed.id else one.name == listed.name)), None)
        if task:
            rest.remove(task)
            found.append((task, listed))
    return found


def unlisted(tasks: Iterable[WindowTask], policy: TaskPolicy) -> list[WindowTask]:
    """Return the tasks that the policy does not list: the patching task, and what should not be there."""
    every = list(tasks)
    listed = {task.id for task, _ in pairs(every, policy)}
    return [task for task in every if task.id not in listed]


def number(tasks: Iterable[WindowTask], policy: Policy) -> Fact:
    """Return how many tasks there are that the policy does not list: one, which patches, or one for each target.

    AWS advises a task for each target where they are to be patched at the same time (API reference of
    RegisterTargetWithMaintenanceWindow).
    """
    rest, targets = unlisted(tasks, policy.task), len(policy.target.every)
    shared_out = targets > 1 and not policy.task.id
    wanted = f"1, or {targets}, one for each target" if shared_out else "1"
    holds = len(rest) == 1 or (shared_out and len(rest) == targets)
    if not policy.task.beside:
        return fact("number of tasks", wanted, len(rest), holds)
    found = f"{len(rest)} ({naming(task.name or task.id for task in rest)})"
    return fact("tasks that the policy does not list beside the patching task", wanted, found, holds)


def what_it_runs(task: WindowTask, listed: BesideTask, policy: Policy) -> Iterator[Fact]:
    """Yield the type and the document or ARN of a listed task."""
    name = task.name or task.id
    yield fact(f"type of {name}", listed.type, task.type)
    holds = is_document(task.document, policy, listed.runs) if listed.has_parameters else task.document == listed.runs
    yield fact(f"what {name} runs", listed.runs, task.document, holds)


def where_it_runs(task: WindowTask, listed: BesideTask, registered: _Targets) -> Fact:
    """Return the targets of a listed task: the window's, or some of them, or none for a type that needs none."""
    allowed = [registered] if registered else []
    if listed.type != "RUN_COMMAND":
        allowed.append(())
    wanted = " or ".join(selectors_text(targets) or "none" for targets in allowed)
    ids = {value for _, values in registered for value in values}
    some = bool(task.targets) and all(key == "WindowTargetIds" and ids >= set(values) for key, values in task.targets)
    holds = task.targets in allowed or some
    return fact(f"targets of {task.name or task.id}", wanted, selectors_text(task.targets), holds)


def order(task: WindowTask, listed: BesideTask) -> Fact:
    """Return the priority of a listed task, which says whether it runs before, beside or after the patching task."""
    return fact(f"priority of {task.name or task.id}", listed.priority, task.priority)
