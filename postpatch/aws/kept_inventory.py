"""What the inventory that an earlier snapshot keeps proves of a host whose packages have no time of installation.

dpkg records no such time, so that only a stored inventory shows that nothing changed. It proves the host's last scan as
long as that is the scan of which the snapshot says when it was: any later one may rest on what nobody stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from postpatch.aws.coverage import SSM_AGENT
from postpatch.aws.inventory import InventoryAge
from postpatch.aws.inventory_proof import Capture, captured_from, is_older, left_to_findings
from postpatch.model import HostScan, InventoryDigest
from postpatch.model.moment import CLOCK_TOLERANCE
from postpatch.model.scan import UNCHANGED


@dataclass(frozen=True)
class Inventories:
    """What an earlier snapshot keeps of what was installed, by host, and whether this one is to keep all there is."""

    kept: Mapping[str, InventoryDigest] = field(default_factory=dict)
    keep_all: bool = False


def proved_by_kept(
    scan: HostScan, age: InventoryAge | None, capture: Capture, kept: InventoryDigest | None, limit: timedelta
) -> HostScan:
    """Return a scan with what it proves that nothing changed since an earlier snapshot, and Inspector's scan neither.

    If that scan rests on the stored inventory, it rests on the equal one that was captured after the patching. If it
    is older, Inspector may have had something to read; where it had `limit` for that already, the findings decide now
    and not once this run has waited as long.
    """
    same_scan = _is_of_this_scan(scan, age, kept)
    if scan.fresh or scan.clock_off or age is None or kept is None or not same_scan or kept.sha256 != age.sha256:
        return scan
    if abs(capture.off(age.captured_at)) > CLOCK_TOLERANCE or is_older(age, capture):
        return scan
    if captured_from(age, capture) <= scan.after:
        return scan
    if kept.was_scanned:
        return replace(scan, inventory_at=age.captured_at, proof=UNCHANGED)
    return left_to_findings(scan, age, capture) if capture.seen - kept.captured_at >= limit else scan


def shows_unread(scan: HostScan, age: InventoryAge | None, kept: InventoryDigest | None) -> bool:
    """Return whether something changed since an earlier snapshot while the last scan is the one before it."""
    return age is not None and _is_of_this_scan(scan, age, kept) and kept is not None and kept.sha256 != age.sha256


def digest_to_keep(
    scan: HostScan, age: InventoryAge | None, capture: Capture, kept: InventoryDigest | None
) -> InventoryDigest | None:
    """Return what a snapshot keeps of the inventory that this run had captured; None where it would prove nothing.

    An inventory that was read before the last scan may not be the one that Inspector scanned, and where the run had
    none captured nothing shows whether the host dated it rightly.
    """
    if age is None or not age.sha256 or scan.scanned_at is None or scan.mode != SSM_AGENT or scan.clock_off:
        return None
    if not capture.ours or capture.seen < scan.scanned_at or abs(capture.off(age.captured_at)) > CLOCK_TOLERANCE:
        return None
    if kept and _is_of_this_scan(scan, age, kept) and kept.sha256 == age.sha256:
        return kept
    return InventoryDigest(scan.host, age.captured_at, scan.scanned_at, age.sha256)


def _is_of_this_scan(scan: HostScan, age: InventoryAge | None, kept: InventoryDigest | None) -> bool:
    return bool(age and age.sha256 and kept and scan.mode == SSM_AGENT and kept.scanned_at == scan.scanned_at)
