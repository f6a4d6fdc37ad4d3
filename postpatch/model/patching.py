"""The patch round, as Patch Manager and Run Command tell it."""

from dataclasses import dataclass
from datetime import datetime

from postpatch.model.scope import ManagedHost


@dataclass(frozen=True)
class PatchState:
    """A host's last patch operation, from `ssm:DescribeInstancePatchStates`; it tells only of the last one."""

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


@dataclass(frozen=True)
class PatchCommand:
    """One invocation of AWS-RunPatchBaseline on a host, from the Run Command history."""

    host: str
    command: str
    operation: str
    status: str
    requested_at: datetime
    ended_at: datetime | None = None


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
        """Return the package's name."""
        return self.kb.rpartition(".")[0] or self.kb

    @property
    def version(self) -> str:
        """Return `epoch:version-release` of a Linux patch, whose title is `name.arch:epoch:version-release`."""
        return self.title.removeprefix(self.kb).removeprefix(":")


@dataclass(frozen=True)
class PatchBaseline:
    """A patch baseline as far as it decides what is installed: its name and what it rejects."""

    id: str
    name: str
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leftovers:
    """What was asked about `hosts`, those on which a fixable finding remains: their patches, and their baselines."""

    hosts: tuple[str, ...] = ()
    patches: tuple[InstancePatch, ...] = ()
    baselines: tuple[PatchBaseline, ...] = ()


@dataclass(frozen=True)
class Patching:
    """All that Patch Manager and Run Command tell of the hosts in scope."""

    states: tuple[PatchState, ...] = ()
    commands: tuple[PatchCommand, ...] = ()
    managed: tuple[ManagedHost, ...] = ()

    def state(self, host: str) -> PatchState | None:
        """Return the host's patch state, or None if Patch Manager never reported one."""
        return next((state for state in self.states if state.host == host), None)

    def installs(self, host: str) -> tuple[PatchCommand, ...]:
        """Return the Install commands that ended well on the host."""
        return tuple(
            command
            for command in self.commands
            if command.host == host and command.operation == "Install" and command.status == "Success"
        )

    def installed_at(self, host: str) -> datetime | None:
        """Return when the host's last known installation ended: by its patch state, or by the command history."""
        state = self.state(host)
        ends = [command.ended_at for command in self.installs(host) if command.ended_at]
        if state and state.operation == "Install":
            ends.append(state.ended_at)
        return max(ends, default=None)

    def first_install_began_at(self, host: str) -> datetime | None:
        """Return when the host's first known installation began, whatever became of it, or None if there was none."""
        state = self.state(host)
        begins = [one.requested_at for one in self.commands if one.host == host and one.operation == "Install"]
        if state and state.operation == "Install":
            begins.append(state.started_at)
        return min(begins, default=None)

    def round_began_at(self, host: str) -> datetime | None:
        """Return when the host's last known installation began, or None if there was none."""
        state = self.state(host)
        begins = [command.requested_at for command in self.installs(host)]
        if state and state.operation == "Install":
            begins.append(state.started_at)
        return max(begins, default=None)
