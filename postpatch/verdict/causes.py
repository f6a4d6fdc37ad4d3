"""Why a fixable package is still there: AWS's own data, asked in order; the first cause that it proves is the answer.

The order is that of a diagnosis: can the host be reached at all, was anything installed, did it fail, was it held back,
is it in effect. What none of these proves is `missing` or stays unexplained.
"""

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass

from postpatch.model import (
    Finding,
    InstancePatch,
    Leftovers,
    ManagedHost,
    Package,
    PatchBaseline,
    PatchCommand,
    Patching,
    PatchState,
)
from postpatch.verdict.residuals import Kind, is_fixed
from postpatch.verdict.versions import reaches

Proof = tuple[tuple[str, str], ...]
_STOPPED = frozenset({"TimedOut", "Failed", "Cancelled", "Undeliverable", "Terminated", "DeliveryTimedOut"})


@dataclass(frozen=True)
class HostStory:
    """What AWS told of one host's patching."""

    managed: ManagedHost | None
    state: PatchState | None
    commands: tuple[PatchCommand, ...]
    installed: bool
    patches: dict[str, tuple[InstancePatch, ...]]
    baseline: PatchBaseline | None


def stories(patching: Patching, left: Leftovers) -> dict[str, HostStory]:
    """Return the story of each host that was asked about."""
    managed = {host.host: host for host in patching.managed}
    baselines = {baseline.id: baseline for baseline in left.baselines}
    return {host: _story(host, patching, left, managed.get(host), baselines) for host in left.hosts}


def cause_of(finding: Finding, story: HostStory) -> tuple[Kind, Proof]:
    """Return the cause of a fixable finding that remains, with the fields that settled it."""
    packages = tuple(package for package in finding.packages if package.manager in ("OS", ""))
    for kind, proves in _RULES:
        if (proof := proves(finding, packages, story)) is not None:
            return kind, proof
    return Kind.PATCHABLE, _what_was_looked_at(story)


def _story(
    host: str, patching: Patching, left: Leftovers, managed: ManagedHost | None, baselines: dict[str, PatchBaseline]
) -> HostStory:
    patches: dict[str, tuple[InstancePatch, ...]] = {}
    for patch in left.patches:
        if patch.host == host:
            patches[patch.name] = (*patches.get(patch.name, ()), patch)
    state = patching.state(host)
    return HostStory(
        managed=managed,
        state=state,
        commands=tuple(command for command in patching.commands if command.host == host),
        installed=patching.installed_at(host) is not None,
        patches=patches,
        baseline=baselines.get(state.baseline) if state else None,
    )


def _not_managed(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    if story.managed is None:
        return (("ssm:DescribeInstanceInformation", "no row for the host"),)
    return None if story.managed.ping == "Online" else (("PingStatus", story.managed.ping),)


def _stopped_early(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    installs = [command for command in story.commands if command.operation == "Install"]
    ended_badly = [command for command in installs if command.status in _STOPPED]
    if not story.installed and ended_badly:
        return (("command", ended_badly[-1].command), ("Status", ended_badly[-1].status))
    return None


def _not_targeted(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    if story.state is None and not story.commands:
        return (("ssm:DescribeInstancePatchStates", "no row for the host"), ("AWS-RunPatchBaseline", "no invocation"))
    return None


def _only_scanned(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    if story.installed or story.state is None:
        return None
    return (("Operation", story.state.operation), ("Install in the command history", "none"))


def _failed(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    return _in_state("failed", finding, packages, story)


def _rejected(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    proof = _in_state("installedrejected", finding, packages, story)
    if proof or story.baseline is None:
        return proof
    for package in packages:
        for pattern in story.baseline.rejected:
            if _matches(pattern, package):
                return (("BaselineId", story.baseline.id), ("RejectedPatches", pattern))
    return None


def _overridden(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    override = story.state.override_list if story.state else ""
    return (("InstallOverrideList", override),) if override else None


def _pending_reboot(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    return _in_state("installedpendingreboot", finding, packages, story)


def _old_kernel(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    # Inspector looks at the running kernel: an installed fix shows only after a reboot.
    return _fix_is_installed([package for package in packages if package.name.startswith("kernel")], story)


def _old_version_kept(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    return _fix_is_installed(packages, story)


def _missing(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    return _in_state("missing", finding, packages, story)


def _not_approved(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    # After an Install what is missing is not listed; a later Scan lists all that the baseline approves.
    if story.state is None or story.state.operation != "Scan":
        return None
    listed = [patch for package in packages if is_fixed(package) for patch in story.patches.get(package.name, ())]
    if not listed:
        return None
    return (("BaselineId", story.state.baseline), ("State of the package at the Scan", listed[0].state))


def _other_repository(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    names = [package.name for package in packages if is_fixed(package)]
    # Without any row at all nothing was listed, and then the absence of this one says nothing.
    if not story.patches or not names or any(name in story.patches for name in names):
        return None
    return (("ssm:DescribeInstancePatches", f"no row for {', '.join(sorted(names))}"),)


_Rule = Callable[[Finding, tuple[Package, ...], HostStory], Proof | None]
_RULES: tuple[tuple[Kind, _Rule], ...] = (
    (Kind.NOT_MANAGED, _not_managed),
    (Kind.STOPPED_EARLY, _stopped_early),
    (Kind.NOT_TARGETED, _not_targeted),
    (Kind.ONLY_SCANNED, _only_scanned),
    (Kind.INSTALL_FAILED, _failed),
    (Kind.PENDING_REBOOT, _pending_reboot),
    (Kind.PENDING_REBOOT, _old_kernel),
    (Kind.REJECTED, _rejected),
    (Kind.OVERRIDDEN, _overridden),
    (Kind.OLD_VERSION_KEPT, _old_version_kept),
    (Kind.MISSING, _missing),
    (Kind.NOT_APPROVED, _not_approved),
    (Kind.OTHER_REPOSITORY, _other_repository),
)


def _in_state(state: str, finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    names = {package.name for package in packages}
    for patches in story.patches.values():
        for patch in patches:
            if patch.state == state and (patch.name in names or finding.vulnerability in patch.cves):
                return (("patch", patch.title), ("State", patch.state))
    return None


def _fix_is_installed(packages: list[Package] | tuple[Package, ...], story: HostStory) -> Proof | None:
    platform = story.managed.platform if story.managed else ""
    for package in packages:
        if not is_fixed(package):
            continue
        for patch in story.patches.get(package.name, ()):
            if patch.state.startswith("installed") and reaches(patch.version, str(package.fixed_in), platform):
                return (("installed", patch.title), ("fixedInVersion", str(package.fixed_in)))
    return None


def _matches(pattern: str, package: Package) -> bool:
    # Formats: Systems Manager user guide, "Package name formats for approved and rejected patch lists".
    arch = package.arch.lower()
    full = f"{package.name}-{package.version}-{package.release}"
    names = (package.name, f"{package.name}.{arch}", full, f"{full}.{arch}", f"{package.name}-{package.installed}")
    return any(fnmatch.fnmatchcase(name, pattern) for name in names)


def _what_was_looked_at(story: HostStory) -> Proof:
    state = story.state
    return (
        ("patch operation", f"{state.operation}, ended {state.ended_at:%Y-%m-%d %H:%M} UTC" if state else "none"),
        ("patches listed", str(sum(len(patches) for patches in story.patches.values()))),
        ("baseline", story.baseline.id if story.baseline else "none"),
    )
