"""What two snapshots can say together of each host: only what was scanned on it both times, in the same way.

Deep inspection finds what a language's package manager installed, by its engine and in its paths alone, so these
findings vanish where either changed. Source: Amazon Inspector user guide, "Scanning Amazon EC2 instances", Amazon
Inspector deep inspection and the VM scanner, which does "not necessarily" scan the same places.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from postpatch.model import Manifest, ScannedHost

# Coverage reasons of a host whose system packages were scanned, and whose deep inspection did not end well.
DEEP_INSPECTION_FAILED = "DEEP_INSPECTION_"


@dataclass(frozen=True)
class ComparedHost:
    """One host: what was scanned on it for either snapshot, and whether language packages were found alike."""

    host: str
    present: bool
    scanned: bool
    cis_scanned: bool
    scanned_before: bool
    cis_scanned_before: bool
    known_before: bool
    languages_alike: bool


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
            languages_alike=not any(differences(baseline, after, earlier, now)),
        )


def differences(baseline: Manifest, after: Manifest, earlier: ScannedHost, now: ScannedHost) -> Iterator[str]:
    """Yield in words how the scan of a host, or of its account, differs; what is not known is no difference."""
    if earlier.mode and now.mode and earlier.mode != now.mode:
        yield f"scan mode {earlier.mode}, then {now.mode}"
    for name, host in (("the baseline", earlier), ("this run", now)):
        if host.reason.startswith(DEEP_INSPECTION_FAILED):
            yield f"{host.reason} in {name}"
    yield from _account_differences(baseline, after)


def _account_differences(baseline: Manifest, after: Manifest) -> Iterator[str]:
    before, later = baseline.scanning, after.scanning
    if before is None or later is None:
        return
    if before.deep_inspection != later.deep_inspection:
        yield f"deep inspection {before.deep_inspection or 'not known'}, then {later.deep_inspection or 'not known'}"
    if before.deep_inspection_paths != later.deep_inspection_paths:
        yield "paths of deep inspection changed"
    if before.vm_scanner_since != later.vm_scanner_since:
        yield "the VM scanner was switched on or off"
