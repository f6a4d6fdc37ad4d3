"""Judge an association, or a patch policy by the association with which it installs: MW, TGT and TASK checks.

What a window has and an association does not is proven by what stands for it: that it runs at its schedule only, for
the start; that it targets nothing elsewhere, for the registered target. Source: botocore, CreateAssociation.
"""

import re

from postpatch.model import ExistingWindow, Fact, Judgement, WindowTask
from postpatch.policy import DEFAULT_VERSION, PATCH_POLICY, Policy
from postpatch.verdict.document import is_document
from postpatch.verdict.facts import fact, judged, naming
from postpatch.verdict.subject import absent, subject_of_association
from postpatch.verdict.target import selectors_text
from postpatch.verdict.task import alarm_fact, parameter_facts, trust_facts, unless_unknown
from postpatch.verdict.window import schedule_fact

_DEPLOYED = "SUCCEEDED"  # botocore shape Status of ssm-quicksetup
_UNLIMITED = "100%"  # botocore: CreateAssociation, MaxConcurrency
_OVERRIDES = "s3://aws-quicksetup-patchpolicy-{account}-"
_OVERRIDE_FILE = re.compile(r"[a-z0-9-]+/baseline_overrides\.json")


def one_association(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-1: exactly one association or patch policy has the policy's name or id, and nothing disables it.

    Only the change calendars of the policy may keep an association from running. A patch policy must be deployed, and
    install by one association here.
    """
    wanted = policy.recurring
    kind = "patch policies" if wanted.by == PATCH_POLICY else "associations"
    known = f"with the id {wanted.id}" if wanted.id else f"named {wanted.name}"
    facts = [fact(f"number of {kind} {known}", 1, len(existing.named)), *_deployed(existing)]
    if existing.association is None:
        missing = f"there is no {policy.recurs_by}"
        if existing.patch_policy:
            missing = f"{policy.recurs_by} has no association that installs in this account and region"
        return Judgement(False, missing, tuple(facts), _elsewhere(policy))
    calendars = tuple(sorted(wanted.calendars))
    facts.append(
        fact(
            "change calendars",
            naming(calendars),
            naming(existing.association.calendars),
            calendars == existing.association.calendars,
        )
    )
    return judged(_subject(existing), facts)


def schedule(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-2: the association runs when the policy says, in UTC, however its schedule is written."""
    association = existing.association
    if association is None:
        return _absent(policy, "so there is no schedule to check")
    one, notes = schedule_fact(association.schedule, policy.recurring)
    offset = fact("schedule offset in days", policy.recurring.schedule_offset or 0, association.schedule_offset)
    return judged(_subject(existing), (one, offset), notes)


def duration(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-3: the hours for which the association may run, after which it is canceled."""
    if existing.association is None:
        return _absent(policy, "so there is no duration to check")
    wanted = policy.recurring.duration_hours or "no limit"
    return judged(_subject(existing), [fact("duration in hours", wanted, existing.association.duration or "no limit")])


def only_on_schedule(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-4: whether the association runs at its schedule only, and not whenever it is changed or a host starts.

    An association has no start, end or time zone: it runs from its creation on, in UTC.
    """
    if existing.association is None:
        return _absent(policy, "so there is no start to check")
    only = fact("runs only at its schedule", policy.recurring.only_at_schedule, existing.association.only_at_schedule)
    return judged(_subject(existing), [only], ["an association has no start, no end and no time zone but UTC"])


def target(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TGT-1: the association selects hosts exactly as the policy says."""
    if existing.association is None:
        return _absent(policy, "so there is no target to check")
    facts = [
        fact("targets", selectors_text(policy.target.selectors), selectors_text(one.selectors))
        for one in existing.targets
    ]
    subject = f"targets of {_subject(existing)}"
    return judged(subject, facts, right=f"{subject} match the policy")


def document(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-1: the association runs the policy's document and version."""
    task = _task(existing)
    if task is None:
        return _absent(policy, "so there is no document to check")
    version = task.document_version or DEFAULT_VERSION
    facts = [
        fact("document", policy.task.document, task.document, is_document(task.document, policy)),
        fact("document version", policy.task.document_version, version),
    ]
    return judged(_subject(existing), facts)


def parameters(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-2: the association has exactly the policy's parameters, and the patch policy its patch baseline.

    A patch policy's association is told its baseline by a BaselineOverride in Quick Setup's bucket of this account.
    """
    task = _task(existing)
    if task is None:
        return _absent(policy, "so there are no parameters to check")
    expected: dict[str, list[str]] = dict(policy.task.parameters)
    override = [value for name, values in task.parameters if name == "BaselineOverride" for value in values]
    if existing.patch_policy and len(override) == 1 and _is_quick_setups(override[0], policy):
        expected["BaselineOverride"] = override
    facts = parameter_facts(task, expected)
    if existing.patch_policy:
        facts += _baselines(existing, policy)
        facts.append(fact("baseline override of Quick Setup", True, "BaselineOverride" in expected))
    return judged(_subject(existing), facts)


def nowhere_else(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-3: the association runs on its targets in this account and Region, and on nothing else."""
    if existing.association is None:
        return _absent(policy, "so there are no hosts that it runs on")
    facts = [fact("other targets", "none", naming(existing.association.elsewhere) or "none")]
    if existing.patch_policy:
        installs = existing.patch_policy.installs
        facts.append(fact("associations that install", 1, f"{len(installs)} ({naming(installs)})", len(installs) == 1))
    return judged(_subject(existing), facts)


def limits(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-4: concurrency and error threshold as AWS's strings, and no CloudWatch alarm that stops it."""
    task = _task(existing)
    if task is None:
        return _absent(policy, "so there are no limits to check")
    facts = [
        fact("concurrency", policy.task.max_concurrency, task.max_concurrency or _UNLIMITED),
        fact("error threshold", policy.task.max_errors or "", task.max_errors),
    ]
    if not task.alarms_error:
        facts += [alarm_fact(alarm, task) for alarm in task.alarms]
    return unless_unknown(task.alarms_error, judged(_subject(existing), facts))


def role(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TASK-5: the association is dispatched by the policy's role, or by none, and that role exists."""
    task = _task(existing)
    if task is None:
        return _absent(policy, "so there is no role to check")
    facts = [fact("role", policy.task.service_role or "", task.service_role)]
    if task.role_exists is not None:
        facts.append(fact("role exists", True, task.role_exists))
    facts += trust_facts(task)
    return unless_unknown(task.role_error, judged(_subject(existing), facts))


def _task(existing: ExistingWindow) -> WindowTask | None:
    return existing.tasks[0] if existing.association and existing.tasks else None


def _subject(existing: ExistingWindow) -> str:
    return subject_of_association(existing)


def _absent(policy: Policy, consequence: str) -> Judgement:
    return absent(ExistingWindow(()), f"there is no {policy.recurs_by} that installs, {consequence}")


def _elsewhere(policy: Policy) -> tuple[str, ...]:
    if policy.recurring.by != PATCH_POLICY:
        return ()
    return (
        "a patch policy that another account deployed here is judged by its association: "
        '[recurring] by = "association", and the name of the association that installs',
    )


def _deployed(existing: ExistingWindow) -> list[Fact]:
    found = existing.patch_policy
    if found is None:
        return []
    return [
        fact("deployment", _DEPLOYED, ", ".join(found.statuses), set(found.statuses) == {_DEPLOYED}),
        fact("patch operation", "ScanAndInstall", found.operation),
    ]


def _baselines(existing: ExistingWindow, policy: Policy) -> list[Fact]:
    wanted, found = policy.patching, existing.patch_policy
    expected = " or ".join(wanted.baselines)
    if found is None or not expected:
        return []
    if not found.baselines:
        return [fact("patch baseline", expected, "none")]
    return [
        fact(
            f"patch baseline for {one.system}",
            expected,
            f"{one.id} ({one.name})" if one.name else one.id,
            wanted.names(one.id, one.name),
        )
        for one in found.baselines
    ]


def _is_quick_setups(place: str, policy: Policy) -> bool:
    bucket = _OVERRIDES.format(account=policy.scope.account)
    return place.startswith(bucket) and bool(_OVERRIDE_FILE.fullmatch(place.removeprefix(bucket)))
