"""Judge the window's task: TASK-1 to TASK-5."""

import re

from postpatch.model import ExistingWindow, Judgement, WindowTask
from postpatch.policy import SERVICE_LINKED, Policy
from postpatch.verdict.facts import fact, judged
from postpatch.verdict.window import absent, selectors_text

_SERVICE_LINKED_ROLE = re.compile(
    r"arn:[a-z-]+:iam::\d{12}:role/aws-service-role/ssm\.amazonaws\.com/AWSServiceRoleForAmazonSSM"
)
_ADVICE = "AWS no longer recommends the service-linked role for window tasks: a custom role is the better choice"
# What AWS-RunPatchBaseline does when a parameter is left out; writing it down changes nothing.
_DEFAULTS = {"RebootOption": ("RebootIfNeeded",)}


def document(standing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-1: the window has one task, of the policy's name, running the policy's document as a Run Command."""
    task = _task(standing)
    if isinstance(task, Judgement):
        return task
    facts = (
        fact("number of tasks", 1, len(standing.tasks)),
        fact("task name", policy.task.name, task.name),
        fact("task type", "RUN_COMMAND", task.type),
        fact("document", policy.task.document, task.document, _is_document(task.document, policy)),
    )
    return judged(_subject(task), facts)


def parameters(standing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-2: the task's parameters are the policy's and no others; one that says the default says nothing."""
    task = _task(standing)
    if isinstance(task, Judgement):
        return task
    wanted = _telling({name: tuple(values) for name, values in policy.task.parameters.items()})
    found = _telling(dict(task.parameters))
    facts = [
        fact(f"parameter {name}", ", ".join(wanted.get(name, ())), ", ".join(found.get(name, ())))
        for name in sorted(wanted.keys() | found.keys())
    ]
    return judged(_subject(task), facts)


def target_group(standing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-3: the task runs on the registered target of the policy's name, and on nothing else."""
    task = _task(standing)
    if isinstance(task, Judgement):
        return task
    registered = tuple(sorted(target.id for target in standing.targets if target.name == policy.target.name))
    wanted = (("WindowTargetIds", registered),) if registered else ()
    shown = selectors_text(wanted) or f"the registered target {policy.target.name}, which is absent"
    found = selectors_text(task.targets)
    return judged(_subject(task), [fact("targets", shown, found, bool(registered) and task.targets == wanted)])


def limits(standing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-4: concurrency and error threshold as AWS's strings, priority, timeout in seconds, cutoff."""
    task = _task(standing)
    if isinstance(task, Judgement):
        return task
    facts = (
        fact("concurrency", policy.task.max_concurrency, task.max_concurrency),
        fact("error threshold", policy.task.max_errors, task.max_errors),
        fact("priority", policy.task.priority, task.priority),
        fact("timeout in seconds", policy.task.timeout_seconds, task.timeout_seconds),
        # CONTINUE_TASK is what AWS does where nothing is said.
        fact("cutoff behaviour", policy.task.cutoff_behavior, task.cutoff_behavior or "CONTINUE_TASK"),
    )
    return judged(_subject(task), facts)


def service_role(standing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-5: the role that runs the task; no role means the service-linked one."""
    task = _task(standing)
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


def _task(standing: ExistingWindow) -> WindowTask | Judgement:
    # With several tasks TASK-1 is red already; the one that runs first is judged.
    if standing.window is None:
        return absent(standing, "there is no window whose task could be right")
    if not standing.tasks:
        return absent(standing, f"maintenance window {standing.window.name} ({standing.window.id}) has no task")
    return min(standing.tasks, key=lambda task: (task.priority, task.id))


def _subject(task: WindowTask) -> str:
    return f"task {task.name or task.id}"


def _is_document(found: str, policy: Policy) -> bool:
    wanted = policy.task.document
    if found == wanted:
        return True
    # One document by its ARN: AWS's own, whose names begin with AWS-, or the account's; another account's is another.
    ours = wanted.startswith("AWS-") or f":{policy.scope.account}:document/" in found
    return ours and found.rpartition(":document/")[2] == wanted


def _telling(parameters: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    said = {name: tuple(value for value in values if value) for name, values in parameters.items()}
    return {name: values for name, values in said.items() if values and values != _DEFAULTS.get(name)}
