"""A policy in TOML of what exists in an account, with a comment on each line that says where it came from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from postpatch.aws.what_patches import installs
from postpatch.errors import CouldNotCheck
from postpatch.model import (
    Association,
    ExistingWindow,
    ImageSource,
    MaintenanceWindow,
    PatchBaseline,
    WindowTarget,
    WindowTask,
)
from postpatch.policy import DEFAULT_VERSION, LINKED_ROLE, SERVICE_LINKED
from postpatch.text.toml import toml, toml_comment
from postpatch.verdict.facts import naming

_HEADING = """\
# The policy: what must be true after patching.
# Written by `postpatch init --from-account`, from what exists: read each line, and correct what should not be so.
# Every other key has its default; docs/policy.md explains them all.
"""
_BY_KEY = {"tag-key": "tag_key", "resource-groups:Name": "resource_group"}
_WIDTH = 52


@dataclass(frozen=True)
class Origin:
    """What the policy is written from; `scope` is the line of the hosts, with where that came from.

    `baselines` are the patch baselines that decide on the hosts, none if they are not known, and `decided` says where
    they were read. `images` are where the hosts' Auto Scaling groups name their image, each with what shows it, or
    `images_unknown` says why nobody could tell. `nodes` are the hybrid nodes among the hosts; `nodes_alone`: there are
    no other hosts. `warm` are the hosts that wait in a warm pool.
    """

    account: str
    region: str
    scope: tuple[str, str, str]
    existing: ExistingWindow
    baselines: tuple[PatchBaseline, ...] = ()
    decided: str = ""
    images: tuple[tuple[ImageSource, str], ...] = ()
    images_unknown: str = ""
    nodes: tuple[str, ...] = ()
    nodes_alone: bool = False
    warm: tuple[str, ...] = ()


def policy_from(origin: Origin) -> str:
    """Return the policy; CouldNotCheck if what exists is more than a policy can describe."""
    return _HEADING + "\n".join(_lines(origin)) + "\n"


def selected_by(target: WindowTarget) -> tuple[str, object]:
    """Return the key of `[target]` and its value; CouldNotCheck for a target that no policy describes."""
    selectors = target.selectors
    if selectors and all(key.startswith("tag:") for key, _ in selectors):
        return "tags", {key.removeprefix("tag:"): list(values) for key, values in selectors}
    (key, values), *more = selectors or ((("none", ()),))
    if not more and key.lower() == "instanceids":
        return "instances", list(values)
    if not more and key in _BY_KEY and len(values) == 1:
        return _BY_KEY[key], values[0]
    raise CouldNotCheck(f"Select the hosts by tags, a tag key, a resource group or ids: the target has {selectors}.")


def _lines(origin: Origin) -> Iterator[str]:
    existing = origin.existing
    yield from ("", "[scope]")
    yield _line("account", toml(origin.account), "sts:GetCallerIdentity")
    yield _line("region", toml(origin.region), "the environment, or --region")
    yield _line(*origin.scope)
    if origin.nodes and origin.scope[0] == "tag":
        hybrid = "only" if origin.nodes_alone else True
        yield _line("hybrid", toml(hybrid), f"the target selects {naming(origin.nodes)}")
    if origin.warm:
        yield _line("leave_out_warm_pools", "true", f"autoscaling:DescribeWarmPool: {naming(origin.warm)}")
    if origin.images:
        yield f"# {_line('hosts_may_change', 'true', 'goes with [image] below')}"
    if existing.window:
        yield from _window(existing.window)
    elif existing.association:
        yield from _recurring(existing.association, existing)
    source = _source(existing)
    if not existing.targets:
        raise CouldNotCheck("Register a target for what patches: it has none.")
    for number, target in enumerate(existing.targets):
        yield from ("", "[[target.also]]" if number else "[target]")
        if existing.window and target.name:
            yield _line("name", toml(target.name), source)
        key, value = selected_by(target)
        yield _line(key, toml(value), source)
    yield from _task(existing, source)
    if origin.baselines:
        yield from ("", "[patching]")
        names = ", ".join(one.name for one in origin.baselines if one.name)
        ids = [one.id for one in origin.baselines]
        named = f"{origin.decided}: {names}" if names else origin.decided
        yield _line("baseline", toml(ids if len(ids) > 1 else ids[0]), named)
    yield from _image(origin)


def _image(origin: Origin) -> Iterator[str]:
    """Suggest the proven image, as comments: whether a fleet is replaced or patched in place, nothing in AWS says."""
    if origin.images_unknown:
        yield from ("", toml_comment(f"[image] is not suggested. {origin.images_unknown}"))
    if not origin.images:
        return
    yield from (
        "",
        "# Only for hosts that are replaced by hosts from a newer image, and never patched in place: take away the",
        "# first # of each line that is to count, here and in [scope]. One source alone names the image.",
        "# [image]",
    )
    for source, shown in origin.images:
        yield f"# {_line(source.kind, toml(source.value), shown)}"
    # Where no host was scanned both times, FIND-8 cannot say what was opened since the baseline, and fails.
    yield from ("", "# [gate]", f"# {_line('configuration', toml('report'), 'new hosts have nothing to compare with')}")


def _window(window: MaintenanceWindow) -> Iterator[str]:
    source = f"ssm:GetMaintenanceWindow {window.id}"
    yield from ("", "[window]")
    yield _line("id", toml(window.id), f"{source}: {window.name}")
    yield _line("create", toml("never"), "it exists, and an id cannot be created")
    yield _line("schedule", toml(window.schedule), source)
    if window.schedule_offset:
        yield _line("schedule_offset", toml(window.schedule_offset), source)
    yield _line("duration_hours", toml(window.duration), source)
    yield _line("cutoff_hours", toml(window.cutoff), source)
    for name, moment in (("start", window.start_date), ("end", window.end_date)):
        if moment:
            yield _line(name, _day(moment), f"{source}: {moment}")
    zone = window.time_zone
    yield _line("time_zone", toml(zone or "Etc/UTC"), source if zone else f"{source}: none, which is UTC")
    yield _line("allow_unassociated_targets", toml(window.allow_unassociated_targets), source)


def _day(moment: str) -> str:
    try:
        return date.fromisoformat(moment[: len("2099-12-01")]).isoformat()
    except ValueError as error:
        raise CouldNotCheck(f"Correct when the window begins and ends: {moment!a:.40} is no date.") from error


def _recurring(association: Association, existing: ExistingWindow) -> Iterator[str]:
    policy, source = existing.patch_policy, f"ssm:DescribeAssociation {association.id}"
    yield from ("", "[recurring]")
    yield _line("by", toml("patch-policy" if policy else "association"), "what installs on the hosts")
    if policy:
        yield _line("name", toml(policy.name), f"ssm-quicksetup:GetConfigurationManager {policy.arn}")
    else:
        yield _line("id", toml(association.id), f"{source}: {association.name or 'without a name'}")
    yield _line("schedule", toml(association.schedule), source)
    if association.schedule_offset:
        yield _line("schedule_offset", toml(association.schedule_offset), source)
    yield _line("only_at_schedule", toml(association.only_at_schedule), f"{source}: ApplyOnlyAtCronInterval")
    if association.duration:
        yield _line("duration_hours", toml(association.duration), source)
    if association.calendars:
        yield _line("calendars", toml(association.calendars), source)


def _task(existing: ExistingWindow, source: str) -> Iterator[str]:
    patching = _patching(existing)
    task = patching[0]
    parameters = {name: list(values) for name, values in task.parameters}
    if existing.patch_policy:
        parameters.pop("BaselineOverride", None)  # Quick Setup's own, which TASK-2 requires by itself
    yield from ("", "[task]")
    if existing.window and len(patching) == 1:
        yield _line("id", toml(task.id), f"{source}: {task.name or 'without a name'}")
    if task.type != "RUN_COMMAND" and existing.window:
        yield _line("type", toml(task.type), source)
    yield _line("document", toml(task.document.rpartition("/")[2]), source)
    if task.document_version not in (None, "", DEFAULT_VERSION):
        yield _line("document_version", toml(task.document_version), source)
    yield _line("parameters", toml(parameters), source)
    yield _line("max_concurrency", toml(task.max_concurrency or "100%"), _given(task.max_concurrency, source))
    if task.max_errors:
        yield _line("max_errors", toml(task.max_errors), source)
    if existing.window:
        yield from _of_a_window(task, source)
        for other in existing.tasks:
            if other not in patching:
                yield from _beside(other, source)
    elif task.service_role:
        yield _line("service_role", toml(task.service_role), source)


def _patching(existing: ExistingWindow) -> list[WindowTask]:
    """Return the task that installs, or one for each target."""
    found = [task for task in existing.tasks if installs(task)]
    if len(found) == 1 or (len(found) == len(existing.targets) and _alike(found)):
        return found
    raise CouldNotCheck(
        f"Keep one task that installs in the window, or one for each target, all alike: it has {len(found)}."
    )


def _alike(tasks: list[WindowTask]) -> bool:
    return len({replace(task, id="", name="", targets=()) for task in tasks}) == 1


def _of_a_window(task: WindowTask, source: str) -> Iterator[str]:
    yield _line("priority", toml(task.priority), source)
    if task.timeout_seconds is not None:
        yield _line("timeout_seconds", toml(task.timeout_seconds), source)
    yield _line("cutoff_behavior", toml(task.cutoff_behavior or "CONTINUE_TASK"), _given(task.cutoff_behavior, source))
    linked = not task.service_role or task.service_role.endswith(f":{LINKED_ROLE}")
    yield _line("service_role", toml(SERVICE_LINKED if linked else task.service_role), source)


def _beside(task: WindowTask, source: str) -> Iterator[str]:
    yield from ("", "[[task.beside]]")
    yield _line("id", toml(task.id), f"{source}: {task.name or 'without a name'}")
    yield _line("type", toml(task.type), source)
    yield _line("runs", toml(task.document), source)
    yield _line("priority", toml(task.priority), source)
    if task.parameters:
        yield _line("parameters", toml({name: list(values) for name, values in task.parameters}), source)


def _source(existing: ExistingWindow) -> str:
    if existing.window:
        return f"window {existing.window.name} ({existing.window.id})"
    return f"association {existing.association.id}" if existing.association else ""


def _given(value: str, source: str) -> str:
    return source if value else f"{source}: none, which is AWS's default"


def _line(key: str, value: str, source: str) -> str:
    return f"{key} = {value}".ljust(_WIDTH) + f"  {toml_comment(source)}"
