"""Whether findings agree with what is installed, on hosts whose scan time alone does not show a fresh scan.

Such a host's last scan is older than the inventory that was captured for this run. What Inspector reports of it holds
only where each finding agrees with that inventory: one that vanished has its package at the fixed version or above, or
not at all, and one that is active has it below. Anything else means that Inspector has not read what is installed now,
or that it stopped scanning the host meanwhile; then nothing of the host was scanned.

Where the last scan is even older than the patching, agreement must be shown: each active finding must name a version
that is installed, and at least one finding must testify that Inspector knows what was installed since. One that
vanished does, with its package at the fix since that scan; where packages have no time of installation, so does an
active one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from postpatch.model import Finding, HostInventory, InstalledPackage, Package
from postpatch.verdict.causes.kinds import is_fixed, of_the_system
from postpatch.verdict.causes.names import is_kernel, is_renamed
from postpatch.verdict.causes.versions import DPKG_SYSTEMS, reaches


def disagreements(
    vanished: Iterable[Finding],
    active: Iterable[Finding],
    inventories: Iterable[HostInventory],
    scanned_before: Mapping[str, datetime] | None = None,
) -> Mapping[str, tuple[str, ...]]:
    """Return the vulnerabilities, by host, whose findings the host's inventory contradicts; other hosts are left out.

    `vanished` are findings of the baseline that are not active any more, `active` those that are. `scanned_before` has
    the time of the last scan of each host that was scanned before its patching; one without a finding that testifies
    has an empty tuple.
    """
    known, before = {inventory.host: inventory for inventory in inventories}, scanned_before or {}
    found: dict[str, set[str]] = defaultdict(set)
    silent = set(before)
    for finding in vanished:
        if inventory := known.get(finding.host):
            if any(_still_there(one, inventory) for one in of_the_system(finding)):
                found[finding.host].add(finding.vulnerability)
            elif finding.host in silent and _fixed_since(finding, inventory, before[finding.host]):
                silent.remove(finding.host)
    for finding in active:
        if inventory := known.get(finding.host):
            told = _told_by(finding, inventory)
            if _gone(finding, inventory) or (finding.host in before and told is False):
                found[finding.host].add(finding.vulnerability)
            elif told and not _stays(finding) and not any(one.installed_at for one in inventory.packages):
                silent.discard(finding.host)
    return {host: tuple(sorted(found[host])) for host in sorted(found.keys() | silent)}


def _fixed_since(finding: Finding, inventory: HostInventory, scanned_at: datetime) -> bool:
    """Return whether each fixable package is installed at its fix, and, as far as times are known, one since a scan."""
    fixable = [one for one in of_the_system(finding) if is_fixed(one) and not is_renamed(one.name)]
    fixed = [list(_of(package, inventory)) for package in fixable]
    if not fixed or not all(fixed):
        return False
    times = [one.installed_at for rows in fixed for one in rows]
    return any(moment is None or moment > scanned_at for moment in times)


def _told_by(finding: Finding, inventory: HostInventory) -> bool | None:
    """Return whether the versions that an active finding names are installed; None if it names none of a known name."""
    named = [(one, list(_of(one, inventory))) for one in of_the_system(finding) if one.installed and not one.file_path]
    known = [(package, rows) for package, rows in named if rows]
    return all(any(_same(package, one) for one in rows) for package, rows in known) if known else None


def _stays(finding: Finding) -> bool:
    """Return whether what a finding names stays installed under its name whatever was installed since."""
    return all(is_renamed(package.name) for package in of_the_system(finding))


def _same(package: Package, installed: InstalledPackage) -> bool:
    system = _system(installed)
    return bool(
        reaches(installed.version, package.installed, system) and reaches(package.installed, installed.version, system)
    )


def _still_there(package: Package, inventory: HostInventory) -> bool:
    """Return whether the inventory has the package below its fix, or as old as the finding had it if none is known.

    Of a kernel whose name changes with each update it says nothing.
    """
    if is_renamed(package.name):
        return False  # an old kernel stays installed, and only names that the findings have were asked for
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
