"""Judge the window's task: TASK-1 to TASK-5."""

import re
from collections.abc import Iterable, Mapping

from postpatch.errors import CouldNotCheck
from postpatch.model import ExistingWindow, Fact, Judgement, TaskAlarm, WindowTask
from postpatch.policy import DEFAULT_VERSION, LINKED_ROLE, SERVICE_LINKED, Policy
from postpatch.verdict import beside
from postpatch.verdict.document import is_document
from postpatch.verdict.facts import fact, judged
from postpatch.verdict.subject import absent, subject_of
from postpatch.verdict.target import selectors_text

_SERVICE_LINKED_ROLE = re.compile(rf"arn:[a-z-]+:iam::\d{{12}}:{re.escape(LINKED_ROLE)}")
_ADVICE = "AWS no longer recommends the service-linked role for window tasks; use a custom role instead"
# What AWS-RunPatchBaseline does if a parameter is left out; stating the default changes nothing.
_DEFAULTS = {"RebootOption": ("RebootIfNeeded",)}


def document(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-1: the window's patching task has the policy's name or id and runs its document as a Run Command.

    Beside it there are only tasks that the policy lists, each running what the policy says.
    """
    task = _task(existing, policy)
    if isinstance(task, Judgement):
        return task
    facts = [
        beside.number(existing.tasks, policy.task),
        *([fact("task name", policy.task.name, task.name)] if policy.task.name else []),
        *([fact("task id", policy.task.id, task.id)] if policy.task.id else []),
        fact("task type", "RUN_COMMAND", task.type),
        fact("document", policy.task.document, task.document, is_document(task.document, policy)),
    ]
    if task.document_version is not None:
        facts.append(fact("document version", policy.task.document_version, task.document_version or DEFAULT_VERSION))
    others = beside.pairs(existing.tasks, policy.task)
    facts += [one for other, listed in others for one in beside.what_it_runs(other, listed, policy)]
    return judged(_subject(task), facts)


def parameters(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-2: each task has exactly the policy's parameters; a parameter with its default value is ignored.

    `TaskParameters` is deprecated, and used only if there are no `TaskInvocationParameters` (botocore:
    MaintenanceWindowRunCommandParameters). What it says must not contradict the others.
    """
    task = _task(existing, policy)
    if isinstance(task, Judgement):
        return task
    facts = parameter_facts(task, policy.task.parameters)
    for other, listed in beside.pairs(existing.tasks, policy.task):
        if listed.has_parameters:
            facts += parameter_facts(other, listed.parameters, f" of {other.name or other.id}")
    return judged(_subject(task), facts)


def target_group(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-3: each task runs on the registered target with the policy's name, and on nothing else."""
    task = _task(existing, policy)
    if isinstance(task, Judgement):
        return task
    name = policy.target.name
    registered = tuple(sorted(target.id for target in existing.targets if name in (None, target.name)))
    wanted = (("WindowTargetIds", registered),) if registered else ()
    shown = selectors_text(wanted) or f"the registered target{f' {name}' if name else ''}, which does not exist"
    found = selectors_text(task.targets)
    facts = [fact("targets", shown, found, bool(registered) and task.targets == wanted)]
    for other, listed in beside.pairs(existing.tasks, policy.task):
        facts.append(beside.where_it_runs(other, listed, wanted))
    return judged(_subject(task), facts)


def limits(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-4: concurrency and error threshold as AWS's strings, priority, timeout in seconds, cutoff; no alarm.

    A CloudWatch alarm of the task stops it while it is in ALARM, and while its state is unknown unless the task
    ignores that (botocore: AlarmConfiguration). CouldNotCheck if CloudWatch could not be asked.
    """
    task = _task(existing, policy)
    if isinstance(task, Judgement):
        return task
    facts = [
        fact("concurrency", policy.task.max_concurrency, task.max_concurrency),
        fact("error threshold", policy.task.max_errors, task.max_errors),
        fact("priority", policy.task.priority, task.priority),
        fact("timeout in seconds", policy.task.timeout_seconds, task.timeout_seconds),
        # CONTINUE_TASK is AWS's default.
        fact("cutoff behavior", policy.task.cutoff_behavior, task.cutoff_behavior or "CONTINUE_TASK"),
    ]
    facts += [beside.order(other, listed) for other, listed in beside.pairs(existing.tasks, policy.task)]
    if not task.alarms_error:
        facts += [alarm_fact(alarm, task) for alarm in task.alarms]
    return unless_unknown(task.alarms_error, judged(_subject(task), facts))


def service_role(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-5: the task runs with the policy's role, which exists; no role means the service-linked role.

    The service-linked role need not exist: Systems Manager creates it (botocore: ServiceRoleArn). CouldNotCheck if IAM
    could not be asked for another.
    """
    task = _task(existing, policy)
    if isinstance(task, Judgement):
        return task
    linked = policy.task.service_role == SERVICE_LINKED
    if linked:
        holds = not task.service_role or bool(_SERVICE_LINKED_ROLE.fullmatch(task.service_role))
    else:
        holds = task.service_role == policy.task.service_role
    found = task.service_role or "none, which means the service-linked role"
    wanted = "the service-linked role for Systems Manager" if linked else policy.task.service_role
    facts = [fact("service role", wanted, found, holds)]
    if task.role_exists is not None:
        facts.append(fact("service role exists", True, task.role_exists))
    facts += trust_facts(task)
    judgement = judged(_subject(task), facts, [_ADVICE] if linked and holds else [])
    return unless_unknown(task.role_error, judgement)


def _task(existing: ExistingWindow, policy: Policy) -> WindowTask | Judgement:
    if existing.window is None:
        return absent(existing, "there is no window, so there is no task to check")
    if not existing.tasks:
        return absent(existing, f"{subject_of(existing.window)} has no task")
    if policy.task.id:
        chosen = [task for task in existing.tasks if task.id == policy.task.id]
        missing = f"{subject_of(existing.window)} has no task with the id {policy.task.id}"
    else:
        # With several that the policy does not list TASK-1 has already failed; the one that runs first is judged.
        chosen = beside.unlisted(existing.tasks, policy.task)
        missing = f"{subject_of(existing.window)} has only tasks that may run beside the patching task"
    return min(chosen, key=lambda task: (task.priority, task.id)) if chosen else absent(existing, missing)


def _subject(task: WindowTask) -> str:
    return f"task {task.name or task.id}"


def alarm_fact(alarm: TaskAlarm, task: WindowTask) -> Fact:
    """Return whether an alarm lets the task run: it is not in ALARM, and known, unless the task ignores that."""
    unknown = "unknown to CloudWatch"
    passes = alarm.state != "ALARM" if alarm.state else task.ignores_unknown_alarms
    return fact(f"alarm {alarm.name}", "not in ALARM", alarm.state or unknown, passes)


def trust_facts(task: WindowTask) -> list[Fact]:
    """Return whether Systems Manager may take the task's role on; nothing where that is not known."""
    if task.role_trusts is None:
        return []
    return [fact("trust policy of the role", "ssm.amazonaws.com", _trusted(task.role_trusts), task.role_trusts)]


def _trusted(trusts: bool) -> str:
    return "ssm.amazonaws.com" if trusts else "not ssm.amazonaws.com"


def unless_unknown(error: str, judgement: Judgement) -> Judgement:
    """Return the judgement; where its facts hold, but something could not be asked, raise CouldNotCheck with that."""
    if error and judgement.holds:
        raise CouldNotCheck(error)
    return judgement


def parameter_facts(task: WindowTask, expected: Mapping[str, Iterable[str]], whose: str = "") -> list[Fact]:
    """Return each parameter that a task has or should have; `whose` says of which task, where there are several."""
    wanted = _explicit({name: tuple(values) for name, values in expected.items()})
    found = _explicit(dict(task.parameters))
    facts = [
        fact(f"parameter {name}{whose}", ", ".join(wanted.get(name, ())), ", ".join(found.get(name, ())))
        for name in sorted(wanted.keys() | found.keys())
    ]
    for name, values in sorted(_explicit(dict(task.deprecated)).items()):
        same, holds = ", ".join(found.get(name, ())), values == found.get(name)
        facts.append(fact(f"deprecated parameter {name}{whose}", same or "none", ", ".join(values), holds))
    return facts


def _explicit(parameters: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    given = {name: tuple(value for value in values if value) for name, values in parameters.items()}
    return {name: values for name, values in given.items() if values and values != _DEFAULTS.get(name)}
