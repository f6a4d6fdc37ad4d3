"""A host: what is installed on it, what runs, how it is set up, and what its agent last told."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..facts import System, system_of
from .rpm import Evr

# dnf installs a new kernel beside the old one, never over it (dnf.conf: installonlypkgs), as zypper does (zypp.conf:
# multiversion). Red Hat's kernels have the flavours rt and 64k (RHSA-2024:5363 lists their packages), SUSE's default;
# Ubuntu's carry their ABI in the name.
_INSTALL_ONLY = re.compile(
    r"kernel(\d+\.\d+)?(-rt|-64k|-default)?(-core|-modules|-modules-core|-modules-extra)?|linux-image-\d\S*"
)


def is_kernel(name: str) -> bool:
    """Tell whether a package is a kernel image, which counts only while it runs."""
    return _INSTALL_ONLY.fullmatch(name) is not None


@dataclass(frozen=True)
class Package:
    """One installed package; `arch` as Inspector writes it (`X86_64`, `NOARCH`, `AMD64`)."""

    name: str
    evr: Evr
    arch: str
    installed_at: datetime

    @property
    def rpm_arch(self) -> str:
        """Name the architecture as the package manager writes it (`x86_64`, `noarch`, `amd64`)."""
        return self.arch.lower()


@dataclass(frozen=True)
class LanguagePackage:
    """One package of a language's own package manager, which Patch Manager never touches."""

    manager: str
    name: str
    version: str
    path: str


@dataclass(frozen=True)
class InstalledUpdate:
    """One update of Windows that is installed, by its KB id."""

    kb: str
    installed_at: datetime


@dataclass(frozen=True)
class Inventory:
    """What a host's agent told at one moment; all that Inspector knows of the host's software."""

    captured_at: datetime
    packages: tuple[Package, ...]
    languages: tuple[LanguagePackage, ...]
    running_kernel: Evr | None
    updates: tuple[InstalledUpdate, ...] = ()

    def same_as(self, other: "Inventory") -> bool:
        """Tell whether two inventories say the same, whenever they were captured."""
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        parts = (self.packages, self.languages, self.updates)
        return (*map(frozenset, parts), self.running_kernel)


@dataclass(frozen=True)
class Registry:
    """What a Windows host's agent captured of its registry once: key path, value name, type and value of each."""

    captured_at: datetime
    values: tuple[tuple[str, str, str, str], ...] = ()


@dataclass
class Host:
    """One simulated host.

    `online` is the agent's state; `managed` says whether Systems Manager knows the host at all; `inspector_plugin`
    whether Inspector's own plugin, which carries out CIS scans, answers; `inspector_agent` how the agent of Inspector
    Classic fares (`running`, `unhealthy` or `absent`); `inventory_plugin` whether the agent can capture inventory;
    `vm_scanner` whether Inspector's VM Scanner is installed; `pro` whether an Ubuntu host is attached to Ubuntu Pro;
    `updates` are those of Windows that are installed, `reverts` the KB ids of those that it undoes when it boots, and
    `not_offered` of those that its source of updates does not offer; `registry` is what was captured of its registry;
    `breaks_on` names packages whose installation fails here, `excludes` those that the package manager was told to
    leave alone; `stalls` says that a patch run never comes to its end, `breaks_hooks` names hook documents that fail;
    `undeliverable` says that no command can be delivered to it, although its agent pings;
    `clock_ahead` is how far the host's own clock, which dates what its agent tells, is ahead of the true time;
    `boot_entry` is the kernel that the boot loader was told to start, whichever is newest; `settings` are
    the operating system's, by a name that the CIS checks use (`sshd.PermitRootLogin`, `sysctl.fs.suid_dumpable`, ...).
    """

    instance_id: str
    image_id: str
    launched_at: datetime
    packages: list[Package]
    languages: list[LanguagePackage]
    settings: dict[str, str]
    platform: str = "AMAZON_LINUX_2023"
    managed: bool = True
    online: bool = True
    last_ping: datetime | None = None
    inspector_plugin: bool = True
    inspector_agent: str = "running"
    inventory_plugin: bool = True
    vm_scanner: bool = False
    pro: bool = False
    updates: list[InstalledUpdate] = field(default_factory=list)
    reverts: frozenset[str] = frozenset()
    not_offered: frozenset[str] = frozenset()
    registry: Registry | None = None
    breaks_on: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    stalls: bool = False
    undeliverable: bool = False
    breaks_hooks: frozenset[str] = frozenset()
    clock_ahead: timedelta = timedelta(0)
    boot_entry: Evr | None = None
    booted_at: datetime | None = None
    running_kernel: Evr | None = None
    inventory: Inventory | None = None
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def system(self) -> System:
        """Find the host's operating system."""
        return system_of(self.platform)

    @property
    def windows(self) -> bool:
        """Tell whether the host runs Windows."""
        return self.system.packages == "windows"

    def boot(self, now: datetime) -> None:
        """Start the host: from now on the newest installed kernel runs, or that of the boot loader's entry."""
        self.updates = [
            update
            for update in self.updates
            if update.kb not in self.reverts or (self.booted_at is not None and update.installed_at <= self.booted_at)
        ]
        self.booted_at = now
        kernels = [package.evr for package in self.packages if is_kernel(package.name)]
        self.running_kernel = self.boot_entry or max(kernels, default=None)

    def install(self, package: Package) -> None:
        """Put `package` in place of its older versions; a kernel goes beside them."""
        if not is_kernel(package.name):
            self.packages = [kept for kept in self.packages if kept.name != package.name]
        self.packages.append(package)

    def remove(self, *names: str) -> None:
        """Remove packages, all versions of them."""
        self.packages = [kept for kept in self.packages if kept.name not in names]

    def newest(self, name: str) -> Package | None:
        """Find the newest installed version of a package."""
        found = [package for package in self.packages if package.name == name]
        return max(found, key=lambda package: package.evr, default=None)

    def installed(self) -> list[Package]:
        """List the newest version of every installed package, by name."""
        newest: dict[str, Package] = {}
        for package in self.packages:
            known = newest.get(package.name)
            if known is None or known.evr < package.evr:
                newest[package.name] = package
        return [newest[name] for name in sorted(newest)]

    def capture_inventory(self, now: datetime) -> None:
        """Let the agent tell what is installed and which kernel runs."""
        self.inventory = self.look(now)

    def look(self, now: datetime) -> Inventory:
        """Tell what is installed and which kernel runs."""
        return Inventory(now, tuple(self.packages), tuple(self.languages), self.running_kernel, tuple(self.updates))
