"""The inventory of a host: what its agent found installed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class InstalledPackage:
    """One installed package, from Systems Manager's inventory type AWS:Application.

    `version` is `epoch:version-release` on RPM systems and dpkg's whole version elsewhere. `installed_at` is None where
    the system does not record it: dpkg does not.
    """

    name: str
    version: str
    arch: str = ""
    installed_at: datetime | None = None


@dataclass(frozen=True)
class InventoryDigest:
    """The digest of all that a host's inventory lists, by name, version and architecture, as a snapshot keeps it.

    `captured_at` is as the host dates it, `scanned_at` when Inspector had scanned the host last.
    """

    host: str
    captured_at: datetime
    scanned_at: datetime
    sha256: str

    @property
    def was_scanned(self) -> bool:
        """Return whether that scan rests on it: it is later than the capture, after which there was no other one."""
        return self.scanned_at > self.captured_at


@dataclass(frozen=True)
class BuildRevision:
    """The update build revision (UBR) of a Windows host, the last number of `10.0.20348.2762`, as its registry had it.

    From Systems Manager's inventory type AWS:WindowsRegistry, where a site has this value inventoried.
    """

    host: str
    captured_at: datetime
    revision: int


@dataclass(frozen=True)
class HostInventory:
    """The packages of a host that were asked for by name, as captured at a moment; `names` are those asked for."""

    host: str
    captured_at: datetime
    names: tuple[str, ...] = ()
    packages: tuple[InstalledPackage, ...] = ()

    def versions(self, name: str) -> tuple[InstalledPackage, ...]:
        """Return each installed version of a package."""
        return tuple(package for package in self.packages if package.name == name)
