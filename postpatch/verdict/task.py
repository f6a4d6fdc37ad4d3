"""Judge the window's task: TASK-1 to TASK-5."""

import re

from postpatch.model import ExistingWindow, Judgement, WindowTask
from postpatch.policy import SERVICE_LINKED, Policy
from postpatch.verdict.facts import fact, judged
from postpatch.verdict.window import absent, selectors_text

_SERVICE_LINKED_ROLE = re.compile(
    r"arn:[a-z-]+:iam::\d{12}:role/aws-service-role/ssm\.amazonaws\.com/AWSServiceRoleForAmazonSSM"
)
_ADVICE = "AWS no longer recommends the service-linked role for window tasks; use a custom role instead"
# What AWS-RunPatchBaseline does if a parameter is left out; stating the default changes nothing.
_DEFAULTS = {"RebootOption": ("RebootIfNeeded",)}


def document(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-1: the window's one task has the policy's name and runs its document as a Run Command."""
    task = _task(existing)
    if isinstance(task, Judgement):
        return task
    facts = (
        fact("number of tasks", 1, len(existing.tasks)),
        fact("task name", policy.task.name, task.name),
        fact("task type", "RUN_COMMAND", task.type),
        fact("document", policy.task.document, task.document, _is_document(task.document, policy)),
    )
    return judged(_subject(task), facts)


def parameters(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-2: the task has exactly the policy's parameters; a parameter with its default value is ignored."""
    task = _task(existing)
    if isinstance(task, Judgement):
        return task
    wanted = _explicit({name: tuple(values) for name, values in policy.task.parameters.items()})
    found = _explicit(dict(task.parameters))
    facts = [
        fact(f"parameter {name}", ", ".join(wanted.get(name, ())), ", ".join(found.get(name, ())))
        for name in sorted(wanted.keys() | found.keys())
    ]
    return judged(_subject(task), facts)


def target_group(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-3: the task runs on the registered target with the policy's name, and on nothing else."""
    task = _task(existing)
    if isinstance(task, Judgement):
        return task
    registered = tuple(sorted(target.id for target in existing.targets if target.name == policy.target.name))
    wanted = (("WindowTargetIds", registered),) if registered else ()
    shown = selectors_text(wanted) or f"the registered target {policy.target.name}, which does not exist"
    found = selectors_text(task.targets)
    return judged(_subject(task), [fact("targets", shown, found, bool(registered) and task.targets == wanted)])


def limits(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-4: concurrency and error threshold as AWS's strings, priority, timeout in seconds, cutoff."""
    task = _task(existing)
    if isinstance(task, Judgement):
        return task
    facts = (
        fact("concurrency", policy.task.max_concurrency, task.max_concurrency),
        fact("error threshold", policy.task.max_errors, task.max_errors),
        fact("priority", policy.task.priority, task.priority),
        fact("timeout in seconds", policy.task.timeout_seconds, task.timeout_seconds),
        # CONTINUE_TASK is AWS's default.
        fact("cutoff behavior", policy.task.cutoff_behavior, task.cutoff_behavior or "CONTINUE_TASK"),
    )
    return judged(_subject(task), facts)


def service_role(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-5: the task runs with the policy's role; no role means the service-linked role."""
    task = _task(existing)
    if isinstance(task, Judgement):
        return task
    linked = policy.task.service_role == SERVICE_LINKED
    if linked:
        holds = not task.service_role or bool(_SERVICE_LINKED_ROLE.fullmatch(task.service_role))
    else:
        holds = task.service_role == policy.task.service_role
    found = task.service_role or "none, which means the service-linked role"
    wanted = "the service-linked role for Systems Manager" if linked else policy.task.service_role
    return judged(_subject(task), [fact("service role", wanted, found, holds)], [_ADVICE] if linked and holds else [])


def _task(existing: ExistingWindow) -> WindowTask | Judgement:
    # With several tasks TASK-1 has already failed; the task that runs first is judged.
    if existing.window is None:
        return absent(existing, "there is no window, so there is no task to check")
    if not existing.tasks:
        return absent(existing, f"maintenance window {existing.window.name} ({existing.window.id}) has no task")
    return min(existing.tasks, key=lambda task: (task.priority, task.id))


def _subject(task: WindowTask) -> str:
    return f"task {task.name or task.id}"


def _is_document(found: str, policy: Policy) -> bool:
    wanted = policy.task.document
    if found == wanted:
        return True
    # An ARN is the same document if it is AWS's own (its name begins with AWS-) or this account's, no other account's.
    same_owner = wanted.startswith("AWS-") or f":{policy.scope.account}:document/" in found
    return same_owner and found.rpartition(":document/")[2] == wanted


def _explicit(parameters: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    given = {name: tuple(value for value in values if value) for name, values in parameters.items()}
    return {name: values for name, values in given.items() if values and values != _DEFAULTS.get(name)}
