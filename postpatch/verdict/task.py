"""Judge the window's task: TASK-1 to TASK-5."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from postpatch.errors import CouldNotCheck
from postpatch.model import ExistingWindow, Fact, Judgement, TaskAlarm, WindowTask
from postpatch.policy import DEFAULT_VERSION, LINKED_ROLE, SERVICE_LINKED, Policy
from postpatch.verdict import beside
from postpatch.verdict.document import is_document
from postpatch.verdict.facts import fact, judged, naming
from postpatch.verdict.subject import absent, subject_of
from postpatch.verdict.target import selectors_text

_SERVICE_LINKED_ROLE = re.compile(rf"arn:[a-z-]+:iam::\d{{12}}:{re.escape(LINKED_ROLE)}")
_Selectors = tuple[tuple[str, tuple[str, ...]], ...]
_ADVICE = "AWS no longer recommends the service-linked role for window tasks; use a custom role instead"
# What AWS-RunPatchBaseline does if a parameter is left out; stating the default changes nothing.
_DEFAULTS = {"RebootOption": ("RebootIfNeeded",)}


def document(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-1: the window's patching task has the policy's name, id and type, and runs its document.

    Beside it there are only tasks that the policy lists, each running what the policy says. A window with several
    targets may have a patching task for each.
    """

    def facts_of(task: WindowTask, of: str) -> list[Fact]:
        facts = [
            *([fact(f"task name{of}", policy.task.name, task.name)] if policy.task.name else []),
            *([fact(f"task id{of}", policy.task.id, task.id)] if policy.task.id else []),
            fact(f"task type{of}", policy.task.type, task.type),
            fact(f"document{of}", policy.task.document, task.document, is_document(task.document, policy)),
        ]
        if task.document_version is not None:
            wanted, found = policy.task.document_version, task.document_version or DEFAULT_VERSION
            facts.append(fact(f"document version{of}", wanted, found))
        return facts

    def beside_it() -> Iterator[Fact]:
        for other, listed in beside.pairs(existing.tasks, policy.task):
            yield from beside.what_it_runs(other, listed, policy)

    return _each(existing, policy, facts_of, (beside.number(existing.tasks, policy),), beside_it())


def parameters(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-2: each task has exactly the policy's parameters; a parameter with its default value is ignored.

    `TaskParameters` is deprecated, and used only if there are no `TaskInvocationParameters` (botocore:
    MaintenanceWindowRunCommandParameters). What it says must not contradict the others.
    """

    def beside_it() -> Iterator[Fact]:
        for other, listed in beside.pairs(existing.tasks, policy.task):
            if listed.has_parameters:
                yield from parameter_facts(other, listed.parameters, f" of {other.name or other.id}")

    def facts_of(task: WindowTask, of: str) -> list[Fact]:
        return parameter_facts(task, policy.task.parameters, of)

    return _each(existing, policy, facts_of, after=beside_it())


def target_group(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-3: each task runs on the registered targets with the policy's names, and on nothing else.

    Of several patching tasks each runs on a target of its own, and together on all.
    """
    tasks = _tasks(existing, policy)
    if isinstance(tasks, Judgement):
        return tasks
    names = [one.name for one in policy.target.every]
    registered = tuple(sorted(one.id for one in existing.targets if one.name in names or None in names))
    wanted = (("WindowTargetIds", registered),) if registered else ()
    facts = [_on_all(tasks[0], policy, wanted)] if len(tasks) == 1 else list(_shared_out(tasks, registered))
    for other, listed in beside.pairs(existing.tasks, policy.task):
        facts.append(beside.where_it_runs(other, listed, wanted))
    return judged(_subject(tasks), facts)


def _on_all(task: WindowTask, policy: Policy, wanted: _Selectors) -> Fact:
    named = naming(one.name for one in policy.target.every if one.name)
    which = "the registered targets" if policy.target.also else "the registered target"
    missing = f"{which}{f' {named}' if named else ''}, which {'do' if policy.target.also else 'does'} not exist"
    # AWS returns the ids of several targets in an order of its own.
    found = tuple((key, tuple(sorted(values))) for key, values in task.targets)
    return fact("targets", selectors_text(wanted) or missing, selectors_text(found), bool(wanted) and found == wanted)


def _shared_out(tasks: list[WindowTask], registered: tuple[str, ...]) -> Iterator[Fact]:
    """Yield that each task runs on registered targets alone, and that each target has exactly one task."""
    on = [{target for key, values in task.targets if key == "WindowTargetIds" for target in values} for task in tasks]
    for task, ids in zip(tasks, on, strict=True):
        alone = bool(ids) and ids <= set(registered) and all(key == "WindowTargetIds" for key, _ in task.targets)
        yield fact(f"targets of {_called(task)}", "registered targets", selectors_text(task.targets), alone)
    for target in registered:
        yield fact(f"patching tasks on target {target}", 1, sum(target in ids for ids in on))


def limits(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-4: concurrency and error threshold as AWS's strings, priority, timeout in seconds, cutoff; no alarm.

    A CloudWatch alarm of the task stops it while it is in ALARM, and while its state is unknown unless the task
    ignores that (botocore: AlarmConfiguration). CouldNotCheck if CloudWatch could not be asked.
    """

    def facts_of(task: WindowTask, of: str) -> list[Fact]:
        return [
            fact(f"concurrency{of}", policy.task.max_concurrency, task.max_concurrency),
            fact(f"error threshold{of}", policy.task.max_errors, task.max_errors),
            fact(f"priority{of}", policy.task.priority, task.priority),
            fact(f"timeout in seconds{of}", policy.task.timeout_seconds, task.timeout_seconds),
            # CONTINUE_TASK is AWS's default.
            fact(f"cutoff behavior{of}", policy.task.cutoff_behavior, task.cutoff_behavior or "CONTINUE_TASK"),
        ]

    def after() -> Iterator[Fact]:
        yield from (beside.order(other, listed) for other, listed in beside.pairs(existing.tasks, policy.task))
        for task in patching_tasks(existing, policy):
            if not task.alarms_error:
                yield from (alarm_fact(alarm, task) for alarm in task.alarms)

    errors = [task.alarms_error for task in patching_tasks(existing, policy)]
    return unless_unknown(next(filter(None, errors), ""), _each(existing, policy, facts_of, after=after()))


def service_role(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-5: the task runs with the policy's role, which exists; no role means the service-linked role.

    The service-linked role need not exist: Systems Manager creates it (botocore: ServiceRoleArn). CouldNotCheck if IAM
    could not be asked for another.
    """
    linked = policy.task.service_role == SERVICE_LINKED

    def facts_of(task: WindowTask, of: str) -> list[Fact]:
        if linked:
            holds = not task.service_role or bool(_SERVICE_LINKED_ROLE.fullmatch(task.service_role))
        else:
            holds = task.service_role == policy.task.service_role
        found = task.service_role or "none, which means the service-linked role"
        wanted = "the service-linked role for Systems Manager" if linked else policy.task.service_role
        facts = [fact(f"service role{of}", wanted, found, holds)]
        if task.role_exists is not None:
            facts.append(fact(f"service role exists{of}", True, task.role_exists))
        return facts + trust_facts(task)

    judgement = _each(existing, policy, facts_of)
    if linked and judgement.facts and judgement.facts[0].holds:
        judgement = replace(judgement, notes=(*judgement.notes, _ADVICE))
    errors = [task.role_error for task in patching_tasks(existing, policy)]
    return unless_unknown(next(filter(None, errors), ""), judgement)


def _each(
    existing: ExistingWindow,
    policy: Policy,
    facts_of: Callable[[WindowTask, str], list[Fact]],
    before: Iterable[Fact] = (),
    after: Iterable[Fact] = (),
) -> Judgement:
    """Return the judgement of every patching task by `facts_of`, which says of which task, if there are several."""
    tasks = _tasks(existing, policy)
    if isinstance(tasks, Judgement):
        return tasks
    named = len(tasks) > 1
    facts = [one for task in tasks for one in facts_of(task, f" of {_called(task)}" if named else "")]
    return judged(_subject(tasks), [*before, *facts, *after])


def patching_tasks(existing: ExistingWindow, policy: Policy) -> list[WindowTask]:
    """Return the patching tasks, in the order in which they run: one, unless the policy has several targets."""
    if policy.task.id:
        chosen = [task for task in existing.tasks if task.id == policy.task.id]
    else:
        chosen = beside.unlisted(existing.tasks, policy.task)
    chosen.sort(key=lambda task: (task.priority, task.id))
    # With several that the policy does not list TASK-1 has already failed; the one that runs first is judged.
    return chosen if policy.target.also else chosen[:1]


def _tasks(existing: ExistingWindow, policy: Policy) -> list[WindowTask] | Judgement:
    if existing.window is None:
        return absent(existing, "there is no window, so there is no task to check")
    subject = subject_of(existing.window)
    if not existing.tasks:
        return absent(existing, f"{subject} has no task")
    if tasks := patching_tasks(existing, policy):
        return tasks
    if policy.task.id:
        return absent(existing, f"{subject} has no task with the id {policy.task.id}")
    return absent(existing, f"{subject} has only tasks that may run beside the patching task")


def _called(task: WindowTask) -> str:
    return task.name or task.id


def _subject(tasks: list[WindowTask]) -> str:
    return f"{'task' if len(tasks) == 1 else 'tasks'} {naming(map(_called, tasks))}"


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
