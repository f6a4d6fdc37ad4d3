"""Judge the window's task: TASK-1 to TASK-5."""

import re

from postpatch.errors import CouldNotCheck
from postpatch.model import ExistingWindow, Fact, Judgement, TaskAlarm, WindowTask
from postpatch.policy import DEFAULT_VERSION, SERVICE_LINKED, Policy
from postpatch.verdict.facts import fact, judged
from postpatch.verdict.window import absent, selectors_text, subject_of

_SERVICE_LINKED_ROLE = re.compile(
    r"arn:[a-z-]+:iam::\d{12}:role/aws-service-role/ssm\.amazonaws\.com/AWSServiceRoleForAmazonSSM"
)
_DOCUMENT_ARN = re.compile(r"arn:[a-z-]+:ssm:(?P<region>[a-z0-9-]+):(?P<account>\d{12}|):document/(?P<name>.+)")
_ADVICE = "AWS no longer recommends the service-linked role for window tasks; use a custom role instead"
# What AWS-RunPatchBaseline does if a parameter is left out; stating the default changes nothing.
_DEFAULTS = {"RebootOption": ("RebootIfNeeded",)}


def document(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-1: the window's one task has the policy's name and runs its document and version as a Run Command."""
    task = _task(existing)
    if isinstance(task, Judgement):
        return task
    facts = [
        fact("number of tasks", 1, len(existing.tasks)),
        fact("task name", policy.task.name, task.name),
        fact("task type", "RUN_COMMAND", task.type),
        fact("document", policy.task.document, task.document, is_document(task.document, policy)),
    ]
    if task.document_version is not None:
        facts.append(fact("document version", policy.task.document_version, task.document_version or DEFAULT_VERSION))
    return judged(_subject(task), facts)


def parameters(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-2: the task has exactly the policy's parameters; a parameter with its default value is ignored.

    `TaskParameters` is deprecated, and used only if there are no `TaskInvocationParameters` (botocore:
    MaintenanceWindowRunCommandParameters). What it says must not contradict the others.
    """
    task = _task(existing)
    if isinstance(task, Judgement):
        return task
    wanted = _explicit({name: tuple(values) for name, values in policy.task.parameters.items()})
    found = _explicit(dict(task.parameters))
    facts = [
        fact(f"parameter {name}", ", ".join(wanted.get(name, ())), ", ".join(found.get(name, ())))
        for name in sorted(wanted.keys() | found.keys())
    ]
    for name, values in sorted(_explicit(dict(task.deprecated)).items()):
        same = ", ".join(found.get(name, ()))
        facts.append(fact(f"deprecated parameter {name}", same or "none", ", ".join(values), values == found.get(name)))
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
    """Judge TASK-4: concurrency and error threshold as AWS's strings, priority, timeout in seconds, cutoff; no alarm.

    A CloudWatch alarm of the task stops it while it is in ALARM, and while its state is unknown unless the task
    ignores that (botocore: AlarmConfiguration). CouldNotCheck if CloudWatch could not be asked.
    """
    task = _task(existing)
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
    if not task.alarms_error:
        facts += [_alarm(alarm, task) for alarm in task.alarms]
    return _unless_unknown(task.alarms_error, judged(_subject(task), facts))


def service_role(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-5: the task runs with the policy's role, which exists; no role means the service-linked role.

    The service-linked role need not exist: Systems Manager creates it (botocore: ServiceRoleArn). CouldNotCheck if IAM
    could not be asked for another.
    """
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
    facts = [fact("service role", wanted, found, holds)]
    if task.role_exists is not None:
        facts.append(fact("service role exists", True, task.role_exists))
    judgement = judged(_subject(task), facts, [_ADVICE] if linked and holds else [])
    return _unless_unknown(task.role_error, judgement)


def _task(existing: ExistingWindow) -> WindowTask | Judgement:
    # With several tasks TASK-1 has already failed; the task that runs first is judged.
    if existing.window is None:
        return absent(existing, "there is no window, so there is no task to check")
    if not existing.tasks:
        return absent(existing, f"{subject_of(existing.window)} has no task")
    return min(existing.tasks, key=lambda task: (task.priority, task.id))


def _subject(task: WindowTask) -> str:
    return f"task {task.name or task.id}"


def is_document(found: str, policy: Policy) -> bool:
    """Tell whether a document's name or ARN is the policy's document, in the policy's Region.

    An ARN without an account is AWS's own document. The names of AWS's documents begin with `AWS-`, and no account can
    give its own such a name.
    """
    wanted = policy.task.document
    if found == wanted:
        return True
    match = _DOCUMENT_ARN.fullmatch(found)
    if not match or match["region"] != policy.scope.region or match["name"] != wanted:
        return False
    return match["account"] in ({policy.scope.account, ""} if wanted.startswith("AWS-") else {policy.scope.account})


def _alarm(alarm: TaskAlarm, task: WindowTask) -> Fact:
    unknown = "unknown to CloudWatch"
    passes = alarm.state != "ALARM" if alarm.state else task.ignores_unknown_alarms
    return fact(f"alarm {alarm.name}", "not in ALARM", alarm.state or unknown, passes)


def _unless_unknown(error: str, judgement: Judgement) -> Judgement:
    """Return the judgement; where its facts hold, but something could not be asked, raise CouldNotCheck with that."""
    if error and judgement.holds:
        raise CouldNotCheck(error)
    return judgement


def _explicit(parameters: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    given = {name: tuple(value for value in values if value) for name, values in parameters.items()}
    return {name: values for name, values in given.items() if values and values != _DEFAULTS.get(name)}
