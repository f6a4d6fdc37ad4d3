"""What an inventory is vulnerable to: installed versions against advisories, by rpm's order of versions."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from ..facts import Facts, WindowsUpdate
from ..hosts.host import Inventory, LanguagePackage, Package, is_kernel
from ..hosts.rpm import Evr

NOT_AVAILABLE = "NotAvailable"  # the literal that Inspector writes where no fix is published


@dataclass(frozen=True)
class VulnerablePackage:
    """One package of a host that a CVE concerns; `fixed_in` is `epoch:version-release`, or NOT_AVAILABLE."""

    name: str
    version: str
    manager: str
    fixed_in: str
    epoch: int | None = None
    release: str | None = None
    arch: str | None = None
    path: str | None = None

    @property
    def fixable(self) -> bool:
        """Tell whether a fix is published."""
        return self.fixed_in != NOT_AVAILABLE


def find_vulnerable(inventory: Inventory, facts: Facts, now: datetime) -> dict[str, tuple[VulnerablePackage, ...]]:
    """Group the vulnerable packages of an inventory by CVE id, as known at `now`.

    A kernel counts only if it runs ("Inspector scans the running kernel": Inspector user guide, EC2 scanning);
    a fix counts once its advisory is released.
    """
    found: dict[str, list[VulnerablePackage]] = defaultdict(list)
    for package in _that_count(inventory):
        for cve, fixed in _fixes(package, facts, now).items():
            found[cve].append(_vulnerable(package, str(fixed) if fixed else NOT_AVAILABLE))
        for cve in facts.unfixed_in.get(package.name, ()):
            if cve not in found or all(known.name != package.name for known in found[cve]):
                found[cve].append(_vulnerable(package, NOT_AVAILABLE))
    for language in inventory.languages:
        for fact in facts.languages:
            same = (fact.manager, fact.name, fact.version) == (language.manager, language.name, language.version)
            if same:
                found[fact.cve].append(_of_language(language, fact.fixed or NOT_AVAILABLE))
    disclosed = facts.vulnerabilities
    return {cve: tuple(packages) for cve, packages in found.items() if disclosed[cve].published <= now}


def lacking_updates(inventory: Inventory, facts: Facts, now: datetime) -> list[WindowsUpdate]:
    """List the updates of Windows that fix CVEs and are installed neither themselves nor through a later one."""
    installed = {update.kb for update in inventory.updates}
    return [
        update
        for update in facts.updates
        if update.released <= now and update.cves and not installed & (facts.superseding(update.kb) | {update.kb})
    ]


def _that_count(inventory: Inventory) -> list[Package]:
    newest: dict[str, Package] = {}
    for package in inventory.packages:
        if is_kernel(package.name):
            if package.evr == inventory.running_kernel:
                newest[package.name] = package
        elif package.name not in newest or newest[package.name].evr < package.evr:
            newest[package.name] = package
    return [newest[name] for name in sorted(newest)]


def _fixes(package: Package, facts: Facts, now: datetime) -> dict[str, Evr | None]:
    fixes: dict[str, Evr] = {}
    withdrawn: set[str] = set()
    for advisory in facts.advisories_for.get(package.name, ()):
        fixed = advisory.fixes[package.name]
        if advisory.released > now or not package.evr < fixed:
            continue
        withdrawn.update(advisory.withdrawn)
        for cve in advisory.cves:
            if cve in facts.vulnerabilities:
                # Where two advisories fix one CVE, the later version is the whole fix.
                fixes[cve] = max(fixes.get(cve, fixed), fixed)
    return {cve: None if cve in withdrawn else fixed for cve, fixed in fixes.items()}


def _of_language(package: LanguagePackage, fixed_in: str) -> VulnerablePackage:
    return VulnerablePackage(package.name, package.version, package.manager, fixed_in, path=package.path)


def _vulnerable(package: Package, fixed_in: str) -> VulnerablePackage:
    evr = package.evr
    # A package that is native to Debian or Ubuntu has no revision, and Inspector's PackageRelease is never empty.
    return VulnerablePackage(package.name, evr.version, "OS", fixed_in, evr.epoch, evr.release or None, package.arch)
