"""What installed versions show of hosts that another tool patched: `[patching] evidence = "installed-versions"`.

Patch Manager knows nothing of what dnf, apt or another tool installs. The host's inventory does: captured after the
assessment was launched, it lists each vanished finding's packages at or above the version that fixes them, or not at
all. Windows inventories list programs and no updates, and show nothing here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from postpatch.model import Finding, HostInventory, InstalledPackage, Launch, Package, Patching
from postpatch.verdict.causes.kinds import Kind, is_fixed, kind_of, of_the_system
from postpatch.verdict.causes.names import is_kernel, is_renamed, is_windows, stays_beside
from postpatch.verdict.causes.versions import reaches
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import count, naming
from postpatch.verdict.installation import Ending, newest_installation


@dataclass(frozen=True)
class Shown:
    """What the inventory of one host shows; `holds` is None where it could not be checked.

    `installed_at` is when the newest of the packages was installed; None where the system does not record it.
    """

    words: str
    holds: bool | None
    installed_at: datetime | None = None


def patched_otherwise(patching: Patching, hosts: Iterable[str], baseline_at: datetime) -> tuple[str, ...]:
    """Return the hosts on which Systems Manager started no Install since the baseline: another tool may have."""
    return tuple(host for host in hosts if _none_since(patching, host, baseline_at))


def names_to_ask(delta: Delta, hosts: Iterable[str]) -> dict[str, set[str]]:
    """Return, by host, the names of the packages whose findings vanished."""
    wanted = {host: set[str]() for host in hosts}
    for finding in _fixable(delta.vanished()):
        if finding.host in wanted:
            wanted[finding.host].update(package.name for package in _fixed(finding))
    return wanted


def shown_by_versions(
    delta: Delta, patching: Patching, hosts: Iterable[str], inventories: Iterable[HostInventory], launch: Launch,
    baseline_at: datetime,
) -> dict[str, Shown]:  # fmt: skip
    """Return what installed versions show, for each host on which Systems Manager started no Install since."""
    otherwise = patched_otherwise(patching, hosts, baseline_at)
    vanished: dict[str, list[Finding]] = {host: [] for host in otherwise}
    for finding in _fixable(delta.vanished()):
        vanished.setdefault(finding.host, []).append(finding)
    had_fix = {finding.host for finding in _fixable(delta.before())}
    by_host = {one.host: one for one in inventories}
    platforms = {host.host: host.platform for host in patching.managed}

    def shown(host: str) -> Shown:
        inventory = by_host.get(host)
        if is_windows(platforms.get(host, "")):
            return Shown("Patch Windows with Patch Manager: its inventory lists no updates", None)
        if not vanished[host]:
            return _nothing_vanished(had_fix=host in had_fix)
        if inventory is None or not launch.started or inventory.captured_at <= launch.launched_at:
            return Shown(_no_inventory(launch), None)
        return _by_inventory(vanished[host], inventory, platforms.get(host, ""), baseline_at)

    return {host: shown(host) for host in otherwise}


def _none_since(patching: Patching, host: str, baseline_at: datetime) -> bool:
    newest = newest_installation(patching, host)
    before = newest.ending is Ending.SUCCEEDED and newest.ended_at is not None and newest.ended_at <= baseline_at
    return newest.ending is Ending.NONE or before


def _nothing_vanished(*, had_fix: bool) -> Shown:
    if had_fix:
        return Shown("no Install, and no finding that vanished shows that another tool installed anything", False)
    return Shown("no Install, and nothing to install: no finding of the baseline had a fix", holds=True)


def _no_inventory(launch: Launch) -> str:
    if not launch.started:
        return "Verify without --read-only: installed versions count as of an inventory captured after the launch"
    return (
        "Repair the host's SSM Agent so that it reports its inventory, then verify again: none was captured after "
        f"{launch.launched_at:%Y-%m-%d %H:%M:%S} UTC"
    )


def _by_inventory(vanished: list[Finding], inventory: HostInventory, platform: str, baseline_at: datetime) -> Shown:
    packages = {(one.name, str(one.fixed_in)): one for finding in vanished for one in _fixed(finding)}
    states = {key: _state(one, inventory.versions(one.name), platform) for key, one in packages.items()}
    old = sorted(f"{name} below {fixed}" for (name, fixed), state in states.items() if state is False)
    if old:
        return Shown(f"no Install, and its inventory has {naming(old)}", holds=False)
    unknown = sorted({name for (name, _), state in states.items() if state is None})
    found = [one for package in packages.values() for one in inventory.versions(package.name)]
    if unknown or not found:
        what = f"the versions of {naming(unknown)}" if unknown else "none of the packages that were fixed"
        return Shown(f"Patch the host with Patch Manager: its inventory shows {what}, in no form to compare", None)
    newest = max((one.installed_at for one in found if one.installed_at), default=None)
    if newest is not None and newest <= baseline_at:
        return Shown(f"all was installed before the baseline, by {newest:%Y-%m-%d %H:%M:%S} UTC", holds=False)
    words = (
        f"installed by another tool, as installed versions show: {count(len(packages), 'package')} at the version of "
        f"the fix, newer, or removed; inventory captured {inventory.captured_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    return Shown(words, True, newest)


def _state(package: Package, found: tuple[InstalledPackage, ...], platform: str) -> bool | None:
    # A kernel is installed beside older ones, as is its -devel; of any other package no older version may be left.
    reached = [reaches(one.version, str(package.fixed_in), platform) for one in found]
    if (is_kernel(package.name) or stays_beside(package.name)) and True in reached:
        return True
    if False in reached:
        return False
    return None if None in reached else True


def _fixable(findings: Iterator[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if kind_of(finding) is Kind.PATCHABLE)


def _fixed(finding: Finding) -> Iterator[Package]:
    # Of a kernel whose name changes with each update the old one stays installed, and the new one's name is not known.
    packages = (package for package in of_the_system(finding) if is_fixed(package))
    return (package for package in packages if not is_renamed(package.name))


def labelled(shown: Mapping[str, Shown]) -> tuple[str, ...]:
    """Return the hosts whose patching is shown by installed versions, and not by Patch Manager."""
    return tuple(sorted(host for host, one in shown.items() if one.holds))
