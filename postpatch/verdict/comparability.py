"""What two snapshots can say together of each host: only what was scanned on it both times, in the same way.

Deep inspection finds what a language's package manager installed, by its engine and in its paths alone, so these
findings vanish where either changed. Source: Amazon Inspector user guide, "Scanning Amazon EC2 instances", Amazon
Inspector deep inspection and the VM scanner, which does "not necessarily" scan the same places.

Two scans of an unchanged Windows host may differ: queries that time out "can cause the plugin to report findings
inconsistently" (the same guide, "Scanning Windows EC2 instances"). What vanished there was not fixed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from postpatch.model import Fact, Manifest, ScannedHost, Scanning
from postpatch.verdict.facts import fact, naming

# Coverage reasons of a host whose system packages were scanned, and whose deep inspection did not end well.
DEEP_INSPECTION_FAILED = "DEEP_INSPECTION_"


@dataclass(frozen=True)
class ComparedHost:
    """One host: what was scanned on it for either snapshot, and whether language packages were found alike.

    `unchanged`: nothing was installed on it, and its scans may differ all the same.
    """

    host: str
    present: bool
    scanned: bool
    cis_scanned: bool
    scanned_before: bool
    cis_scanned_before: bool
    known_before: bool
    languages_alike: bool
    unchanged: bool


def compared_hosts(baseline: Manifest, after: Manifest) -> Iterator[ComparedHost]:
    """Yield each host of either snapshot."""
    before, later = ({host.id: host for host in manifest.hosts} for manifest in (baseline, after))
    absent = ScannedHost("", present=False)
    for host in sorted(before.keys() | later.keys()):
        earlier, now = before.get(host, absent), later.get(host, absent)
        yield ComparedHost(
            host=host,
            present=now.present,
            scanned=now.scanned,
            cis_scanned=now.cis_scanned,
            scanned_before=earlier.scanned,
            cis_scanned_before=earlier.cis_scanned,
            known_before=host in before,
            languages_alike=_languages_alike(baseline, after, earlier, now),
            unchanged=now.unchanged,
        )


def scanned_differently(baseline: Manifest, after: Manifest) -> Iterator[Fact]:
    """Yield what changed in how the account or its hosts were scanned: what only one snapshot shows proves nothing."""
    for name, before, later in _account_changes(baseline, after):
        yield fact(name, before, later, False)
    modes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for earlier, now in _of_both(baseline, after):
        if earlier.mode and now.mode and earlier.mode != now.mode:
            modes[earlier.mode, now.mode].append(now.id)
    for (before, later), hosts in sorted(modes.items()):
        yield fact(f"scan mode of {naming(hosts)}", before, later, False)
    failed = [now.id for earlier, now in _of_both(baseline, after) if _deep_failure(earlier) != _deep_failure(now)]
    if failed:
        yield fact("deep inspection ended differently on", "none", naming(failed), False)


def partly_scanned(baseline: Manifest, after: Manifest) -> tuple[str, ...]:
    """Return a note of the hosts whose deep inspection failed for both snapshots; nothing if there are none."""
    hosts = [
        now.id
        for earlier, now in _of_both(baseline, after)
        if _deep_failure(now) and _deep_failure(earlier) == _deep_failure(now)
    ]
    return (f"deep inspection did not end well, so that language packages are not compared: {naming(hosts)}",) * bool(
        hosts
    )


def vanished_unchanged(after: Manifest, vanished_on: Iterable[str]) -> tuple[str, ...]:
    """Return a note of the Windows hosts from which findings vanished although nothing was installed on them."""
    unchanged = {host.id for host in after.hosts if host.unchanged}
    hosts = sorted(unchanged.intersection(vanished_on))
    return (
        f"nothing was installed on {naming(hosts)} since the baseline, so that findings that vanished there are not "
        "comparable: of an unchanged Windows host Inspector may report more or less",
    ) * bool(hosts)


def _of_both(baseline: Manifest, after: Manifest) -> Iterator[tuple[ScannedHost, ScannedHost]]:
    before = {host.id: host for host in baseline.hosts if host.present}
    return ((before[host.id], host) for host in after.hosts if host.present and host.id in before)


def _languages_alike(baseline: Manifest, after: Manifest, earlier: ScannedHost, now: ScannedHost) -> bool:
    # What is not known is no difference.
    changed = bool(earlier.mode and now.mode and earlier.mode != now.mode)
    failed = _deep_failure(earlier) or _deep_failure(now)
    return not (changed or failed or _no_scan_since(earlier, now) or any(_account_changes(baseline, after)))


def _no_scan_since(earlier: ScannedHost, now: ScannedHost) -> bool:
    # The host's inventory shows that nothing of the system changed; of languages' packages it shows nothing. What
    # vanished without a scan was not found fixed: Inspector closes all findings of a host that a tag excludes.
    return bool(earlier.scanned_at and now.scanned_at and now.scanned_at <= earlier.scanned_at)


def _deep_failure(host: ScannedHost) -> str:
    return host.reason if host.reason.startswith(DEEP_INSPECTION_FAILED) else ""


def _account_changes(baseline: Manifest, after: Manifest) -> Iterator[tuple[str, str, str]]:
    before, later = baseline.scanning, after.scanning
    if before is None or later is None:
        return
    if before.deep_inspection != later.deep_inspection:
        yield "deep inspection", before.deep_inspection or "not known", later.deep_inspection or "not known"
    if before.deep_inspection_paths != later.deep_inspection_paths:
        yield "paths of deep inspection", _paths(before), _paths(later)
    if before.vm_scanner_since != later.vm_scanner_since:
        yield "VM scanner since", _moment(before.vm_scanner_since), _moment(later.vm_scanner_since)


def _paths(scanning: Scanning) -> str:
    return ", ".join(scanning.deep_inspection_paths) or "the default ones"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "not on"
