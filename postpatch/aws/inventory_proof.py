"""What a host's inventory proves of its last scan, as far as the host's clock can be believed.

A host dates its inventory and its installations by its own clock; AWS dates the execution that captured the inventory,
and its own answers. A clock that these show to be wrong is named, and every time that it gave is taken as late as it
may be. Where it may have been corrected meanwhile, or where nothing shows by how much it is wrong, its times prove
nothing, and the scan is proved by Inspector's time alone.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from postpatch.aws.inventory import InventoryAge
from postpatch.model import HostScan
from postpatch.model.moment import CLOCK_TOLERANCE
from postpatch.model.scan import COVERAGE, FINDINGS, INVENTORY, VERSIONS

_NOTHING = timedelta(0)


@dataclass(frozen=True)
class Capture:
    """When an inventory was captured, by AWS's times: before it was read at `seen`, and if it is `ours`, since `began`.

    `began` is when the run's capture began, None if it started none. It is `ours` if AWS says that it succeeded on the
    host; otherwise the inventory may be an older one.
    """

    began: datetime | None
    seen: datetime
    ours: bool = False

    def off(self, captured_at: datetime) -> timedelta:
        """Return by how much at least a clock is off that gives this date: ahead, behind (negative), or zero."""
        if captured_at > self.seen:
            return captured_at - self.seen
        behind = self.ours and self.began is not None and captured_at < self.began
        return captured_at - self.began if behind and self.began else _NOTHING


def settled(scan: HostScan, age: InventoryAge | None, capture: Capture) -> HostScan:
    """Return a scan with what the host's inventory proves of it: when it was captured, and what was installed since."""
    scanned_at = scan.scanned_at
    if age is None or scanned_at is None:
        return scan
    off = capture.off(age.captured_at)
    wrong = abs(off) > CLOCK_TOLERANCE
    # A clock that was wrong and is right by now dated what was installed meanwhile: nobody knows by how much.
    corrected = bool(scan.clock_off) and not wrong
    slack = _slack(scan, age, capture)
    scan = replace(scan, clock_off=off, inventory_at=age.captured_at) if wrong else scan
    if corrected or (wrong and not capture.ours) or is_older(age, capture):
        return scan
    newer = scanned_at > scan.after
    if newer and scanned_at > age.captured_at + slack:
        proof = COVERAGE
    elif age.installed_at is None:
        proof = VERSIONS if newer else ""
    else:
        later = newer or captured_from(age, capture) > scan.after
        proof = INVENTORY if later and age.installed_at + slack < scanned_at else ""
    return replace(scan, inventory_at=age.captured_at, proof=proof)


def left_to_findings(scan: HostScan, age: InventoryAge | None, capture: Capture) -> HostScan:
    """Return a scan that is older than its host's patching, left to the findings if the inventory allows that.

    The inventory was captured after the patching and, as far as it has times, lists nothing installed since it.
    """
    if scan.fresh or scan.clock_off or age is None or scan.scanned_at is None:
        return scan
    if abs(capture.off(age.captured_at)) > CLOCK_TOLERANCE or is_older(age, capture):
        return scan
    installed_since = age.installed_at is not None and age.installed_at + _slack(scan, age, capture) > scan.after
    if scan.scanned_at > scan.after or captured_from(age, capture) <= scan.after or installed_since:
        return scan
    return replace(scan, inventory_at=age.captured_at, proof=FINDINGS)


def seems_unchanged(scan: HostScan, age: InventoryAge | None) -> bool:
    """Return whether a host whose clock is wrong seems to have nothing installed since its last scan.

    Inspector's time of that scan may then never move, and nothing is waited for; it proves nothing.
    """
    if scan.fresh or not scan.clock_off or age is None or age.installed_at is None or scan.scanned_at is None:
        return False
    return age.installed_at - scan.clock_off < scan.scanned_at


def newer(scan: HostScan, moment: datetime) -> HostScan:
    """Return a scan that Inspector's own time proves, if it is later than a moment."""
    return replace(scan, proof=COVERAGE) if scan.scanned_at and scan.scanned_at > moment else scan


def is_older(age: InventoryAge, capture: Capture) -> bool:
    """Return whether an inventory was there before the run's own was captured: it shows nothing."""
    return capture.began is not None and not capture.ours and age.captured_at < capture.began


def _slack(scan: HostScan, age: InventoryAge, capture: Capture) -> timedelta:
    """Return by how much later than their dates the times of a host may be; earlier, if it is negative.

    A clock that is ahead was so already when the host was patched, or the scan is newer than the launch; otherwise what
    was installed before it went wrong would be taken for older than it is.
    """
    off = capture.off(age.captured_at)
    since_launch = capture.began is not None and scan.scanned_at is not None and scan.scanned_at > capture.began
    if off < _NOTHING or (capture.ours and off > CLOCK_TOLERANCE and (scan.clock_off > _NOTHING or since_launch)):
        return capture.seen - age.captured_at
    return _NOTHING


def captured_from(age: InventoryAge, capture: Capture) -> datetime:
    """Return since when at the latest an inventory is, by AWS's time where the run itself had it captured."""
    return max(age.captured_at, capture.began) if capture.ours and capture.began else age.captured_at
