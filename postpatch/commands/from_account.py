"""`init --from-account`: find what patches the hosts, and the patch baseline that decides on them; AWS is only read."""

from collections.abc import Iterable

from postpatch.aws.group_images import group_images
from postpatch.aws.hosts import hosts_by_id, hosts_by_selectors, hosts_in_scope
from postpatch.aws.hybrid import hybrid_tagged
from postpatch.aws.patch_baselines import read_baseline
from postpatch.aws.patch_manager import patch_states
from postpatch.aws.scope import scope_members
from postpatch.aws.session import Connection, asking
from postpatch.aws.warm_pools import waiting_in_warm_pools
from postpatch.aws.what_patches import installing
from postpatch.commands.policy_lines import Origin, selected_by
from postpatch.errors import CouldNotCheck
from postpatch.model import ExistingWindow, Host, ImageSource, PatchBaseline, Scope, is_hybrid
from postpatch.text.toml import toml

_SCOPE_OF_TAG = {"aws:cloudformation:stack-name": "stack", "aws:autoscaling:groupName": "auto_scaling_group"}


def origin_in(connection: Connection, scope: Scope | None, patched_by: str) -> Origin:
    """Return what a policy is written from.

    `scope` is what a flag names, or None: the hosts are those that are patched. `patched_by` is the name or id of the
    window, association or patch policy; without it there must be one alone that patches a host in scope.
    """
    caller = connection.caller()
    hosts = _hosts(connection, scope) if scope else None
    existing = _one(installing(connection), hosts, patched_by)
    nodes = [one for one in existing.selected if is_hybrid(one) and (hosts is None or one in hosts)]
    with asking("which hosts exist"):
        selected = tuple(hosts_by_id(connection, set(existing.selected) - set(nodes)))
    baselines, decided = _baselines(connection, existing, [*(host.id for host in selected), *nodes])
    images, unknown = _images(connection, (host for host in selected if hosts is None or host.id in hosts))
    return Origin(
        account=caller.account,
        region=caller.region,
        scope=_given(scope) if scope else _derived(existing),
        existing=existing,
        baselines=baselines,
        decided=decided,
        images=images,
        images_unknown=unknown,
        nodes=tuple(nodes),
        warm=_warm(connection, selected),
        nodes_alone=not (hosts if hosts is not None else {host.id for host in selected}) - set(nodes),
    )


def _hosts(connection: Connection, scope: Scope) -> set[str]:
    nodes = {node.id for node in hybrid_tagged(connection, scope)}
    if nodes:
        return nodes | {host.id for host in hosts_by_selectors(connection, [(f"tag:{scope.key}", scope.values)])}
    return {host.id for host in hosts_in_scope(connection, scope, scope_members(connection, scope))}


def _one(found: Iterable[ExistingWindow], hosts: set[str] | None, patched_by: str) -> ExistingWindow:
    candidates = [one for one in found if hosts is None or hosts & set(one.selected)]
    chosen = [one for one in candidates if not patched_by or patched_by in _names(one)]
    if len(chosen) == 1:
        return chosen[0]
    names = "; ".join(f"{_names(one)[0]} ({_names(one)[-1]})" for one in candidates)
    if not candidates:
        raise CouldNotCheck(
            "Leave out --from-account, or set up what patches the hosts first: no window, association or patch policy "
            "installs patches on them."
        )
    raise CouldNotCheck(f"Say with --patched-by what patches the hosts, by its name or id: {names}.")


def _names(existing: ExistingWindow) -> tuple[str, ...]:
    if existing.patch_policy:
        return (existing.patch_policy.name, existing.patch_policy.arn)
    one = existing.window or existing.association
    return tuple(filter(None, (one.name, one.id))) if one else ("",)


def _given(scope: Scope) -> tuple[str, str, str]:
    if scope.kind == "tag":
        return "tag", f"{{ key = {toml(scope.key)}, value = {toml(scope.values[0])} }}", "--tag"
    return scope.kind, toml(scope.values[0]), f"--{scope.kind.replace('_', '-')}"


def _derived(existing: ExistingWindow) -> tuple[str, str, str]:
    source = "what the target selects"
    every = [selected_by(target) for target in existing.targets]
    kind, value = every[0] if len(every) == 1 else ("several", None)
    if {kind for kind, _ in every} == {"instances"}:
        kind, value = "instances", sorted({one for _, ids in every if isinstance(ids, list) for one in ids})
    if kind == "tags" and isinstance(value, dict):
        for key, values in value.items():
            if key in _SCOPE_OF_TAG and len(values) == 1:
                return _SCOPE_OF_TAG[key], toml(values[0]), f"{source}: {key}"
        if len(value) == 1 and all(len(values) == 1 for values in value.values()):
            ((key, (only,)),) = value.items()
            return "tag", f"{{ key = {toml(key)}, value = {toml(only)} }}", source
    if kind == "instances" and value != ["*"]:
        return "instances", toml(value), source
    raise CouldNotCheck("Name the hosts with --stack, --tag or --auto-scaling-group: the target's keys are no scope.")


def _images(connection: Connection, hosts: Iterable[Host]) -> tuple[tuple[tuple[ImageSource, str], ...], str]:
    """Return where the hosts' groups name their image, or why that is not known; the policy is written without it."""
    try:
        return group_images(connection, hosts), ""
    except CouldNotCheck as error:
        return (), str(error)


def _warm(connection: Connection, hosts: tuple[Host, ...]) -> tuple[str, ...]:
    """Return the hosts that wait in a warm pool; none where the caller may not ask, and TGT-2 then names them."""
    try:
        return waiting_in_warm_pools(connection, hosts)
    except CouldNotCheck:
        return ()


def _baselines(
    connection: Connection, existing: ExistingWindow, hosts: list[str]
) -> tuple[tuple[PatchBaseline, ...], str]:
    """Return the patch baselines that decide on the selected hosts, and where they were read; none if not known."""
    if existing.patch_policy:
        selected = {one.id: PatchBaseline(one.id, one.name) for one in existing.patch_policy.baselines}
        return tuple(selected.values()), "the patch policy's SelectedPatchBaselines"
    given = {name for task in existing.tasks for name, _ in task.parameters}
    if given & {"BaselineOverride", "InstallOverrideList"}:
        return (), ""
    used = sorted({state.baseline for state in patch_states(connection, hosts)})
    return tuple(read_baseline(connection, one) for one in used), "ssm:DescribeInstancePatchStates of the hosts"
