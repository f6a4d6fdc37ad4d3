"""Patching, as Patch Manager and Run Command report it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter

from postpatch.model.inventory import BuildRevision, HostInventory
from postpatch.model.patch_command import PatchCommand
from postpatch.model.scope import ManagedHost

# How RPM names architectures in `name.arch`.
_ARCHITECTURES = frozenset(
    {"x86_64", "aarch64", "noarch", "i386", "i486", "i586", "i686", "ppc64le", "s390x", "armv7hl", "ppc64", "src"}
)


@dataclass(frozen=True)
class PatchState:
    """A host's last patch operation, from `ssm:DescribeInstancePatchStates`; it reports only the last one.

    `patch_group` is empty for a host in none; `installed_other` is None where AWS does not tell it.
    """

    host: str
    operation: str
    started_at: datetime
    ended_at: datetime
    baseline: str
    installed: int = 0
    missing: int = 0
    failed: int = 0
    pending_reboot: int = 0
    rejected: int = 0
    reboot_option: str = ""
    override_list: str = ""
    patch_group: str = ""
    installed_other: int | None = None

    @property
    def listed(self) -> int | None:
        """Return how many patches `ssm:DescribeInstancePatches` must list at least, or None if that is unknown."""
        if self.installed_other is None:
            return None
        held = self.pending_reboot + self.rejected
        return self.installed + self.installed_other + held + self.missing + self.failed


@dataclass(frozen=True)
class InstancePatch:
    """One patch of a host, from `ssm:DescribeInstancePatches`.

    `state` is lower case without underscores (`missing`, `installedpendingreboot`), for AWS spells it in two ways.
    `cves` are told only of what is missing or failed. `kb` is `name.arch` on Linux.
    """

    host: str
    kb: str
    title: str
    state: str
    installed_at: datetime | None = None
    classification: str = ""
    severity: str = ""
    cves: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the package's name, or the id of a Windows update."""
        return self.kb.removesuffix(f".{self.arch}") if self.arch else self.kb

    @property
    def arch(self) -> str:
        """Return the package's architecture, or nothing where the id holds none."""
        # A dot may be part of the name itself: dpkg lists `python3.10-minimal`, and no architecture.
        ending = self.kb.rpartition(".")[2]
        return ending if ending in _ARCHITECTURES else ""

    @property
    def version(self) -> str:
        """Return `epoch:version-release` of a Linux patch, whose title is `name.arch:epoch:version-release`."""
        return self.title.removeprefix(self.kb).removeprefix(":")


@dataclass(frozen=True)
class AvailablePatch:
    """A patch that a baseline could approve, from `ssm:DescribeAvailablePatches`; of Linux only Amazon's.

    `version` is `epoch:version-release`; classification and severity are the publisher's, as baselines filter by them.
    """

    name: str
    arch: str
    version: str
    released_at: datetime | None = None
    classification: str = ""
    severity: str = ""
    cves: tuple[str, ...] = ()
    advisories: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return the patch as a host lists it: `name.arch:epoch:version-release`."""
        return f"{self.name}.{self.arch}:{self.version}"


@dataclass(frozen=True)
class ApprovalRule:
    """One approval rule of a patch baseline: what its filters include is approved after some days, or up to a date.

    `filters` are pairs of a key and its values, all of which must match; `*` matches everything. A rule with neither
    `after_days` nor `until` approves at once, as those of Debian and Ubuntu do.
    """

    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    after_days: int | None = None
    until: date | None = None

    @property
    def at_once(self) -> bool:
        """Return whether the rule approves what its filters include as soon as it is released."""
        return not self.after_days and self.until is None


@dataclass(frozen=True)
class PatchBaseline:
    """A patch baseline: its rules, what it approves and rejects by name, and the filters before all rules.

    `id` is the one a patch state names; `system` is AWS's word, such as AMAZON_LINUX_2.
    """

    id: str
    name: str
    rejected: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()
    system: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    rules: tuple[ApprovalRule, ...] = ()


@dataclass(frozen=True)
class HostOverride:
    """The baseline override, at `place` in S3, by which a host was patched; None, with the reason, if not known."""

    host: str
    place: str
    baseline: PatchBaseline | None = None
    error: str = ""


@dataclass(frozen=True)
class Leftovers:
    """What AWS reports about `hosts`, those on which a fixable finding remains.

    Their patches, their baselines, of Amazon Linux 2 the patches of the packages concerned, and of the packages
    concerned what the hosts' `inventories` captured, of Windows the `revisions` that a site has inventoried. `since` is
    when the baseline of the findings was taken: a patch operation before it is not of this round.
    """

    hosts: tuple[str, ...] = ()
    patches: tuple[InstancePatch, ...] = ()
    baselines: tuple[PatchBaseline, ...] = ()
    available: tuple[AvailablePatch, ...] = ()
    since: datetime | None = None
    inventories: tuple[HostInventory, ...] = ()
    overrides: tuple[HostOverride, ...] = ()
    revisions: tuple[BuildRevision, ...] = ()


@dataclass(frozen=True)
class Patching:
    """Everything that Patch Manager, Run Command and State Manager report about the hosts in scope, as of `read_at`."""

    states: tuple[PatchState, ...] = ()
    commands: tuple[PatchCommand, ...] = ()
    managed: tuple[ManagedHost, ...] = ()
    read_at: datetime | None = None

    @cached_property
    def _states(self) -> dict[str, PatchState]:
        return {state.host: state for state in self.states}

    @cached_property
    def _commands(self) -> dict[str, tuple[PatchCommand, ...]]:
        by_host: dict[str, list[PatchCommand]] = {}
        for command in self.commands:
            by_host.setdefault(command.host, []).append(command)
        return {host: tuple(commands) for host, commands in by_host.items()}

    def state(self, host: str) -> PatchState | None:
        """Return the host's patch state, or None if Patch Manager has none."""
        return self._states.get(host)

    def commands_on(self, host: str) -> tuple[PatchCommand, ...]:
        """Return the patch commands that reached the host since the baseline."""
        return self._commands.get(host, ())

    def baseline_override(self, host: str) -> str:
        """Return the path of the baseline override of the newest Install that started on the host, or nothing."""
        started = [one for one in self.commands_on(host) if one.operation == "Install" and not one.never_started]
        newest = max(started, key=attrgetter("recency"), default=None)
        return newest.baseline_override if newest and not newest.override_list else ""

    @property
    def running(self) -> tuple[str, ...]:
        """Return the hosts on which an Install has begun and not ended."""
        installs = (one for one in self.commands if one.operation == "Install" and one.in_progress)
        begun = (one for one in installs if one.started_at or one.status == "InProgress")
        return tuple(sorted({one.host for one in begun}))

    def installs(self, host: str) -> tuple[PatchCommand, ...]:
        """Return the Install commands that ended successfully on the host."""
        return tuple(one for one in self.commands_on(host) if one.operation == "Install" and one.status == "Success")

    def installed_at(self, host: str) -> datetime | None:
        """Return when the host's last known installation ended: by its patch state, or by the command history."""
        state = self.state(host)
        ends = [command.ended_at for command in self.installs(host) if command.ended_at]
        if state and state.operation == "Install":
            ends.append(state.ended_at)
        return max(ends, default=None)

    def round_began_at(self, host: str) -> datetime | None:
        """Return when the host's newest installation began, whatever became of it, or None if there was none.

        What was disclosed before a failed newer one is not excused by an older one that succeeded.
        """
        state = self.state(host)
        begun = (one for one in self.commands_on(host) if one.operation == "Install" and not one.never_started)
        begins = [one.requested_at for one in begun]
        if state and state.operation == "Install":
            begins.append(state.started_at)
        return max(begins, default=None)


@dataclass(frozen=True)
class Rescan:
    """What Patch Manager reports of `hosts` after a Scan that this run asked for; empty where it asked for none.

    `in_time`: every scan ended before the limit of the wait.
    """

    hosts: tuple[str, ...] = ()
    patching: Patching = field(default_factory=Patching)
    leftovers: Leftovers = field(default_factory=Leftovers)
    in_time: bool = True
