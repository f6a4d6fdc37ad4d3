"""The story of one host's patching: everything that AWS reports about it, arranged for the rules on causes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Self

from postpatch.model import (
    AvailablePatch,
    BuildRevision,
    HostInventory,
    HostOverride,
    InstancePatch,
    Launch,
    Leftovers,
    ManagedHost,
    Manifest,
    Package,
    PatchBaseline,
    PatchCommand,
    Patching,
    PatchState,
)
from postpatch.policy import PatchingPolicy
from postpatch.verdict.causes.names import is_kernel, same_package
from postpatch.verdict.installation import Ending, Installation, newest_installation


@dataclass(frozen=True)
class HostStory:
    """What AWS reports about one host's patching since the baseline of the findings was taken.

    `state` is None if the last patch operation is older; `installed` says whether an installation ended since then.
    `patches` and `available` are by package name; `wanted` is the policy's section on patch baselines. `newest` is the
    newest Install that started. `baseline` is None where something else decided: an override took its place. Of a
    patch policy, it is the `override` that Quick Setup made, if that could be read.
    `inventory` was captured after the assessment was launched, and is None where there is none so new; `scanned_at` is
    when Inspector scanned the host last. `revision` is Windows' update build revision, captured after the last patch
    operation.
    """

    managed: ManagedHost | None = None
    state: PatchState | None = None
    commands: tuple[PatchCommand, ...] = ()
    installed: bool = False
    patches: Mapping[str, tuple[InstancePatch, ...]] = field(default_factory=dict)
    baseline: PatchBaseline | None = None
    available: Mapping[str, tuple[AvailablePatch, ...]] = field(default_factory=dict)
    wanted: PatchingPolicy = field(default_factory=PatchingPolicy)
    newest: Installation = field(default_factory=lambda: Installation(Ending.NONE, ""))
    inventory: HostInventory | None = None
    scanned_at: datetime | None = None
    override: HostOverride | None = None
    revision: BuildRevision | None = None

    def after_scan(self, before: "HostStory") -> "HostStory":
        """Return this story, of a host that was scanned again, with the installation that the earlier one shows."""
        return replace(self, installed=self.installed or before.installed, newest=before.newest)

    @property
    def list_is_newer(self) -> bool:
        """Return whether Patch Manager's list was made after Inspector's scan, so that it shows what the scan saw."""
        return bool(self.state and self.scanned_at and self.state.started_at > self.scanned_at)

    @property
    def platform(self) -> str:
        """Return the operating system's name as Systems Manager gives it, or an empty text."""
        return self.managed.platform if self.managed else ""

    @cached_property
    def listed(self) -> int:
        """Return the number of patches listed for the host."""
        return sum(len(patches) for patches in self.patches.values())

    @property
    def listed_whole(self) -> bool:
        """Return whether all patches that the patch state counts are listed: only then an absent row proves anything.

        State and list are two calls, one after the other: a patch operation between them makes this False as well.
        """
        counted = self.state.listed if self.state else None
        return counted is not None and 0 < counted <= self.listed

    def rows(self, package: Package) -> tuple[InstancePatch, ...]:
        """Return the host's rows for a package, limited to its architecture if both sides state it."""
        listed = self.patches.get(package.name, ())
        if is_kernel(package.name):  # a kernel is replaced by one of another name
            listed = tuple(one for rows in self.patches.values() for one in rows if same_package(package, one))
        return tuple(one for one in listed if one.arch in (package.arch.lower(), "noarch")) or listed


@dataclass(frozen=True)
class Scans:
    """When the assessment was launched, or None where none was, and when Inspector scanned each host last."""

    launched_at: datetime | None = None
    scanned_at: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, launch: Launch, after: Manifest) -> Self:
        """Return those of a run: its launch, and the manifest of the findings after patching."""
        scanned_at = {host.id: host.scanned_at for host in after.hosts if host.scanned_at}
        return cls(launch.launched_at if launch.started else None, scanned_at)


def stories(
    patching: Patching, left: Leftovers, wanted: PatchingPolicy | None = None, scans: Scans | None = None
) -> dict[str, HostStory]:
    """Return the story of each host in `left`; `wanted` is the policy's section on patching."""
    scans = scans or Scans()
    inventories = {one.host: one for one in left.inventories}
    overrides = {one.host: one for one in left.overrides}
    revisions = {one.host: one for one in left.revisions}
    managed = {host.host: host for host in patching.managed}
    baselines = {baseline.id: baseline for baseline in left.baselines}
    available: dict[str, tuple[AvailablePatch, ...]] = {}
    for offered in sorted(left.available, key=lambda one: (one.title, one.cves, one.severity, str(one.released_at))):
        available[offered.name] = (*available.get(offered.name, ()), offered)
    patches: dict[str, dict[str, tuple[InstancePatch, ...]]] = {}
    for patch in sorted(left.patches, key=lambda one: (one.title, one.state)):
        of_host = patches.setdefault(patch.host, {})
        of_host[patch.name] = (*of_host.get(patch.name, ()), patch)

    def story(host: str) -> HostStory:
        last = patching.state(host)
        state = last if last and (left.since is None or last.ended_at > left.since) else None
        newest, inventory, revision = newest_installation(patching, host), inventories.get(host), revisions.get(host)
        # Without a launch of its own, a run relies on an inventory that is newer than what Patch Manager last did.
        since = scans.launched_at or (state.ended_at if state else None)
        return HostStory(
            managed=managed.get(host),
            state=state,
            commands=tuple(sorted(patching.commands_on(host), key=_moment)),
            installed=bool(patching.installs(host)) or (state is not None and state.operation == "Install"),
            patches=patches.get(host, {}),
            baseline=_deciding(baselines, state, newest, overrides.get(host)),
            available=available,
            wanted=wanted or PatchingPolicy(),
            newest=newest,
            inventory=inventory if inventory and since and inventory.captured_at > since else None,
            scanned_at=scans.scanned_at.get(host),
            override=overrides.get(host),
            revision=revision if revision and state and revision.captured_at > state.ended_at else None,
        )

    return {host: story(host) for host in left.hosts}


def _deciding(
    baselines: Mapping[str, PatchBaseline],
    state: PatchState | None,
    newest: Installation,
    override: HostOverride | None,
) -> PatchBaseline | None:
    if state is None:
        return None
    if not newest.overrides:
        return baselines.get(state.baseline)
    return override.baseline if override and override.place == newest.overrides else None


def _moment(command: PatchCommand) -> tuple[datetime, str, str, str]:
    return (command.requested_at, command.command, command.operation, command.status)
