"""Whether findings agree with what is installed, on hosts whose scan time alone does not show a fresh scan.

Such a host's last scan is older than the inventory that was captured for this run. What Inspector reports of it holds
only where each finding agrees with that inventory: one that vanished has its package at the fixed version or above, or
not at all, and one that is active has it below. Anything else means that Inspector has not read what is installed now,
or that it stopped scanning the host meanwhile; then nothing of the host was scanned.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from postpatch.model import Finding, HostInventory, InstalledPackage, Package
from postpatch.verdict.causes.kinds import is_fixed, of_the_system
from postpatch.verdict.causes.names import is_kernel
from postpatch.verdict.causes.versions import DPKG_SYSTEMS, reaches


def disagreements(
    vanished: Iterable[Finding], active: Iterable[Finding], inventories: Iterable[HostInventory]
) -> Mapping[str, tuple[str, ...]]:
    """Return the vulnerabilities, by host, whose findings the host's inventory contradicts; other hosts are left out.

    `vanished` are findings of the baseline that are not active any more, `active` those that are.
    """
    known = {inventory.host: inventory for inventory in inventories}
    found: dict[str, set[str]] = defaultdict(set)
    for finding in vanished:
        if finding.host in known and any(_still_there(one, known[finding.host]) for one in of_the_system(finding)):
            found[finding.host].add(finding.vulnerability)
    for finding in active:
        if finding.host in known and _gone(finding, known[finding.host]):
            found[finding.host].add(finding.vulnerability)
    return {host: tuple(sorted(found[host])) for host in sorted(found)}


def _still_there(package: Package, inventory: HostInventory) -> bool:
    """Return whether the inventory has the package below its fix, or as old as the finding had it if none is known."""
    installed = list(_of(package, inventory))
    if not is_fixed(package):
        return bool(installed) and all(reaches(package.installed, one.version, _system(one)) for one in installed)
    # Of a kernel several versions are installed, and the newest one counts; of other packages there is one.
    return bool(installed) and not any(_reaches_fix(one, package) for one in installed)


def _gone(finding: Finding, inventory: HostInventory) -> bool:
    """Return whether each package of an active finding is installed, and in no version below its fix."""
    packages = of_the_system(finding)
    if not packages or any(not is_fixed(one) or is_kernel(one.name) for one in packages):
        # Of kernels the running one counts, which the inventory does not name.
        return False
    found = [list(_of(package, inventory)) for package in packages]
    fixed = zip(packages, found, strict=True)
    return all(found) and all(_reaches_fix(one, package) is True for package, rows in fixed for one in rows)


def _of(package: Package, inventory: HostInventory) -> Iterator[InstalledPackage]:
    arch = package.arch.lower()
    rows = inventory.versions(package.name)
    alike = tuple(one for one in rows if not arch or one.arch.lower() in ("", arch))
    yield from alike or rows


def _reaches_fix(installed: InstalledPackage, package: Package) -> bool | None:
    return reaches(installed.version, package.fixed_in or "", _system(installed))


def _system(installed: InstalledPackage) -> str:
    # dpkg records no time of installation, rpm does.
    return DPKG_SYSTEMS[0] if installed.installed_at is None else ""
